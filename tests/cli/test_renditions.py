import json

import pytest


@pytest.fixture
def made(easel):
    outcome = easel("generate", "a lake", "-n", "2", "--json")
    return [one["id"] for one in json.loads(outcome.out)]


def test_what_is_warmed_is_counted(easel, made):
    first = easel("warm", "gallery:*:small")
    again = easel("warm", "gallery:*:small")
    assert (first.status, first.out, first.err) == (0, "created 2, failed 0\n", "")
    assert again.out == "created 0, failed 0\n"


def test_presets_narrow_what_is_warmed(easel, made):
    assert easel("warm", "--preset", "og", "--preset", "small").out == "created 4, failed 0\n"
    assert easel("warm", f"gallery:{made[0]}:*", "--preset", "large").out.startswith("created 1,")


def test_without_a_glob_what_was_made_ahead_is_there_already(easel, made):
    assert easel("warm").out == "created 0, failed 0\n"


def test_failures_are_listed_and_the_others_made(easel, made, data):
    broken = next(data.glob("originals/*/*/*.png"))
    broken.write_bytes(b"no picture any more")
    outcome = easel("warm", "**:small")
    assert outcome.status == 1
    assert outcome.out == "created 1, failed 1\n"
    listed = [line for line in outcome.err.splitlines() if line.startswith("gallery:")]
    assert len(listed) == 1
    assert listed[0].split(": ")[0] in {f"gallery:{uid}:small" for uid in made}
    assert "damaged" in listed[0]


def test_the_result_can_be_read_by_programs(easel, made):
    assert json.loads(easel("warm", "**:og", "--json").out) == {
        "created": 2,
        "failed": 0,
        "total": 2,
        "failures": [],
    }
    assert json.loads(easel("purge", "--preset", "og", "--json").out) == {"purged": 2}


def test_a_glob_without_a_preset_is_told(easel, made):
    outcome = easel("warm", "gallery:*:smal")
    assert (outcome.status, outcome.out) == (1, "")
    assert "gallery:*:smal means no preset. There are small," in outcome.err


def test_what_is_purged_is_counted(easel, made):
    easel("purge", "--all")
    easel("warm", "**:small")
    easel("warm", "**:og", "--format", "jpg")
    assert easel("purge", made[0]).out == "purged 2\n"
    assert easel("purge", "--preset", "og").out == "purged 1\n"
    assert easel("purge", "--all").out == "purged 1\n"


@pytest.mark.parametrize(
    "arguments", [(), ("Fyj5NgQL7r7", "--all"), ("--preset", "og", "--all")], ids=str
)
def test_one_thing_is_purged_at_a_time(easel, arguments):
    outcome = easel("purge", *arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert "Give one of IMAGE, --preset P and --all." in outcome.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("Fyj5NgQL7r7",), "There is no such picture."),
        (("--preset", "huge"), "There is no preset 'huge'."),
    ],
)
def test_what_is_not_there_is_told(easel, arguments, sentence):
    outcome = easel("purge", *arguments)
    assert outcome.status == 1
    assert sentence in outcome.err
