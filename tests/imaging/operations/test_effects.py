"""What each effect does to pixels."""

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.imaging.pictures import corner_colours, corners, decoded, encoded, near, photo, pixel
from webapp.errors import InvalidError
from webapp.imaging.operations.background import Background
from webapp.imaging.operations.blur import Blur
from webapp.imaging.operations.crop import Crop
from webapp.imaging.operations.flip import Flip
from webapp.imaging.operations.flop import Flop
from webapp.imaging.operations.gray import Gray
from webapp.imaging.operations.invert import Invert
from webapp.imaging.operations.pixelate import Pixelate
from webapp.imaging.operations.rotate import Rotate
from webapp.imaging.operations.sharpen import Sharpen
from webapp.imaging.operations.trim import Trim
from webapp.imaging.operations.watermark import PLACES, Watermark
from webapp.imaging.pipeline import Output, render

TURNED = [
    (Rotate(90), ["white", "red", "green", "blue"]),
    (Rotate(180), ["blue", "white", "red", "green"]),
    (Rotate(270), ["green", "blue", "white", "red"]),
    (Flip(), ["white", "blue", "green", "red"]),
    (Flop(), ["green", "red", "white", "blue"]),
]


def disc(alpha=255):
    """A red square in the middle of green that nobody can see."""
    image = Image.new("RGBA", (40, 40), (0, 255, 0, 0))
    image.paste((200, 0, 0, alpha), (10, 10, 30, 30))
    return image


@pytest.mark.parametrize(("step", "expected"), TURNED)
def test_a_picture_is_turned_and_mirrored(step, expected):
    assert corner_colours(step.apply(corners())) == expected


def test_only_quarter_turns_are_possible():
    with pytest.raises(InvalidError):
        Rotate(45)


@pytest.mark.parametrize("numbers", [(0, 0, 0, 5), (-1, 0, 5, 5), (0, 0, 70_000, 5)])
def test_a_crop_out_of_bounds_is_refused(numbers):
    with pytest.raises(InvalidError):
        Crop(*numbers)


def test_a_crop_of_everything_in_shares_has_a_key_that_says_so():
    assert Crop(0, 0, 1, 1, in_shares=True).key() == "crop_0.0_0_1_1"
    assert Crop(0, 0, 1, 1).key() == "crop_0_0_1_1"


def test_gray_keeps_lightness_and_transparency():
    got = Gray().apply(disc())
    red, green, blue, alpha = pixel(got, (20, 20))
    assert red == green == blue == 60
    assert (alpha, pixel(got, (1, 1))[3]) == (255, 0)


def test_invert_keeps_transparency():
    got = Invert().apply(disc(128))
    assert pixel(got, (20, 20)) == (55, 255, 255, 128)
    assert pixel(got, (1, 1))[3] == 0
    assert Invert().apply(Invert().apply(corners())).tobytes() == corners().tobytes()


@pytest.mark.parametrize("step", [Blur(4), Pixelate(16)])
def test_hidden_colours_do_not_shine_through(step):
    got = step.apply(disc())
    seen = [colour for colour in got.get_flattened_data() if colour[3] > 20]
    assert seen
    assert max(colour[1] for colour in seen) < 20


def test_blur_takes_detail_away_and_sharpening_adds_contrast():
    image = photo(80, 60)
    detail = [
        ImageStat.Stat(ImageChops.difference(got, ImageChops.offset(got, 1))).mean[0]
        for got in (Blur(3).apply(image), image, Sharpen(1).apply(image))
    ]
    assert detail == sorted(detail)
    assert detail[0] < detail[1] / 2


def test_squares_are_of_one_colour_up_to_the_edges():
    image = photo(50, 35)
    got = Pixelate(16).apply(image)
    for left, top in ((0, 0), (32, 16), (48, 32)):
        square = got.crop((left, top, min(left + 16, 50), min(top + 16, 35)))
        assert len(set(square.get_flattened_data())) == 1
        mean = ImageStat.Stat(image.crop((left, top, min(left + 16, 50), min(top + 16, 35)))).mean
        assert near(pixel(square, (0, 0)), mean, by=2)


def test_a_background_is_seen_where_nothing_hides_it():
    got = Background((0, 0, 250, 255)).apply(disc())
    assert got.mode == "RGB"
    assert (pixel(got, (1, 1)), pixel(got, (20, 20))) == ((0, 0, 250), (200, 0, 0))
    half = Background((0, 0, 250, 100)).apply(disc())
    assert pixel(half, (1, 1)) == (0, 0, 250, 100)
    assert Background().apply(corners()).tobytes() == corners().tobytes()


def test_a_border_is_trimmed_up_to_the_threshold():
    image = Image.new("RGB", (60, 40), (250, 250, 250))
    image.paste((244, 250, 250), (5, 5, 50, 30))
    image.paste((10, 250, 250), (20, 10, 40, 20))
    assert Trim(10).apply(image).size == (20, 10)
    assert Trim(3).apply(image).size == (45, 25)
    assert Trim(250).apply(image).size == (60, 40), "all border is no border"


def test_a_transparent_border_is_trimmed_whatever_its_colour():
    assert Trim(10).apply(disc()).size == (20, 20)


@pytest.mark.parametrize("place", PLACES)
def test_a_watermark_lies_where_it_was_asked_for(place):
    mark = encoded(Image.new("RGB", (20, 10), (250, 0, 0)))
    step = Watermark("logo", place, 100, 20)
    data = encoded(Image.new("RGB", (200, 100), "white"))
    got = decoded(render(data, [step], Output("png"), watermarks={"logo": mark}).data)
    left, top, right, bottom = Trim(10).box(got)
    assert (right - left, bottom - top) == (40, 20)
    x, y = PLACES[place]
    assert left == {0: 3, 0.5: 80, 1: 157}[x]
    assert top == {0: 3, 0.5: 40, 1: 77}[y]


def test_a_watermark_lets_the_picture_through():
    mark = encoded(Image.new("RGBA", (10, 10), (0, 0, 0, 255)))
    step = Watermark("logo", "c", 50, 50)
    data = encoded(Image.new("L", (40, 40), 200))
    got = decoded(render(data, [step], Output("png"), watermarks={"logo": mark}).data)
    assert near(pixel(got, (20, 20)), (100, 100, 100))
    assert near(pixel(got, (1, 1)), (200, 200, 200))


def test_an_unknown_watermark_is_refused():
    with pytest.raises(InvalidError, match="no watermark called 'logo'") as caught:
        render(encoded(photo(9, 9)), [Watermark("logo")], Output())
    assert caught.value.code == "unknown_watermark"


def test_a_damaged_watermark_is_refused():
    with pytest.raises(InvalidError):
        render(encoded(photo(9, 9)), [Watermark("a")], Output(), watermarks={"a": b"no picture"})
