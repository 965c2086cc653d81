import pytest
from werkzeug.datastructures import MultiDict

from webapp.services.composing.composer import Composition
from webapp.web.forms import NO_SEED, composition, cursor


def test_an_empty_form_is_an_empty_composition():
    assert composition(MultiDict()) == Composition()


def test_every_field_is_read():
    form = MultiDict(
        {
            "prompt": "a lake",
            "negative_prompt": "boats",
            "aspect_ratio": "16:9",
            "count": "4",
            "model": "plain:plain-1",
            "size": "256",
            "seed": " 7 ",
            "template": "wide-landscape",
            "var_light": "dusk",
            "var_": "odd",
            "light": "not a variable",
        }
    )
    assert composition(form) == Composition(
        prompt="a lake",
        negative_prompt="boats",
        aspect_ratio="16:9",
        count=4,
        model="plain:plain-1",
        size="256",
        seed=7,
        template="wide-landscape",
        variables={"light": "dusk", "": "odd"},
    )


@pytest.mark.parametrize("text", ["x", "-1", "1.5", "4294967296", "٣", "1e3", "0x7", "9" * 50, "²"])
def test_a_seed_that_is_no_number_is_one_that_no_model_takes(text):
    assert composition(MultiDict({"seed": text})).seed == NO_SEED


@pytest.mark.parametrize("text", ["", " ", "\t"])
def test_no_seed_is_left_to_chance(text):
    assert composition(MultiDict({"seed": text})).seed is None


@pytest.mark.parametrize("text", ["", "x", "-1", "1001", "9" * 30, "٣", "²"])
def test_a_count_that_is_no_number_is_an_impossible_one(text):
    assert composition(MultiDict({"count": text})).count == 0


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("before=7", 7),
        ("before=0", 0),
        ("before=2147483647", 2147483647),
        ("before=2147483648", None),
        ("before=9223372036854775807", None),
        ("before=-1", None),
        ("before=x", None),
        ("before=", None),
        ("", None),
        ("before=%D9%A3", None),
        ("before=1&before=2", 1),
    ],
)
def test_a_cursor_is_a_number_that_a_key_can_have(world, query, expected):
    with world.app.test_request_context(f"/?{query}"):
        assert cursor() == expected
