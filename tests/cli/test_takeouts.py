import json

import pytest

from tests.cli.test_exporting import made
from webapp.providers.plain import png

__all__ = ["made"]


@pytest.fixture
def taken(easel, made, tmp_path):
    easel("export", "taken")
    easel("export", "taken.zip")
    easel("user", "create", "anna")
    return tmp_path / "taken"


@pytest.mark.parametrize("name", ["taken", "taken.zip"])
def test_a_take_out_is_read_back_once(easel, taken, name):
    first = easel("import", name, "--user", "anna")
    assert (first.status, first.err) == (0, "")
    assert first.out == (
        "imported 2 images, 1 generation, 0 templates, 0 albums; 0 were here already, 0 failed\n"
    )
    again = easel("import", name, "--user", "anna")
    assert (again.status, again.out) == (0, "imported nothing: all of it is here already\n")


def test_what_was_altered_is_named_and_the_rest_is_imported(easel, made, taken):
    path = taken / "originals" / f"{made[0]}.png"
    path.write_bytes(b"no picture any more")
    outcome = easel("import", "taken", "--user", "anna", "--json")
    (told,) = json.loads(outcome.out)["takeouts"]
    assert outcome.status == 1
    assert told["added"]["images"] == 1
    assert [item["name"] for item in told["problems"]] == [f"originals/{made[0]}.png"]


def test_one_of_a_newer_easel_is_refused(easel, taken):
    path = taken / "easel-takeout.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 2}))
    outcome = easel("import", "taken", "--user", "anna")
    assert outcome.status == 1
    assert "bring Easel up to date first" in outcome.err


def test_a_dry_run_says_what_a_take_out_holds(easel, taken):
    outcome = easel("import", "taken", "--dry-run")
    assert (outcome.status, outcome.out) == (
        0, "taken: a take-out of 2 images, 1 generation, 0 templates, 0 albums\n",
    )  # fmt: skip
    told = json.loads(easel("import", "taken.zip", "--dry-run", "--json").out)
    assert told["found"] == []
    assert told["takeouts"][0]["counts"]["images"] == 2


@pytest.mark.parametrize("option", ["--album", "--tag"])
def test_a_take_out_takes_no_album_and_no_tag(easel, taken, option):
    outcome = easel("import", "taken", "--user", "anna", option, "sea")
    assert outcome.status == 1
    assert "its own albums and tags" in outcome.err
    again = easel("import", "taken", "--user", "anna")
    assert again.out.startswith("imported 2 images")


def test_programs_are_told_of_take_outs_and_pictures_in_one_document(easel, taken, tmp_path):
    (tmp_path / "one.png").write_bytes(png(9, 9, b"abc"))
    outcome = easel("import", "taken", "one.png", "--user", "anna", "--json")
    told = json.loads(outcome.out)
    assert [item["name"] for item in told["imported"]] == ["one.png"]
    assert told["takeouts"][0]["added"]["images"] == 2


@pytest.mark.parametrize("name", ["taken", "taken.zip"])
def test_a_take_out_is_not_sent_elsewhere(easel, taken, monkeypatch, name):
    monkeypatch.setenv("EASEL_SERVER", "http://127.0.0.1:9")
    monkeypatch.setenv("EASEL_TOKEN", "easel_x")
    outcome = easel("import", name)
    assert outcome.status == 1
    assert "on the machine of the server" in outcome.err
