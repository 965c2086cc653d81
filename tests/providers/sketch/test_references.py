import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.providers.sketch.material import encoded, finish_request, generate, photograph, reference
from webapp.providers.base import ProviderError, Reference
from webapp.providers.sketch.references import decoded, decoded_mask

SIDE = 256


def read(data):
    return decoded(Reference(data, "image/png", 1, 1), SIDE)


def refusal(data):
    with pytest.raises(ProviderError) as caught:
        read(data)
    assert caught.value.kind == "invalid"
    return caught.value.message


def bomb(width, height):
    """Return a PNG whose header promises so many pixels."""

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + header + pixels + chunk(b"IEND", b"")


def test_what_is_transparent_lies_on_white():
    image = Image.new("RGBA", (4, 2), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 2, 2))
    flat = read(encoded(image))
    assert (flat.mode, flat.getpixel((0, 0)), flat.getpixel((3, 1))) == (
        "RGB",
        (0, 0, 255),
        (255, 255, 255),
    )


def test_a_palette_with_a_transparent_entry_lies_on_white():
    image = Image.new("P", (2, 2), 7)
    image.putpalette([10] * 768)
    assert read(encoded(image, transparency=7)).getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_any_mode_of_a_png_becomes_rgb(mode):
    picture = photograph(40, 30)
    assert read(encoded(picture.convert(mode))).mode == "RGB"


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_any_mode_of_a_jpeg_becomes_rgb(mode):
    before = photograph(40, 30)
    after = read(encoded(before.convert(mode), "JPEG", quality=95))
    assert after.mode == "RGB"
    grey = [np.asarray(image.convert("L"), float) for image in (before, after)]
    assert np.abs(grey[0] - grey[1]).mean() < 8


def test_sixteen_bits_of_grey_keep_their_tones():
    grey = np.linspace(0, 65535, 64).astype(np.uint16)[None].repeat(8, 0)
    tones = np.asarray(read(encoded(Image.fromarray(grey))))[0, :, 0]
    assert (tones[0], tones[-1]) == (0, 255)
    assert 120 < tones[32] < 136


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_what_is_larger_than_needed_is_shrunk_and_keeps_its_shape(kind):
    image = decoded(reference(Image.new("RGB", (2000, 1000), "teal"), kind), SIDE)
    assert image.size == (SIDE, SIDE // 2)


@pytest.mark.parametrize("size", [(SIDE, 3), (5, 7)])
def test_what_is_small_enough_keeps_every_pixel(size):
    picture = photograph(*size)
    assert read(encoded(picture)).tobytes() == picture.tobytes()


@pytest.mark.parametrize("size", [(8000, 8000), (65_000, 65_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_before_it_is_decoded(size):
    assert "too large" in refusal(bomb(*size))


def test_a_file_that_promises_more_than_it_holds_is_refused():
    assert "damaged" in refusal(bomb(3000, 3000))
    whole = encoded(photograph(200, 200))
    assert "damaged" in refusal(whole[: len(whole) // 2])


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF", "BMP"])
def test_other_formats_are_not_even_tried(kind):
    assert "neither a PNG nor a JPEG" in refusal(encoded(photograph(20, 20), kind))


@settings(max_examples=150)
@given(st.binary(max_size=200), st.integers(0, 3000), st.sampled_from(["PNG", "JPEG"]))
def test_any_bytes_give_a_picture_or_a_sentence(junk, place, kind):
    whole = encoded(photograph(32, 24), kind)
    broken = whole[:place] + junk + whole[place + len(junk) :]
    try:
        assert read(broken).mode == "RGB"
    except ProviderError as error:
        assert error.kind == "invalid"  # noqa: PT017  # either is fine, nothing else is
        assert error.message.endswith(".")  # noqa: PT017  # as above


def test_a_mask_is_as_large_as_the_picture_and_may_be_of_any_depth():
    for mode, white in (("1", 1), ("L", 255), ("RGB", (255, 255, 255))):
        plane = decoded_mask(encoded(Image.new(mode, (5, 9), white)), (30, 20))
        assert plane.shape == (20, 30)
        assert plane.min() == 1


@pytest.mark.parametrize("data", [b"", b"no picture", encoded(photograph(9, 9), "JPEG")])
def test_a_mask_that_is_no_png_is_refused(data):
    with pytest.raises(ProviderError) as caught:
        decoded_mask(data, (9, 9))
    assert caught.value.kind == "invalid"
    assert "mask must be a PNG" in caught.value.message


def test_bad_bytes_reach_the_asker_as_a_sentence():
    broken = Reference(b"\x89PNG\r\n\x1a\n", "image/png", 10, 10)
    with pytest.raises(ProviderError) as caught:
        generate(finish_request(broken))
    assert caught.value.kind == "invalid"


def test_the_helper_makes_what_it_says():
    assert Image.open(io.BytesIO(bomb(7, 5))).size == (7, 5)
