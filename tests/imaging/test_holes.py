import io

import pytest
from PIL import Image

from webapp.errors import InvalidError, TooLargeError
from webapp.imaging.holes import mask_of_holes


def png(image):
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def opened(data):
    return Image.open(io.BytesIO(data))


def test_a_hole_is_where_the_picture_may_change():
    image = Image.new("RGBA", (40, 20), "red")
    image.paste((0, 0, 0, 0), (0, 0, 10, 20))
    image.paste((9, 9, 9, 128), (10, 0, 20, 20))
    mask = opened(mask_of_holes(png(image)))
    assert (mask.mode, mask.size) == ("L", (40, 20))
    assert [mask.getpixel((x, 5)) for x in (5, 15, 30)] == [255, 127, 0]


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "1", "I;16"])
def test_what_has_no_hole_is_a_mask_already(mode):
    image = Image.new("L", (40, 20), 0)
    image.paste(255, (0, 0, 20, 20))
    if mode == "I;16":
        image = image.point(lambda value: value * 257, "I").convert("I;16")
    mask = opened(mask_of_holes(png(image if mode == "I;16" else image.convert(mode))))
    assert (mask.getpixel((5, 5)), mask.getpixel((35, 5))) == (255, 0)


def test_a_palette_with_a_transparent_colour_has_holes():
    image = Image.new("P", (8, 8), 0)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.paste(1, (0, 0, 4, 8))
    file = io.BytesIO()
    image.save(file, "PNG", transparency=1)
    mask = opened(mask_of_holes(file.getvalue()))
    assert (mask.getpixel((1, 1)), mask.getpixel((6, 1))) == (255, 0)


def test_what_is_no_picture_is_refused():
    with pytest.raises(InvalidError):
        mask_of_holes(b"no picture")


def test_a_large_one_is_refused_before_it_is_decoded():
    with pytest.raises(TooLargeError):
        mask_of_holes(png(Image.new("RGBA", (40, 20))), max_pixels=100)
