import base64

import pytest
from PIL import Image

from tests.imaging.pictures import (
    corner_colours,
    corners,
    decoded,
    encoded,
    near,
    noise,
    pixel,
    png_header,
    with_orientation,
)
from webapp.errors import InvalidError, TooLargeError
from webapp.imaging.inline import data_uri, from_data_uri, to_base64


def picture_in(text):
    return decoded(base64.b64decode(text, validate=True))


def test_a_picture_becomes_the_base64_of_a_jpeg():
    got = picture_in(to_base64(encoded(corners())))
    assert (got.format, got.size) == ("JPEG", (60, 40))


def test_a_pillow_image_will_do():
    assert picture_in(to_base64(corners())).size == (60, 40)
    assert picture_in(to_base64(Image.new("I;16", (5, 4), 999))).size == (5, 4)


def test_webp_may_be_asked_for():
    assert picture_in(to_base64(corners(), format="webp")).format == "WEBP"


def test_the_orientation_is_applied():
    got = picture_in(to_base64(with_orientation(corners(60, 40), 6, "JPEG")))
    assert got.size == (40, 60)
    assert corner_colours(got) == ["white", "red", "green", "blue"]


@pytest.mark.parametrize("name", ["jpeg", "webp"])
def test_what_is_transparent_is_white(name):
    got = picture_in(to_base64(Image.new("RGBA", (8, 8), (0, 0, 0, 0)), format=name))
    assert near(pixel(got.convert("RGB"), (4, 4)), (255, 255, 255))
    assert got.mode == "RGB"


@pytest.mark.parametrize("data", [b"", b"no picture", encoded(noise(64, 48), "JPEG")[:2000]])
def test_what_is_damaged_is_refused_with_a_sentence(data):
    with pytest.raises(InvalidError) as caught:
        to_base64(data)
    assert caught.value.fields == {"image": ["invalid_image"]}
    assert caught.value.message.endswith(".")


def test_a_damaged_pillow_image_is_refused(tmp_path):
    path = tmp_path / "cut.jpg"
    path.write_bytes(encoded(noise(64, 48), "JPEG")[:2000])
    with Image.open(path) as image, pytest.raises(InvalidError):
        to_base64(image)


def test_too_many_pixels_are_refused():
    with pytest.raises(TooLargeError):
        to_base64(png_header(20_000, 15_000))


def test_a_data_uri_returns_its_bytes():
    data = encoded(corners())
    uri = data_uri(data, "image/png")
    assert uri.startswith("data:image/png;base64,")
    assert from_data_uri(uri) == data
    assert from_data_uri(base64.encodebytes(data).decode()) == data


@pytest.mark.parametrize("text", ["data:image/png;base64,%%%", "ä", "AAA", "data:,hello!"])
def test_what_is_no_base64_is_refused(text):
    with pytest.raises(InvalidError, match="base64") as caught:
        from_data_uri(text)
    assert caught.value.code == "invalid_image"
