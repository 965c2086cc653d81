import pytest

from webapp.errors import InvalidError
from webapp.providers.base import ModelCaps
from webapp.services.openai.sizes import fitting

CAPS = ModelCaps(
    id="m",
    title="M",
    aspect_ratios=("3:2", "1:1", "16:9", "9:16", "2:3"),
    sizes=("1K", "2K", "4K"),
    default_size="1K",
)
KEEPS = ModelCaps(
    id="k", title="K", aspect_ratios=("original",), sizes=("original",), default_size="original"
)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ("1024x1024", ("1:1", "1K")),
        ("1536x1024", ("3:2", "1K")),
        ("1024x1536", ("2:3", "1K")),
        ("1792x1024", ("16:9", "2K")),
        ("1280x720", ("16:9", "1K")),
        ("2048x2048", ("1:1", "2K")),
        ("3840x2160", ("16:9", "4K")),
        ("16x16", ("1:1", "1K")),
        ("10x99999", ("9:16", "1K")),
        ("99999x99999", ("1:1", "4K")),
        ("auto", ("3:2", "1K")),
        ("", ("3:2", "1K")),
    ],
)
def test_the_nearest_ratio_counts_first_and_then_the_number_of_pixels(size, expected):
    assert fitting(CAPS, size) == expected


@pytest.mark.parametrize(
    ("source", "ratio"), [((800, 600), "3:2"), ((600, 590), "1:1"), ((90, 160), "9:16")]
)
def test_auto_follows_the_picture_that_is_worked_on(source, ratio):
    assert fitting(CAPS, "auto", source) == (ratio, "1K")


def test_a_model_that_keeps_the_ratio_takes_any_size():
    assert fitting(KEEPS, "1024x1536", (3, 2)) == ("original", "original")


@pytest.mark.parametrize(
    "size", ["large", "1024", "0x5", "-1x5", "1024 x 1024", "1e3x1e3", "9" * 99]
)
def test_a_text_that_is_no_size_is_refused(size):
    with pytest.raises(InvalidError) as refused:
        fitting(CAPS, size)
    assert list(refused.value.fields) == ["size"]
