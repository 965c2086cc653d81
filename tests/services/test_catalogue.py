import pytest

from webapp.errors import InvalidError
from webapp.providers.plain import CAPS, PlainProvider
from webapp.providers.sketch import SketchProvider
from webapp.services.catalogue import Catalogue, ProviderState, split


class Second(PlainProvider):
    id, title = "second", "Second"


@pytest.fixture
def catalogue():
    missing = ProviderState("gemini", "Gemini", "Not set up", "Set a key.", is_ready=False)
    return Catalogue({"plain": PlainProvider(), "second": Second()}, "second", [missing])


def test_the_default_provider_s_models_come_first(catalogue):
    assert [item.value for item in catalogue.choices()] == [
        "second:plain-1",
        "second:plain-paid",
        "plain:plain-1",
        "plain:plain-paid",
    ]
    assert catalogue.choices()[0].title == "Plain"


def test_an_empty_model_is_the_provider_s_first(catalogue):
    assert catalogue.caps("plain", "") == catalogue.caps("plain", "plain-1") == CAPS


def test_an_unknown_provider_is_refused_with_those_there_are(catalogue):
    with pytest.raises(InvalidError, match=r"no provider 'dalle'\. There are plain, second"):
        catalogue.provider("dalle")


def test_an_unknown_model_is_refused_with_those_there_are(catalogue):
    with pytest.raises(InvalidError, match=r"no model 'x'\. There are plain-1"):
        catalogue.caps("plain", "x")


def test_a_refusal_does_not_repeat_a_whole_novel(catalogue):
    with pytest.raises(InvalidError) as caught:
        catalogue.provider("x" * 10_000)
    assert len(str(caught.value)) < 200


def test_states_tell_what_is_ready_and_what_could_be(catalogue):
    assert [(state.name, state.status, state.is_ready) for state in catalogue.states()] == [
        ("plain", "Ready", True),
        ("second", "Default", True),
        ("gemini", "Not set up", False),
    ]


def test_a_provider_that_is_gone_is_still_called_by_its_name(catalogue):
    assert catalogue.title("second") == "Second"
    assert catalogue.title("midjourney") == "midjourney"


def test_the_words_that_sketch_knows_are_told_by_group():
    words = Catalogue({"sketch": SketchProvider()}, "sketch").vocabulary()
    assert len(words) > 3
    assert all(group and known for group, known in words.items())


def test_without_a_painter_of_words_there_are_none(catalogue):
    assert catalogue.vocabulary() == {}


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("sketch:sketch-1", ("sketch", "sketch-1")),
        ("sketch", ("sketch", "")),
        ("openai:org/model:free", ("openai", "org/model:free")),
        ("", ("", "")),
    ],
)
def test_a_form_value_names_provider_and_model(value, parts):
    assert split(value) == parts
