import pytest

from webapp.providers.sketch import dimensions
from webapp.providers.sketch.sizes import ASPECT_RATIOS, SIZES, true_aspect


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("aspect_ratio", ASPECT_RATIOS)
def test_every_ratio_has_its_shape_and_the_area_of_its_size(aspect_ratio, size):
    width, height = dimensions(aspect_ratio, size)
    across, down = map(int, aspect_ratio.split(":"))
    assert width % 16 == height % 16 == 0
    assert max(width, height) <= 2048
    assert width / height == pytest.approx(across / down, rel=0.025)
    if max(width, height) < 2048:
        assert width * height == pytest.approx(int(size) ** 2, rel=0.03)


def test_the_longest_side_is_clamped():
    assert dimensions("21:9", "2048") == (2048, 880)
    assert dimensions("1:1", "2048") == (2048, 2048)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("aspect_ratio", ASPECT_RATIOS)
def test_rounded_sides_still_count_as_the_ratio_that_was_meant(aspect_ratio, size):
    across, down = map(int, aspect_ratio.split(":"))
    assert true_aspect(*dimensions(aspect_ratio, size)) == across / down


def test_any_other_shape_keeps_its_own_aspect():
    assert true_aspect(1000, 100) == 10
