from datetime import date

import pytest

from webapp.errors import SettingsError
from webapp.providers.base import ModelCaps
from webapp.providers.base.model_table import micros, with_table

KNOWN = ModelCaps(
    id="old", title="Old", aspect_ratios=("1:1",), sizes=("1K", "2K"), default_size="1K"
)


def new(model):
    return ModelCaps(
        id=model, title=model, aspect_ratios=("1:1",), sizes=("1K",), default_size="1K"
    )


def changed(entry, model="old"):
    return {caps.id: caps for caps in with_table([KNOWN], {model: entry}, new, "TABLE")}[model]


def mistakes_of(table):
    with pytest.raises(SettingsError) as caught:
        with_table([KNOWN], table, new, "TABLE")
    return str(caught.value).splitlines()


def test_without_a_table_nothing_changes():
    assert with_table([KNOWN], {}, new, "TABLE") == (KNOWN,)


def test_a_known_model_is_changed_and_keeps_the_rest():
    caps = changed({"title": " New ", "references": 3})
    assert (caps.title, caps.max_references, caps.sizes) == ("New", 3, ("1K", "2K"))


def test_a_new_model_comes_after_the_known_ones():
    models = with_table([KNOWN], {"fresh": {}}, new, "TABLE")
    assert [caps.id for caps in models] == ["old", "fresh"]


def test_the_first_size_is_the_default_unless_another_one_is_named():
    assert changed({"sizes": ["4K", "1K"]}).default_size == "4K"
    assert changed({"sizes": ["4K", "1K"], "default_size": "1K"}).default_size == "1K"


@pytest.mark.parametrize("price", [0.05, "0.05", {"1K": 0.05, "2K high": 1}])
def test_a_price_is_one_for_all_sizes_or_a_table(price):
    assert changed({"price": price}).price("1K") == 50_000


def test_a_price_in_decimals_is_not_bent_by_binary_numbers():
    assert micros(0.0336) == 33_600
    assert micros("0.000001") == 1


@pytest.mark.parametrize("day", ["2026-10-02", date(2026, 10, 2)])
def test_a_shutdown_is_a_date(day):
    assert changed({"shutdown": day}).shutdown == date(2026, 10, 2)


NONSENSE = [
    ("price", -1, "a price in US dollars from 0 to 1000"),
    ("price", float("nan"), "a price in US dollars"),
    ("price", float("inf"), "a price in US dollars"),
    ("price", "much", "a price in US dollars"),
    ("price", True, "a price in US dollars"),
    ("price", 1001, "a price in US dollars"),
    ("price", None, "a price in US dollars"),
    ("price", [1], "a price in US dollars"),
    ("price", {"1K": "x"}, "a price in US dollars"),
    ("price", {"": 1}, "a text"),
    ("references", -1, "a whole number from 0 to 32"),
    ("references", 2.5, "a whole number"),
    ("references", "3", "a whole number"),
    ("references", True, "a whole number"),
    ("references", 33, "a whole number"),
    ("title", "", "a text of at most 500 characters"),
    ("title", 7, "a text"),
    ("title", "x" * 501, "a text"),
    ("sizes", [], "a list of texts"),
    ("sizes", "1K", "a list of texts"),
    ("sizes", ["1K", 2], "a text"),
    ("aspect_ratios", None, "a list of texts"),
    ("shutdown", "soon", 'a date such as "2026-10-02"'),
    ("shutdown", 20261002, "a date"),
    ("successor", ["x"], "a text"),
    ("note", {}, "a text"),
]


@pytest.mark.parametrize(("field", "value", "words"), NONSENSE)
def test_nonsense_is_named_with_its_place(field, value, words):
    lines = mistakes_of({"old": {field: value}})
    assert len(lines) == 1
    assert lines[0].startswith(f"TABLE: old: {field} must be {words}")


def test_every_mistake_has_a_line():
    table = {
        "old": {"price": -1, "colour": "red", "references": True},
        "new": {"sizes": ["1K"], "default_size": "2K"},
        "x": 7,
        "": {},
        "y" * 129: {},
    }
    lines = mistakes_of(table)
    assert len(lines) == 7
    assert "'colour' is no field of a model" in lines[1]
    assert "title, aspect_ratios, sizes" in lines[1]
    assert lines[3] == "TABLE: new: default_size must be one of 1K."
    assert "'x' must be a model with a table of its fields" in lines[4]
