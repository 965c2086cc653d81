import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.imaging.pictures import (
    corner_colours,
    corners,
    decoded,
    encoded,
    near,
    photo,
    pixel,
    scene,
    unlike,
    with_orientation,
)
from webapp.errors import InvalidError
from webapp.imaging.framing import Framing, shrink_on_load
from webapp.imaging.grammar import parse
from webapp.imaging.limits import opened
from webapp.imaging.operations.crop import Crop
from webapp.imaging.operations.resize import Resize
from webapp.imaging.pipeline import Output, render


def shown(data, text, **options):
    return decoded(render(data, parse(text).operations, Output("png"), **options).data)


def spot(size, place, ground=(250, 250, 250), radius=3):
    """A picture with a small red square around a place."""
    image = Image.new("RGB", size, ground)
    x, y = place
    image.paste((220, 0, 0), (x - radius, y - radius, x + radius, y + radius))
    return image


def has_red(image):
    red, green, _ = image.convert("RGB").split()
    return red.getextrema()[1] > 150 and green.getextrema()[0] < 130


def drafted(data, *operations):
    with opened(data) as image:
        framing = Framing.of(operations, image.size)
        shrink_on_load(image, framing)
        return image.size


def test_a_jpeg_is_decoded_no_larger_than_needed():
    assert drafted(encoded(photo(1600, 1200), "JPEG"), Resize(100)) == (200, 150)


def test_a_cover_crop_is_decoded_large_enough_for_its_part():
    data = encoded(photo(1600, 400), "JPEG")
    assert drafted(data, Resize(100, 100, "cover")) == (800, 200)


def test_a_crop_that_is_resized_is_decoded_small_as_well():
    data = encoded(photo(1600, 1200), "JPEG")
    assert drafted(data, Crop(400, 300, 800, 600), Resize(100)) == (400, 300)
    assert drafted(data, Crop(400, 300, 800, 600)) == (1600, 1200)


def test_a_jpeg_on_its_side_is_shrunk_by_its_own_sides():
    with opened(with_orientation(photo(1600, 400), 6, "JPEG")) as image:
        shrink_on_load(image, Framing.of([Resize(50)], (400, 1600)))
        assert image.size == (400, 100)


def test_a_border_is_looked_for_in_the_full_picture():
    data = encoded(photo(1600, 1200), "JPEG")
    assert drafted(data, *parse("trim_10,w_50").operations) == (1600, 1200)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("ops", ["", ",w_20", ",w_10,h_10,fit_cover"])
def test_a_crop_counts_in_the_upright_picture(kind, orientation, ops):
    size = (600, 400) if orientation < 5 else (400, 600)
    upright = Image.new("RGB", size)
    upright.paste((230, 20, 20), (0, 0, 100, 100))
    upright.paste((20, 200, 40), (100, 0, 200, 100))
    lying = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90}
    lying |= {8: Image.Transpose.ROTATE_270, 2: Image.Transpose.FLIP_LEFT_RIGHT}
    lying |= {4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE}
    lying |= {7: Image.Transpose.TRANSVERSE}
    stored = upright.transpose(lying[orientation]) if orientation > 1 else upright
    data = with_orientation(stored, orientation, kind)
    got = shown(data, f"crop_100_0_100_100{ops}")
    assert got.size[0] == {"": 100, ",w_20": 20}.get(ops, 10)
    assert near(pixel(got.convert("RGB"), (5, 5)), (20, 200, 40), by=25)
    share = 100 / size[0]
    same = shown(data, f"crop_{share:.6f}_0_{share:.6f}_{100 / size[1]:.6f}{ops}")
    assert same.size == got.size


@pytest.mark.parametrize("ops", ["w_30", "w_24,h_24,fit_cover,fp_0.5_0.5", "w_40,h_40,fit_contain"])
def test_a_crop_shows_the_same_from_a_jpeg_a_png_and_a_master(ops):
    image = scene(1200, 800)
    text = f"crop_300_200_600_400,{ops}"
    slow = shown(encoded(image, compress_level=0), text)
    fast = shown(encoded(image, "JPEG", quality=98, subsampling=0), text)
    master = encoded(image.resize((640, 427), Image.Resampling.LANCZOS), "JPEG", quality=92)
    from_master = shown(master, text, original=(1200, 800))
    assert slow.size == fast.size == from_master.size == parse(text).result_size(1200, 800)
    for other in (fast, from_master):
        assert unlike(slow, other) < 2


def test_a_crop_without_a_resize_is_exact():
    image = photo(97, 61)
    got = shown(encoded(image), "crop_13_7_50_30")
    assert got.tobytes() == image.crop((13, 7, 63, 37)).tobytes()


def test_what_lies_outside_is_cut_off_a_crop():
    assert shown(encoded(photo(60, 40)), "crop_50_30_100_100").size == (10, 10)
    assert parse("crop_50_30_100_100").result_size(60, 40) == (10, 10)


def test_a_crop_beyond_the_picture_is_refused():
    with pytest.raises(InvalidError, match="crop_60_0_10_10 lies outside") as caught:
        shown(encoded(photo(60, 40)), "crop_60_0_10_10")
    assert caught.value.code == "invalid_ops"
    with pytest.raises(InvalidError, match="60 x 40 pixels"):
        parse("crop_0_40_10_10").result_size(60, 40)


def test_the_focal_point_is_one_of_the_original_not_of_the_crop():
    data = encoded(spot((400, 200), (330, 100)))
    near_it = "crop_100_0_300_200,w_50,h_100,fit_cover,fp_0.825_0.5"
    away = "crop_100_0_300_200,w_50,h_100,fit_cover,fp_0.3_0.5"
    assert has_red(shown(data, near_it))
    assert not has_red(shown(data, away))


shares = st.floats(0.05, 0.95)


@settings(max_examples=80)
@given(shares, shares, st.sampled_from([(300, 200), (200, 300), (250, 250)]), st.integers(20, 90))
def test_the_focal_point_stays_inside(x, y, size, height):
    place = round(x * size[0]), round(y * size[1])
    x, y = round(place[0] / size[0], 4), round(place[1] / size[1], 4)
    text = f"w_60,h_{height},fit_cover,fp_{x}_{y}"
    assert has_red(shown(encoded(spot(size, place, radius=12)), text))
    stored = parse(f"w_60,h_{height},fit_cover").settled(focal=(x, y))
    assert stored == parse(text)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("place", [(20, 50), (200, 30), (380, 60)])
@pytest.mark.parametrize("turned", [False, True])
def test_the_smart_crop_shows_what_there_is_to_see(place, kind, turned):
    size, place = ((100, 400), place[::-1]) if turned else ((400, 100), place)
    data = encoded(spot(size, place), kind)
    got = shown(data, "w_40,h_40,fit_cover,g_smart")
    assert has_red(got)
    assert got.size == (40, 40)
    assert got.tobytes() == shown(data, "w_40,h_40,fit_cover,g_smart").tobytes()


def test_the_smart_crop_looks_only_at_the_crop():
    image = spot((400, 100), (20, 50))
    image.paste((220, 0, 0), (300, 40, 306, 46))
    got = shown(encoded(image), "crop_100_0_300_100,w_40,h_40,fit_cover,g_smart")
    assert has_red(got)


def test_nothing_to_see_is_cut_in_the_middle():
    image = Image.new("RGB", (400, 100), (90, 90, 90))
    image.paste((91, 91, 91), (150, 0, 250, 100))
    got = shown(encoded(image), "w_100,h_100,fit_cover,g_smart")
    assert pixel(got, (50, 50)) == (91, 91, 91)


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (3, 2), (2, 3)])
def test_the_smart_crop_takes_any_shape(size):
    for mode in ("L", "RGB", "RGBA", "CMYK"):
        data = encoded(Image.new(mode, size), "TIFF")
        text = "w_7,h_5,fit_cover,g_smart"
        assert shown(data, text).size == parse(text).result_size(*size)


def test_a_trim_comes_before_the_resize():
    image = Image.new("RGB", (300, 200), "white")
    image.paste(corners(60, 40), (100, 50))
    got = shown(encoded(image), "trim_10,w_30,h_20")
    assert got.size == (30, 20)
    assert corner_colours(got)[:2] == ["red", "green"]
    cut = shown(encoded(image), "crop_50_25_200_150,trim_10")
    assert cut.size[0] == 60


def test_padding_is_transparent_or_in_the_background_colour():
    data = encoded(Image.new("RGB", (40, 20), (200, 0, 0)))
    ops = parse("w_20,h_20,fit_contain").operations
    clear = decoded(render(data, ops, Output("webp")).data)
    assert pixel(clear.convert("RGBA"), (10, 1))[3] == 0
    white = decoded(render(data, ops, Output("jpeg")).data)
    assert near(pixel(white, (10, 1)), (255, 255, 255))
    blue = shown(data, "w_20,h_20,fit_contain,b_0000ff")
    assert blue.mode == "RGB"
    assert pixel(blue, (10, 1)) == (0, 0, 255)
    assert near(pixel(blue, (10, 10)), (200, 0, 0))


def test_a_cmyk_picture_is_padded_after_its_colours_are_right():
    data = encoded(Image.new("CMYK", (40, 20), (0, 200, 200, 0)), "TIFF")
    got = shown(data, "w_20,h_20,fit_contain").convert("RGBA")
    assert pixel(got, (10, 1))[3] == 0
    assert pixel(got, (10, 10))[0] > 200


@pytest.mark.parametrize(
    ("text", "size", "expected"),
    [
        ("w_100,h_100,fit_outside", (400, 200), (200, 100)),
        ("w_100,h_100,fit_outside", (80, 40), (80, 40)),
        ("w_100,h_100,fit_outside,enlarge", (80, 40), (200, 100)),
        ("w_100,h_100,fit_outside", (60_000, 100), (4096, 7)),
        ("w_100,h_100,fit_fill", (400, 200), (100, 100)),
        ("w_100,h_100,fit_fill", (80, 40), (40, 40)),
        ("w_100,h_100,fit_fill,enlarge", (80, 40), (100, 100)),
        ("w_100,h_100,fit_contain", (80, 40), (100, 100)),
        ("w_400,enlarge", (1, 10_000), (1, 4096)),
        ("h_400", (60_000, 400), (4096, 27)),
        ("w_100,rot_90", (400, 200), (50, 100)),
        ("crop_0.25_0.25_0.5_0.5", (401, 201), (201, 101)),
        ("crop_0.999999_0_0.000001_1", (100, 100), (1, 100)),
    ],
)
def test_sizes_are_what_sharp_and_css_give(text, size, expected):
    assert parse(text).result_size(*size) == expected
