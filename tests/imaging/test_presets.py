import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.imaging.pictures import encoded, photo
from webapp.errors import InvalidError
from webapp.imaging.pipeline import Output, render
from webapp.imaging.presets import LADDER, PRESETS, Preset, box, parse_presets


def test_the_contracts_presets_are_there():
    names = {"small", "medium", "large", "square", "grid", "og", "avatar"}
    assert names | {f"w{width}" for width in LADDER} <= set(PRESETS)
    assert all(preset.name == name for name, preset in PRESETS.items())


@pytest.mark.parametrize(
    ("name", "size", "expected"),
    [
        ("small", (1024, 1024), (180, 180)),
        ("medium", (1408, 768), (220, 120)),
        ("large", (768, 1408), (175, 320)),
        ("square", (4000, 3000), (400, 400)),
        ("square", (300, 200), (200, 200)),
        ("grid", (1408, 768), (733, 400)),
        ("grid2x", (1408, 768), (1408, 768)),
        ("og", (1408, 768), (1200, 630)),
        ("og", (1024, 1024), (1024, 538)),
        ("avatar", (1024, 1024), (128, 128)),
        ("w160", (1024, 1024), (160, 160)),
        ("w1920", (1024, 1024), (1024, 1024)),
    ],
)
def test_a_presets_size_is_known_beforehand(name, size, expected):
    assert box(PRESETS[name], *size) == expected


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("size", [(301, 199), (97, 1300)])
def test_a_rendition_has_the_size_foretold(name, size):
    got = render(encoded(photo(*size), "JPEG"), [PRESETS[name].resize((0.3, 0.8))], Output())
    assert (got.width, got.height) == box(PRESETS[name], *size)


@given(st.sampled_from(sorted(PRESETS)), st.integers(1, 30_000), st.integers(1, 30_000))
def test_no_preset_enlarges(name, width, height):
    got = box(PRESETS[name], width, height)
    assert 1 <= got[0] <= width
    assert 1 <= got[1] <= height


def test_extra_presets_are_read_from_json():
    text = """{"hero": {"width": 1600, "height": 600, "fit": "cover", "quality": 85},
              "a-1": {"height": 9}}"""
    assert parse_presets(text) == {
        "hero": Preset("hero", 1600, 600, "cover", 85),
        "a-1": Preset("a-1", None, 9),
    }


@pytest.mark.parametrize("text", ["", "{}"])
def test_no_extra_presets_are_none(text):
    assert parse_presets(text) == {}


@pytest.mark.parametrize("text", ["[", "[]", "1", '"a"', "null", "[" * 100_000])
def test_what_is_no_object_is_refused(text):
    with pytest.raises(InvalidError) as caught:
        parse_presets(text)
    assert caught.value.code == "invalid_presets"


def test_all_mistakes_are_listed_at_once():
    text = """{
        "Big Hero": {"width": 10},
        "none": {"quality": 80},
        "many": {"width": 0, "height": 5000, "fit": "stretch", "quality": 101, "colour": "red"},
        "flag": {"width": true},
        "words": "600x400",
        "lists": {"width": 9, "fit": ["cover"], "quality": "80"},
        "fine": {"width": 10}
    }"""
    with pytest.raises(InvalidError) as caught:
        parse_presets(text)
    fields = caught.value.fields
    assert {name: len(mistakes) for name, mistakes in fields.items()} == {
        "Big Hero": 1,
        "none": 1,
        "many": 5,
        "flag": 1,
        "words": 1,
        "lists": 2,
    }
    for name, mistakes in fields.items():
        assert name in caught.value.message
        assert all(mistake in caught.value.message for mistake in mistakes)
