import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.imaging.geometry import cover_region, fit_cover, fit_inside

sides = st.integers(1, 20_000)
rooms = st.integers(1, 4096)
shares = st.floats(0, 1)

# What sharp gives, checked by hand.
INSIDE = [
    ((4000, 3000), (320, 320), (320, 240)),
    ((3000, 4000), (320, 320), (240, 320)),
    ((1000, 667), (320, None), (320, 213)),
    ((1000, 667), (None, 400), (600, 400)),
    ((1408, 768), (None, 400), (733, 400)),
    ((1024, 1024), (180, 180), (180, 180)),
    ((100, 50), (320, 320), (100, 50)),
    ((10_000, 1), (100, 100), (100, 1)),
    ((3, 2), (2, 2), (2, 1)),
    ((800, 600), (None, None), (800, 600)),
]
COVER = [
    ((4000, 3000), (400, 400), (400, 400)),
    ((1408, 768), (1200, 630), (1200, 630)),
    ((300, 200), (400, 400), (200, 200)),
    ((1000, 300), (400, 400), (300, 300)),
    ((1024, 1024), (1200, 630), (1024, 538)),
    ((1, 1), (128, 128), (1, 1)),
]
REGIONS = [
    ((400, 200), (100, 100), (0.5, 0.5), (100, 0, 300, 200)),
    ((400, 200), (100, 100), (0.0, 0.5), (0, 0, 200, 200)),
    ((400, 200), (100, 100), (1.0, 0.5), (200, 0, 400, 200)),
    ((400, 200), (100, 100), (0.3, 0.9), (20, 0, 220, 200)),
    ((200, 400), (100, 100), (0.5, 0.25), (0, 0, 200, 200)),
    ((200, 400), (100, 50), (0.5, 0.5), (0, 150, 200, 250)),
    ((640, 480), (640, 480), (0.1, 0.1), (0, 0, 640, 480)),
]


@pytest.mark.parametrize(("size", "box", "expected"), INSIDE)
def test_a_picture_fits_inside(size, box, expected):
    assert fit_inside(size, box) == expected


@pytest.mark.parametrize(("size", "box", "expected"), COVER)
def test_a_picture_covers(size, box, expected):
    assert fit_cover(size, box) == expected


@pytest.mark.parametrize(("size", "target", "focal", "expected"), REGIONS)
def test_the_region_follows_the_focal_point(size, target, focal, expected):
    assert cover_region(size, target, focal) == pytest.approx(expected)


def test_enlarging_must_be_asked_for():
    assert fit_inside((100, 50), (320, 320), enlarge=True) == (320, 160)
    assert fit_cover((100, 50), (320, 320), enlarge=True) == (320, 320)


@given(sides, sides, rooms, rooms)
def test_inside_never_leaves_the_box_nor_grows(width, height, room_w, room_h):
    got = fit_inside((width, height), (room_w, room_h))
    assert 1 <= got[0] <= min(room_w, width)
    assert 1 <= got[1] <= min(room_h, height)


@given(sides, sides, rooms)
def test_inside_keeps_the_ratio_to_the_pixel(width, height, room):
    got = fit_inside((width, height), (room, None))
    assert abs(got[1] - max(1, got[0] * height / width)) <= 0.5 * height / width + 0.51


@given(sides, sides, rooms, rooms)
def test_cover_keeps_the_boxs_ratio_and_never_grows(width, height, room_w, room_h):
    got = fit_cover((width, height), (room_w, room_h))
    assert 1 <= got[0] <= min(room_w, width)
    assert 1 <= got[1] <= min(room_h, height)
    scale = min(1.0, width / room_w, height / room_h)
    assert abs(got[0] - max(1, room_w * scale)) <= 0.51
    assert abs(got[1] - max(1, room_h * scale)) <= 0.51


@given(sides, sides, rooms, rooms, shares, shares)
def test_the_region_stays_within_the_picture(width, height, room_w, room_h, x, y):
    left, top, right, bottom = cover_region((width, height), (room_w, room_h), (x, y))
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    assert (right - left) / (bottom - top) == pytest.approx(room_w / room_h, rel=1e-6)
