import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.imaging.pictures import (
    corners,
    decoded,
    encoded,
    near,
    noise,
    photo,
    pixel,
    with_orientation,
)
from webapp.errors import InvalidError, TooLargeError
from webapp.imaging.preview import dominant_colour, preview_of

PREFIX = "data:image/webp;base64,"


def picture_in(uri):
    assert uri.startswith(PREFIX)
    assert 90 <= len(uri) <= 230
    return decoded(base64.b64decode(uri.removeprefix(PREFIX)))


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((640, 480), (16, 12)),
        ((480, 640), (12, 16)),
        ((1, 1), (16, 16)),
        ((3, 2), (16, 11)),
        ((3000, 1), (16, 1)),
        ((1, 3000), (1, 16)),
    ],
)
def test_a_preview_has_sixteen_pixels_at_its_longest_side(size, expected):
    got = picture_in(preview_of(encoded(photo(*size))))
    assert got.size == expected
    assert got.format == "WEBP"


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
@pytest.mark.parametrize("size", [(1, 1), (16, 16), (16, 1), (200, 200), (2, 300)])
def test_noise_stays_within_the_bounds(mode, size):
    for seed in range(5):
        picture_in(preview_of(encoded(noise(size[0], size[1], mode, seed))))


@settings(max_examples=150)
@given(
    st.sampled_from(["L", "RGB", "RGBA"]),
    st.integers(1, 40),
    st.integers(1, 40),
    st.integers(0, 2**32),
    st.sampled_from([1, 2, 8, 40]),
)
def test_any_picture_stays_within_the_bounds(mode, width, height, seed, grain):
    coarse = noise(-(-width // grain), -(-height // grain), mode, seed)
    picture_in(preview_of(encoded(coarse.resize((width, height), Image.Resampling.NEAREST))))


def test_one_colour_stays_within_the_bounds():
    for colour in ("black", "white", "red", "#123456"):
        for size in ((1, 1), (400, 300)):
            got = picture_in(preview_of(encoded(Image.new("RGB", size, colour))))
            expected = pixel(Image.new("RGB", (1, 1), colour), (0, 0))
            assert near(pixel(got.convert("RGB"), (3, 3)), expected, by=8)


def test_a_preview_looks_like_its_picture():
    got = picture_in(preview_of(encoded(Image.linear_gradient("L"))))
    assert pixel(got.convert("L"), (8, 1)) < 60
    assert pixel(got.convert("L"), (8, 14)) > 190


def test_a_preview_keeps_plain_transparency():
    image = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    image.paste((200, 10, 10, 255), (0, 0, 32, 64))
    got = picture_in(preview_of(encoded(image))).convert("RGBA")
    assert pixel(got, (14, 8))[3] == 0
    assert pixel(got, (2, 8))[3] == 255


def test_a_preview_stands_upright():
    assert picture_in(preview_of(with_orientation(corners(60, 30), 6, "JPEG"))).size == (8, 16)


def test_a_file_is_previewed_like_its_bytes(tmp_path):
    path = tmp_path / "picture"
    path.write_bytes(encoded(photo(64, 48)))
    assert preview_of(path) == preview_of(path.read_bytes())


@pytest.mark.parametrize("make", [preview_of, dominant_colour])
def test_what_is_no_picture_is_refused(make):
    with pytest.raises(InvalidError):
        make(b"no picture")
    with pytest.raises(TooLargeError):
        make(encoded(photo(64, 48)), max_pixels=100)


@pytest.mark.parametrize(
    ("colour", "expected"),
    [("#c81e1e", "#c81e1e"), ("white", "#ffffff"), ("black", "#000000")],
)
def test_the_dominant_colour_of_one_colour_is_that_colour(colour, expected):
    assert dominant_colour(encoded(Image.new("RGB", (50, 50), colour))) == expected


def test_the_dominant_colour_is_that_of_the_larger_part():
    image = Image.new("RGB", (100, 100), (20, 40, 200))
    image.paste((240, 230, 20), (0, 0, 40, 100))
    text = dominant_colour(encoded(image))
    assert near(bytes.fromhex(text[1:]), (20, 40, 200), by=12)


def test_what_is_transparent_counts_as_white():
    assert dominant_colour(encoded(Image.new("RGBA", (9, 9), (0, 0, 0, 0)))) == "#ffffff"


@pytest.mark.parametrize("seed", range(10))
def test_the_most_restless_picture_stays_within_the_bounds(seed):
    extremes = noise(16, 16, "RGBA", seed).point(lambda value: 255 * (value > 127))
    picture_in(preview_of(encoded(extremes)))
