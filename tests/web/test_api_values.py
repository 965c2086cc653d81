import json

import pytest

from webapp.errors import InvalidError
from webapp.web.api import Asked, Texts, Values, Whole, Word
from webapp.web.api.reading import MOST_TOLD, body
from webapp.web.api.values import LARGEST, MOST_ITEMS


class Wish(Asked):
    values: Values | None = None
    texts: Texts | None = None
    size: Word | None = None
    seed: Whole | None = None


@pytest.fixture
def read(app):
    """Return what reads a body into a wish."""

    def reading(sent):
        with app.test_request_context(data=json.dumps(sent)):
            return body(Wish)

    return reading


def refusal(read, sent):
    with pytest.raises(InvalidError) as caught:
        read(sent)
    return caught.value


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (3, "3"),
        (3.0, "3"),
        (0.5, "0.5"),
        (1234567.5, "1234567.5"),
        (-0.1, "-0.1"),
        (1e22, "1" + "0" * 22),
        (1e-07, "0.0000001"),
        (3.141592653589793, "3.141592653589793"),
    ],
)
def test_a_number_is_written_with_every_digit_and_without_an_exponent(read, number, text):
    assert read({"values": {"a": number}}).values == {"a": text}


def test_null_is_an_empty_value(read):
    assert read({"values": {"a": None}, "texts": None, "size": None, "seed": None}) == Wish(
        values={"a": ""}, texts=None, size=None, seed=None
    )


def test_controls_are_taken_off_names_and_values(read):
    assert read({"values": {"a\0": "b\0\ud800"}, "texts": ["c\x07"]}) == Wish(
        values={"a": "b"}, texts=["c"]
    )


@pytest.mark.parametrize("value", [[], {}, True, 10**60])
def test_a_value_that_is_neither_text_nor_number_is_told_by_its_name(read, value):
    error = refusal(read, {"values": {"a": value, "b": "c"}})
    assert error.fields == {"values.a": ["This must be a text or a number."]}


def test_a_size_may_be_a_number(read):
    assert read({"size": 512}).size == read({"size": "512"}).size == "512"


@pytest.mark.parametrize("size", [True, 1.5, [], LARGEST + 1])
def test_a_size_that_is_no_word_is_refused(read, size):
    assert refusal(read, {"size": size}).fields == {"size": ["This must be a text."]}


@pytest.mark.parametrize("seed", [LARGEST + 1, -LARGEST - 1, 10**4000])
def test_a_number_that_readers_would_round_is_refused(read, seed):
    assert list(refusal(read, {"seed": seed}).fields) == ["seed"]


@pytest.mark.parametrize("seed", [True, 1.0, "1", 1e300])
def test_only_a_whole_number_is_one(read, seed):
    assert refusal(read, {"seed": seed}).fields == {"seed": ["This must be a whole number."]}


@pytest.mark.parametrize("name", ["values", "texts"])
def test_what_is_too_long_is_told_once(read, name):
    few = {"values": {str(number): [] for number in range(5_000)}, "texts": ["x"] * 5_000}
    entries = {"values": "entries", "texts": "items"}[name]
    error = refusal(read, {name: few[name]})
    assert error.fields == {name: [f"This has at most {MOST_ITEMS} {entries}."]}


def test_of_many_unknown_fields_a_few_are_told(read):
    error = refusal(read, {f"field {number}": 1 for number in range(5_000)})
    assert len(error.fields) == MOST_TOLD
    assert str(error).endswith("And 4,968 more.")
    assert len(str(error)) < 5_000


def test_fields_that_are_called_alike_are_told_once(read):
    error = refusal(read, {"x" * 60 + str(number): 1 for number in range(5_000)})
    told = "There is no such field. There are values, texts, size, seed."
    assert error.fields == {"x" * 60: [told]}
