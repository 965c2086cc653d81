import pytest
from PIL import Image

from tests.imaging.pictures import (
    RED,
    WHITE,
    corner_colours,
    corners,
    decoded,
    encoded,
    near,
    noise,
    pixel,
    png_header,
    wide_gamut_profile,
    with_orientation,
)
from webapp.errors import InvalidError, TooLargeError
from webapp.imaging.colour import flattened
from webapp.imaging.references import LONGEST, MOST_BYTES, as_mask, as_reference


def located(kind: str) -> bytes:
    """Return a picture that says where, when and with what it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAM"
    exif[0x9003] = "2026:11:21 12:00:00"
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)}
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">SECRETPLACE</x:xmpmeta>'
    return encoded(corners(), kind, exif=exif, xmp=xmp)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
@pytest.mark.parametrize("has_alpha", [False, True])
def test_where_and_when_it_was_taken_stays_here(kind, has_alpha):
    source = located(kind)
    assert b"SECRETCAM" in source
    made = as_reference(source, has_alpha=has_alpha)
    for word in (b"SECRET", b"Exif", b"2026:11", b"GPS"):
        assert word not in made.data
    image = decoded(made.data)
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_stands_upright(orientation):
    plain = corners(60, 40)
    made = as_reference(with_orientation(plain, orientation, "JPEG"))
    lies = orientation >= 5
    assert (made.width, made.height) == ((40, 60) if lies else (60, 40))
    image = decoded(made.data)
    assert image.size == (made.width, made.height)
    upper_left = {1: 0, 2: 1, 3: 2, 4: 3, 5: 0, 6: 3, 7: 2, 8: 1}[orientation]
    assert corner_colours(image)[0] == corner_colours(plain)[upper_left]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((60, 40), (60, 40)),
        ((2048, 1), (2048, 1)),
        ((4096, 1024), (2048, 512)),
        ((1000, 3000), (683, 2048)),
    ],
)
def test_it_is_no_larger_than_any_model_looks_at(size, expected):
    made = as_reference(encoded(Image.new("RGB", size, RED)))
    assert (made.width, made.height) == expected
    assert max(made.width, made.height) <= LONGEST


def test_what_is_opaque_becomes_a_jpeg_and_what_is_transparent_a_png():
    clear = Image.new("RGBA", (8, 8), (*RED, 77))
    made = as_reference(encoded(clear), has_alpha=True)
    assert made.mime == "image/png"
    assert pixel(decoded(made.data), (4, 4)) == (*RED, 77)
    assert as_reference(encoded(corners())).mime == "image/jpeg"


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_the_worst_picture_is_small_enough(mode):
    # Noise can't be compressed; a transparent one loses its transparency rather than its place.
    source = encoded(noise(LONGEST, LONGEST, mode), compress_level=0)
    made = as_reference(source, has_alpha=mode == "RGBA")
    assert made.mime == "image/jpeg"
    assert MOST_BYTES / 20 < len(made.data) <= MOST_BYTES
    assert (made.width, made.height) == (LONGEST, LONGEST)


def test_its_colours_are_in_srgb():
    wide = Image.new("RGB", (8, 8), (200, 60, 60))
    made = as_reference(encoded(wide, icc_profile=wide_gamut_profile()))
    red, green, _ = pixel(decoded(made.data), (4, 4))
    assert red > 205
    assert green < 55
    assert "icc_profile" not in decoded(made.data).info


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "CMYK", "I;16", "RGBA"])
def test_every_kind_of_pixel_is_taken(mode):
    kind = "TIFF" if mode in {"CMYK", "PA"} else "PNG"
    picture = Image.new("RGBA" if mode == "PA" else mode, (9, 9))
    made = as_reference(encoded(picture, kind))
    assert (made.width, made.height) == (9, 9)
    assert decoded(made.data).mode in {"L", "RGB", "RGBA"}


def test_an_animation_gives_its_first_picture():
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, WHITE)]
    made = as_reference(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert made.mime == "image/jpeg"
    assert near(pixel(decoded(made.data), (9, 9)), RED, by=12)


@pytest.mark.parametrize("data", [b"", b"<svg>", encoded(corners())[:-30]])
def test_what_is_no_picture_is_refused(data):
    for prepare in (as_reference, as_mask):
        with pytest.raises(InvalidError):
            prepare(data)


def test_a_bomb_is_refused_before_it_goes_off():
    for prepare in (as_reference, as_mask):
        with pytest.raises(TooLargeError):
            prepare(png_header(50_000, 50_000))
        with pytest.raises(TooLargeError):
            prepare(encoded(corners()), max_pixels=99)


def mask_of(picture, *size):
    mask = decoded(as_mask(encoded(picture), size or None))
    assert (mask.mode, mask.format) == ("L", "PNG")
    assert not mask.info
    return mask


def test_a_mask_is_grey_and_says_where_by_white():
    half = Image.new("RGB", (10, 10), "black")
    half.paste("white", (5, 0, 10, 10))
    mask = mask_of(half)
    assert (pixel(mask, (1, 5)), pixel(mask, (8, 5))) == (0, 255)


def test_what_is_transparent_in_a_mask_stays_as_it_is():
    clear = Image.new("RGBA", (10, 10), (255, 255, 255, 0))
    clear.paste((255, 255, 255, 255), (5, 0, 10, 10))
    mask = mask_of(clear)
    assert (pixel(mask, (1, 5)), pixel(mask, (8, 5))) == (0, 255)


def test_a_mask_is_stretched_to_the_shape_that_it_is_for():
    half = Image.new("L", (10, 10))
    half.paste(255, (5, 0, 10, 10))
    mask = mask_of(half, 200, 40)
    assert mask.size == (200, 40)
    assert (pixel(mask, (20, 20)), pixel(mask, (180, 20))) == (0, 255)


def test_a_mask_larger_than_any_model_looks_at_is_refused_before_it_is_decoded():
    with pytest.raises(TooLargeError):
        as_mask(png_header(4096, 4097))


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "I;16"])
def test_a_large_mask_is_made_smaller(mode):
    mask = mask_of(Image.new(mode, (4096, 16)))
    assert mask.size == (LONGEST, 8)


def test_a_large_mask_is_smaller_before_its_transparency_is_looked_at(monkeypatch):
    seen = []

    def noted(picture, ground):
        seen.append(picture.size)
        return flattened(picture, ground)

    monkeypatch.setattr("webapp.imaging.references.flattened", noted)
    clear = Image.new("RGBA", (4096, 16), (255, 255, 255, 0))
    clear.paste((255, 255, 255, 255), (2048, 0, 4096, 16))
    mask = mask_of(clear)
    assert seen == [(LONGEST, 8)]
    assert (pixel(mask, (100, 4)), pixel(mask, (1900, 4))) == (0, 255)


def test_a_mask_that_is_one_already_comes_back_the_same():
    first = as_mask(encoded(Image.linear_gradient("L")))
    assert as_mask(first) == first
    assert as_mask(first, (256, 256)) == first
