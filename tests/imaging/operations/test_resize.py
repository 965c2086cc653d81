import pytest
from PIL import Image

from tests.imaging.pictures import corner_colours, corners, near, photo, pixel
from webapp.errors import InvalidError
from webapp.imaging.operations.resize import Resize


def size_of(width, height, resize):
    return resize.apply(Image.new("RGB", (width, height))).size


def strip():
    """Ten columns of 40 pixels, each of its own grey: 0, 25, 50 …"""
    image = Image.new("L", (400, 100))
    for column in range(10):
        image.paste(column * 25, (column * 40, 0, column * 40 + 40, 100))
    return image


@pytest.mark.parametrize(
    ("resize", "expected"),
    [
        (Resize(320), (320, 240)),
        (Resize(None, 400), (533, 400)),
        (Resize(180, 180), (180, 135)),
        (Resize(400, 400, "cover"), (400, 400)),
        (Resize(400, None, "cover"), (400, 300)),
        (Resize(1200, 900), (800, 600)),
        (Resize(1200, 900, enlarge=True), (1200, 900)),
        (Resize(1200, 630, "cover"), (800, 420)),
        (Resize(1200, 630, "cover", enlarge=True), (1200, 630)),
        (Resize(1, 1), (1, 1)),
    ],
)
def test_the_result_has_the_exact_size(resize, expected):
    assert size_of(800, 600, resize) == expected


def test_inside_shows_the_whole_picture():
    got = Resize(30, 30).apply(corners(60, 40))
    assert corner_colours(got) == ["red", "green", "blue", "white"]


@pytest.mark.parametrize(("x", "grey"), [(0.0, 25), (0.5, 112), (1.0, 200), (0.3, 62)])
def test_cover_keeps_the_focal_point_in_the_middle(x, grey):
    got = Resize(100, 100, "cover", (x, 0.5)).apply(strip())
    columns = pixel(got.resize((1, 1), Image.Resampling.BOX), (0, 0))
    assert abs(columns - grey) <= 15


def test_a_picture_of_the_right_size_is_left_alone():
    image = photo(64, 48)
    assert Resize(64, 48).apply(image) is image


def test_transparent_pixels_do_not_bleed_their_colour():
    image = Image.new("RGBA", (100, 100), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (50, 0, 100, 100))
    red, _, blue, alpha = pixel(Resize(9).apply(image), (4, 4))
    assert alpha > 0
    assert red < 20
    assert blue > 230


def test_a_smaller_picture_is_as_bright_as_the_large_one():
    got = Resize(50).apply(Image.new("RGB", (1000, 1000), (90, 120, 200)))
    assert near(pixel(got, (25, 25)), (90, 120, 200), by=1)


def test_the_picture_given_stays_as_it_was():
    image = corners(60, 40)
    Resize(10).apply(image)
    assert image.size == (60, 40)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), "invalid_size"),
        ((0, 10), "invalid_size"),
        ((10, -1), "invalid_size"),
        ((4097,), "invalid_size"),
        ((10, 10, "stretch"), "invalid_fit"),
        ((10, 10, "cover", (1.1, 0.5)), "invalid_focal_point"),
        ((10, 10, "cover", (float("nan"), 0.5)), "invalid_focal_point"),
    ],
)
def test_what_is_out_of_bounds_is_refused(arguments, code):
    with pytest.raises(InvalidError) as caught:
        Resize(*arguments)
    assert caught.value.code == code


def test_keys_differ_exactly_when_the_work_does():
    same = [Resize(9, 9), Resize(9, 9, "inside"), Resize(9, 9, "inside", (0.1, 0.1))]
    other = [
        Resize(9),
        Resize(None, 9),
        Resize(9, 8),
        Resize(9, 9, "cover"),
        Resize(9, 9, "cover", (0.1, 0.5)),
        Resize(9, 9, enlarge=True),
    ]
    assert len({resize.key() for resize in same}) == 1
    assert len({resize.key() for resize in (*same, *other)}) == 7
    steps = [Resize(w).on((100, 60)) for w in (10, 11)] + [Resize(9, 9, "cover").on((100, 60))]
    assert len({step.key() for step in steps}) == 3
