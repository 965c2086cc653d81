import pytest

from webapp.web.crops import ratio_of, title_of


@pytest.mark.parametrize(
    ("names", "title"),
    [
        (["square", "avatar", "square320", "square640"], "Square, avatar"),
        (["og"], "Link preview"),
        (["wide320", "wide640"], "Wide"),
        (["tall-card", "tall-card-2", "shop_front"], "Tall card, shop front"),
    ],
)
def test_presets_are_named_in_plain_words_once_each(names, title):
    assert title_of(names) == title


@pytest.mark.parametrize(
    ("size", "ratio"),
    [
        ((128, 128), "1:1"),
        ((640, 360), "16:9"),
        ((300, 400), "3:4"),
        ((1200, 630), "1.9:1"),
        ((630, 1200), "1:1.9"),
        ((1000, 401), "2.49:1"),
    ],
)
def test_a_ratio_is_written_as_people_write_it(size, ratio):
    assert ratio_of(*size) == ratio
