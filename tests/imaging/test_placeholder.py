import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.imaging.pictures import decoded, encoded, near, noise, photo, pixel
from webapp.errors import InvalidError
from webapp.imaging.formats import FORMATS
from webapp.imaging.placeholder import (
    error_placeholder,
    parse_colour,
    pending_placeholder,
    placeholder,
)
from webapp.imaging.preview import preview_of


def colours(data):
    return {colour for _, colour in decoded(data).convert("RGB").getcolors(1 << 24) or []}


def ink_box(data):
    """The box around everything that is not background."""
    image = decoded(data).convert("RGB")
    ground = Image.new("RGB", image.size, pixel(image, (0, 0)))
    return Image.frombytes(
        "L",
        image.size,
        bytes(
            255 * (a != b)
            for a, b in zip(image.get_flattened_data(), ground.get_flattened_data(), strict=True)
        ),
    ).getbbox()


def test_a_placeholder_is_a_png_with_its_size_in_white_on_black():
    data = placeholder(300, 200)
    image = decoded(data)
    assert (image.format, image.size) == ("PNG", (300, 200))
    assert {(0, 0, 0), (255, 255, 255)} <= colours(data)


def test_the_text_stands_in_the_middle():
    left, top, right, bottom = ink_box(placeholder(301, 200))
    assert abs(left - (301 - right)) <= 3
    assert abs(top - (200 - bottom)) <= 3


@pytest.mark.parametrize("size", [(1, 1), (1, 2000), (2000, 1), (20, 8), (30, 30), (8, 300)])
def test_the_text_is_left_out_where_it_does_not_fit(size):
    data = placeholder(*size)
    assert decoded(data).size == size
    assert colours(data) == {(0, 0, 0)}


@pytest.mark.parametrize("size", [(80, 20), (60, 60), (120, 30), (2000, 2000)])
def test_the_text_is_there_where_it_fits(size):
    assert len(colours(placeholder(*size))) > 1


@pytest.mark.parametrize("size", [(0, 1), (1, 0), (-1, 5), (2001, 1), (1, 2001), (10**9, 10**9)])
def test_a_size_out_of_bounds_is_refused(size):
    with pytest.raises(InvalidError, match=r"^Invalid image request$"):
        placeholder(*size)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_can_be_asked_for(name):
    for make in (placeholder, pending_placeholder, error_placeholder):
        image = decoded(make(60, 40, format=name))
        assert (image.format, image.size) == (name.upper(), (60, 40))


def test_the_colours_are_those_asked_for():
    got = colours(placeholder(200, 100, background="#f80", foreground="123456"))
    assert {(255, 136, 0), (0x12, 0x34, 0x56)} <= got


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("000", (0, 0, 0)),
        ("fff", (255, 255, 255)),
        ("#1a2", (0x11, 0xAA, 0x22)),
        ("FF8800", (255, 136, 0)),
        ("#ff8800", (255, 136, 0)),
    ],
)
def test_a_colour_is_three_or_six_hex_digits(text, expected):
    assert parse_colour(text) == expected


@pytest.mark.parametrize("text", ["", "#", "ff", "ffff", "red", "##fff", "12345g", "fff\n", "١٢٣"])
def test_any_other_colour_is_refused(text):
    with pytest.raises(InvalidError) as caught:
        parse_colour(text)
    assert caught.value.code == "invalid_colour"
    with pytest.raises(InvalidError):
        placeholder(9, 9, background=text)


@pytest.mark.parametrize("text", ["one\ntwo", r"one\ntwo"])
def test_a_line_break_starts_a_new_line(text):
    one, two = (ink_box(placeholder(300, 200, text=words)) for words in ("one two", text))
    assert two[3] - two[1] > 1.5 * (one[3] - one[1])


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\n", "\0", "\ud800", "\u202e", "中文", "Ж", "🎨", "x" * 100_000, "\n" * 9999],
)
def test_any_text_at_all_makes_a_picture(text):
    assert decoded(placeholder(300, 200, text=text)).size == (300, 200)


def test_an_accent_that_the_font_lacks_leaves_its_letter():
    assert placeholder(300, 200, text="Hällo") == placeholder(300, 200, text="Hallo")


@settings(max_examples=30)
@given(st.integers(1, 2000), st.integers(1, 2000), st.text(max_size=40))
def test_every_size_and_text_gives_that_size(width, height, text):
    assert decoded(placeholder(width, height, text=text)).size == (width, height)


def test_a_placeholder_is_small():
    assert len(placeholder(600, 400)) < 4000
    assert len(placeholder(2000, 2000)) < 8000


def test_a_pending_picture_is_a_calm_gradient():
    image = decoded(pending_placeholder(300, 200)).convert("RGB")
    first, middle, last = (pixel(image, place) for place in ((0, 0), (150, 100), (299, 199)))
    assert sum(first) > sum(middle) > sum(last)
    assert near(first, last, by=40)


def test_a_pending_picture_may_be_the_blur_of_its_preview():
    data = pending_placeholder(
        300, 200, "jpeg", preview_of(encoded(Image.new("RGB", (9, 9), "red")))
    )
    image = decoded(data)
    assert image.size == (300, 200)
    assert near(pixel(image, (150, 100)), (255, 0, 0), by=12)


def test_a_pending_picture_is_never_larger_than_a_rendition():
    assert decoded(pending_placeholder(99_999, 0)).size == (4096, 1)


def test_an_error_says_what_went_wrong_where_that_fits():
    assert len(colours(error_placeholder(400, 200, text="Not found"))) > 1
    assert len(colours(error_placeholder(20, 20, text="Not found"))) == 1


def test_threads_draw_the_same():
    expected, results = placeholder(321, 123), []
    work = lambda: results.append(placeholder(321, 123))  # noqa: E731
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 8


def test_a_broken_preview_is_refused():
    for preview in ("nonsense", "data:image/png;base64,AAAA", "data:text/html,<b>"):
        with pytest.raises(InvalidError):
            pending_placeholder(9, 9, preview=preview)


def test_noise_is_no_obstacle_as_a_preview():
    for picture in (noise(16, 16), photo(9, 9)):
        assert pending_placeholder(9, 9, preview=preview_of(encoded(picture)))
