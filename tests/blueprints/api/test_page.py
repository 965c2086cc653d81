"""docs/api*.md are true: their examples are sent, and the answers have what they show."""

import json
import re
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from tests.blueprints.api.curl import Request, curls, files
from tests.blueprints.api.test_door import ROUTES

FOLDER = Path(__file__).parents[3] / "docs"
PAGES = {path.name: path.read_text("utf-8") for path in sorted(FOLDER.glob("api*.md"))}
ID = re.compile(r"\b[1-9A-HJ-NP-Za-km-z]{11}\b")


def examples(page):
    """Return the commands of a page with the answers that it shows, an empty text for none."""
    blocks = [*re.findall(r"```(\w+)\n(.*?)```", page, re.DOTALL), ("", "")]
    return [
        (commands, following if other == "json" else "")
        for (kind, commands), (other, following) in pairwise(blocks)
        if kind == "console" and "curl" in commands
    ]


def check_has(answer, shown, ids, where=""):
    """Make sure that an answer has each field that the page shows, of the same kind.

    Ids that the page shows are noted with those that take their place.
    """
    if isinstance(shown, dict):
        assert isinstance(answer, dict), where
        for name, value in shown.items():
            assert name in answer, f"{where}.{name}"
            check_has(answer[name], value, ids, f"{where}.{name}")
    elif isinstance(shown, list) and shown and answer:
        for told, value in zip(answer, shown, strict=False):
            check_has(told, value, ids, f"{where}[]")
    elif shown is not None and answer is not None:
        kinds = (int, float) if isinstance(shown, (int, float)) else type(shown)
        assert isinstance(answer, kinds), where
        if isinstance(shown, str) and ID.fullmatch(shown):
            ids[shown] = answer


def _known(ids, real, found):
    return found[0] if found[0] in ids.values() else real


def in_place(command, ids, others):
    """Return a command with ids that there are: those that were told before, else any."""
    text = ID.sub(lambda found: ids.get(found[0], found[0]), command)
    for noun, real in others.items():
        text = re.sub(
            rf"(?<=/{noun}/)({ID.pattern})",
            partial(_known, ids, real),
            text,
        )
    return text


def run(api, commands, shown, folder, ids, others):
    """Send the commands of an example, and compare the last answer with the one shown."""
    files(commands, folder)
    answers = []
    for line in curls(commands):
        asked = Request(in_place(line, ids, others), folder)
        answers.append(api.open(asked.method, asked.path, headers=asked.headers, data=asked.data))
    expected = json.loads(shown or "{}")
    answer, status = answers[-1], expected.get("status")
    if isinstance(status, int):
        assert answer.status_code == status
        assert answer.get_json() == expected
        return
    for given in answers:
        assert given.status_code in (200, 201, 202, 204), given.get_data(as_text=True)
    if "Idempotency-Key" in commands:
        assert len({given.get_json()["id"] for given in answers}) == 1
    if expected:
        check_has(answer.get_json(), expected, ids)


@pytest.mark.parametrize("name", PAGES)
def test_the_examples_of_a_page_give_what_they_show(api, services, owner, wish, tmp_path, name):
    started = services.generator.start(owner, wish)
    services.generator.start(owner, wish)
    others = {"generations": started.id, "images": started.pictures[0].id}
    ids: dict[str, str] = {}
    for commands, shown in examples(PAGES[name]):
        try:
            run(api, commands, shown, tmp_path, ids, others)
        except AssertionError as error:
            error.add_note(commands)
            raise


def test_the_pages_have_examples():
    assert sum(len(examples(page)) for page in PAGES.values()) >= 12


def test_every_address_is_on_a_page():
    paths = {re.sub("11111111111|2147483647|wide-landscape", "<id>", path) for _, path, _ in ROUTES}
    pages = "\n".join(path.read_text("utf-8") for path in FOLDER.glob("*.md"))
    told = re.sub(r"<\w+>", "<id>", pages)
    assert {path for path in paths if path not in told} == set()


@pytest.mark.parametrize(
    "word",
    ["queued", "running", "succeeded", "partial", "failed", "refused", "cancelled", "interrupted"],
)
def test_every_status_is_on_the_page(word):
    assert f"| `{word}` |" in PAGES["api-generations.md"]
