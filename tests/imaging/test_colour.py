import io
import math

import pytest
from PIL import Image, ImageCms

from tests.imaging.pictures import (
    MODES,
    decoded,
    encoded,
    near,
    pixel,
    srgb_profile,
    wide_gamut_profile,
)
from webapp.imaging.colour import PLAIN_MODES, flattened, normalised


def profiled(image, profile):
    return decoded(encoded(image, "PNG" if image.mode != "CMYK" else "TIFF", icc_profile=profile))


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_becomes_a_plain_one(mode):
    image = Image.new(mode, (5, 4))
    assert normalised(image).mode in PLAIN_MODES
    assert normalised(image).size == (5, 4)


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_survives_any_profile(mode):
    for profile in (srgb_profile(), wide_gamut_profile(), b"broken", b"\0" * 200):
        image = Image.new(mode, (5, 4))
        image.info["icc_profile"] = profile
        assert normalised(image).mode in PLAIN_MODES


def test_the_hand_made_profile_is_a_good_one():
    profile = ImageCms.ImageCmsProfile(io.BytesIO(wide_gamut_profile()))
    assert profile.profile.xcolor_space.strip() == "RGB"
    assert "Wide gamut" in str(profile.profile.profile_description)


def test_a_wide_gamut_profile_is_converted_to_srgb():
    image = profiled(Image.new("RGB", (4, 4), (200, 100, 100)), wide_gamut_profile())
    red, green, blue = pixel(normalised(image), (1, 1))
    assert red > 208, "Display P3's red is stronger than sRGB's: the number must rise"
    assert green < 98
    assert blue < 100
    assert not normalised(image).info


def test_grey_stays_grey_through_a_profile():
    image = profiled(Image.new("RGB", (4, 4), (128, 128, 128)), wide_gamut_profile())
    grey = pixel(normalised(image), (1, 1))
    assert max(grey) - min(grey) <= 2


def test_an_srgb_profile_changes_nothing():
    image = profiled(Image.new("RGB", (4, 4), (200, 100, 50)), srgb_profile())
    assert pixel(normalised(image), (1, 1)) == (200, 100, 50)


def test_a_broken_profile_changes_nothing():
    image = Image.new("RGB", (4, 4), (200, 100, 50))
    image.info["icc_profile"] = wide_gamut_profile()[:150]
    assert pixel(normalised(image), (1, 1)) == (200, 100, 50)


def test_a_profile_for_other_channels_is_ignored():
    image = Image.new("CMYK", (4, 4), (0, 255, 255, 0))
    image.info["icc_profile"] = wide_gamut_profile()
    assert near(pixel(normalised(image), (1, 1)), (255, 0, 0))


def test_a_profile_spares_the_alpha():
    image = profiled(Image.new("RGBA", (4, 4), (200, 100, 100, 90)), wide_gamut_profile())
    red, _, _, alpha = pixel(normalised(image), (1, 1))
    assert red > 208
    assert alpha == 90


def test_a_profile_reaches_a_palette():
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 0, 0, 200, 100, 100])
    image.info["icc_profile"] = wide_gamut_profile()
    assert pixel(normalised(image), (1, 1))[0] > 208


def test_cmyk_without_a_profile_looks_right():
    assert near(pixel(normalised(Image.new("CMYK", (2, 2), (0, 0, 0, 0))), (0, 0)), (255,) * 3)
    assert near(pixel(normalised(Image.new("CMYK", (2, 2), (255, 0, 0, 0))), (0, 0)), (0, 255, 255))


def test_lab_looks_right():
    lab = ImageCms.profileToProfile(
        Image.new("RGB", (2, 2), (200, 100, 50)),
        ImageCms.createProfile("sRGB"),
        ImageCms.createProfile("LAB"),
        outputMode="LAB",
    )
    assert lab is not None
    assert near(pixel(normalised(lab), (0, 0)), (200, 100, 50))


@pytest.mark.parametrize("mode", ["I;16", "I;16B", "I;16L", "I;16N"])
@pytest.mark.parametrize(("deep", "eight"), [(0, 0), (65535, 255), (32896, 128), (257, 1)])
def test_sixteen_bits_are_scaled_by_their_range(mode, deep, eight):
    image = Image.new("I;16", (2, 2), deep)
    image = image if mode == "I;16" else image.convert("I").convert(mode)
    assert pixel(normalised(image), (1, 1)) == eight


def test_a_sixteen_bit_png_keeps_its_brightness():
    data = encoded(Image.new("I;16", (4, 4), 40_000))
    assert pixel(normalised(decoded(data)), (1, 1)) == round(40_000 / 257)


@pytest.mark.parametrize(
    ("mode", "low", "high", "expected"),
    [
        ("F", 0.0, 1.0, (0, 255)),
        ("F", 0.25, 0.5, (64, 128)),
        ("F", 0.0, 255.0, (0, 255)),
        ("F", 100.0, 200.0, (100, 200)),
        ("F", -5.0, 5.0, (0, 255)),
        ("F", 0.0, 1e6, (0, 255)),
        ("I", 0, 200, (0, 200)),
        ("I", 0, 65535, (0, 255)),
        ("I", -(2**31), 2**31 - 1, (0, 255)),
    ],
)
def test_the_usual_range_is_found_for_deep_samples(mode, low, high, expected):
    image = Image.new(mode, (2, 1), low)
    image.putpixel((1, 0), high)
    got = normalised(image)
    assert near((pixel(got, (0, 0)), pixel(got, (1, 0))), expected, by=1)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_beyond_numbers_are_no_obstacle(value):
    image = Image.new("F", (2, 1), 0.5)
    image.putpixel((1, 0), value)
    assert normalised(image).mode == "L"


def test_a_transparent_colour_becomes_alpha():
    for mode, key in (("L", 7), ("RGB", (7, 7, 7)), ("1", 0), ("P", 7)):
        image = Image.new(mode, (2, 2), key)
        image.info["transparency"] = key
        assert pixel(normalised(image), (0, 0))[3] == 0


def test_premultiplied_alpha_is_undone():
    image = Image.new("RGBA", (2, 2), (200, 100, 50, 128)).convert("RGBa")
    assert near(pixel(normalised(image), (0, 0)), (200, 100, 50, 128), by=2)


def test_flattening_blends_with_the_background():
    image = Image.new("RGBA", (2, 2), (0, 0, 0, 128))
    assert near(pixel(flattened(image, "#ff0000"), (0, 0)), (127, 0, 0), by=1)
    assert flattened(image).mode == "RGB"
