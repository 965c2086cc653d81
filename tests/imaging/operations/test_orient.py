import pytest
from PIL import Image

from tests.imaging.pictures import corner_colours, corners, decoded, with_orientation
from webapp.imaging.operations.orient import Orient, orientation, shown_size

# Where the red, green, blue and white corners go, clockwise from the upper left.
SHOWN = {
    1: ["red", "green", "blue", "white"],
    2: ["green", "red", "white", "blue"],
    3: ["blue", "white", "red", "green"],
    4: ["white", "blue", "green", "red"],
    5: ["red", "white", "blue", "green"],
    6: ["white", "red", "green", "blue"],
    7: ["blue", "green", "red", "white"],
    8: ["green", "blue", "white", "red"],
}


@pytest.mark.parametrize("value", SHOWN)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_a_picture_stands_as_the_camera_was_held(kind, value):
    image = decoded(with_orientation(corners(60, 40), value, kind))
    got = Orient().apply(image)
    assert corner_colours(got) == SHOWN[value]
    assert got.size == ((40, 60) if value > 4 else (60, 40))
    assert shown_size(image) == got.size


@pytest.mark.parametrize("value", [0, 9, -1, 65535, "6"])
def test_an_orientation_without_meaning_is_upright(value):
    image = Image.new("RGB", (4, 2))
    image.getexif()[0x0112] = value
    assert orientation(image) == 1
    assert Orient().apply(image) is image
