"""Ten thousand bad addresses: each is refused in words, at no cost, and opens nothing."""

import gc
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile.asking import IMAGE, WATCH, Answer, Asker
from tests.hostile.targets import names, presets, queries, recipes, specs
from tests.hostile.told import check, check_plain_refusal, check_refusal

pytestmark = pytest.mark.slow

SHARES = {"presets": 2000, "signed": 3500, "forged": 1200, "meta": 2000, "placeholders": 1500}
"""How many addresses of each kind are asked."""

MOST_SECONDS = 0.05
"""Processor time of one refusal."""

ROUTED = re.compile(
    r"/t/[^/]+/[^/]+|/i/[^/]+/[^/]+/[^/]+|/i/[^/]+/meta/[^/]+/[^/]+|/placeholder/[^/]+/?", re.DOTALL
)
JSON_ALONE = re.compile(r"/i/[^/]+/meta/[^/]+/[^/]+", re.DOTALL)
CODE = Path(__file__).parents[2]

accepts = st.sampled_from(("", "*/*", "application/json", "text/html", "image/webp", IMAGE))


def path_of(target: str) -> str:
    """Return a target's path as a server reads it."""
    return unquote_to_bytes(target.partition("?")[0]).decode("utf-8", "replace")


@dataclass
class Siege:
    """An Easel that was warmed up, and what was dear."""

    asker: Asker
    dear: list[tuple[float, str]] = field(default_factory=list)

    def ask(self, target: str, accept: str) -> Answer:
        answer = self.asker.get(target, accept)
        check(answer, accept)
        if answer.status >= 400:
            self.refused(answer, accept)
        return answer

    def refused(self, answer: Answer, accept: str) -> None:
        path = path_of(answer.target)
        if ROUTED.fullmatch(path) is None:
            assert answer.status in {404, 405}
        elif path.startswith("/placeholder/"):
            check_plain_refusal(answer)
        else:
            check_refusal(answer, accept, as_image=JSON_ALONE.fullmatch(path) is None)
        if answer.seconds > MOST_SECONDS:
            least = self.asker.least(answer, accept)
            if least > MOST_SECONDS:
                self.dear.append((least, answer.target[:200]))


@pytest.fixture
def siege(world):
    asker = Asker(world.app)
    signature = world.easel.services.addresses.signature
    for accept in ("", IMAGE, "text/html"):
        for path in ("/w_9,zoom/x", f"/w_30/{world.shared}.webp", f"/w_30/{world.private}"):
            asker.get(f"/i/{signature(path)}{path}", accept)
        for target in ("/nothing", "/placeholder/60x40", "/placeholder/x", "/t/og/x"):
            asker.get(target, accept)
    gc.collect()  # what other tests have left to tidy up would touch files of theirs
    asker.asked = 0
    WATCH.paths.clear()
    return Siege(asker)


@pytest.fixture
def targets(world, request):
    """Give a strategy for addresses of a kind."""
    uids = (world.shared, world.private, world.pending, world.failed, world.deleted)
    sign = world.easel.services.addresses.signature
    tails = st.builds("/{}/{}".format, recipes, names(*uids))
    forged = st.sampled_from(("A" * 22, "", "x", "%00", "%ff" * 22, sign("/w_1/x"), "a" * 5000))

    def signed(tail: str) -> str:
        return f"/i/{sign(path_of(tail))}{tail}"

    return {
        "presets": st.builds("/t/{}/{}{}".format, presets, names(*uids), queries),
        "signed": st.builds("{}{}".format, tails.map(signed), queries),
        "forged": st.builds("/i/{}{}{}".format, forged, tails, queries),
        "meta": st.builds("/meta{}".format, tails).map(signed),
        "placeholders": st.builds("/placeholder/{}{}".format, specs, queries),
    }


def test_ten_thousand_addresses_are_asked():
    assert sum(SHARES.values()) >= 10_000


@pytest.mark.parametrize("kind", SHARES)
def test_no_address_is_a_fault_or_dear_or_opens_anything(
    kind, siege, targets, world, compiled_templates
):
    seen: set[int] = set()

    @settings(
        max_examples=SHARES[kind],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(targets[kind], accepts)
    def ask(target, accept):
        seen.add(siege.ask(target, accept).status)

    ask()
    assert siege.asker.asked >= SHARES[kind]
    assert {400, 404} & seen
    dear = sorted(siege.dear, reverse=True)[:5]
    assert not dear, f"over {MOST_SECONDS} s: {dear}"
    data = world.easel.data.root
    assert WATCH.outside(data, CODE, Path(compiled_templates.directory)) == []


def test_the_watch_sees_what_is_opened(siege, world):
    target = f"/t/w160/{world.shared}.gif"
    siege.asker.get(target)
    data = str(world.easel.data.root)
    assert any(path.startswith(data) for path in WATCH.paths)
    assert WATCH.outside(world.easel.data.root / "nowhere") != []
