import pytest
from PIL import Image

from tests.imaging.pictures import MODES, decoded, near, noise, photo, pixel
from webapp.errors import InvalidError
from webapp.imaging.formats import FORMATS, by_extension, negotiate

NEGOTIATED = [
    ("", False, "jpeg"),
    ("*/*", False, "jpeg"),
    ("*/*", True, "png"),
    ("image/*", False, "jpeg"),
    ("image/webp", False, "webp"),
    ("image/avif", False, "avif"),
    ("image/avif,image/webp,*/*;q=0.8", False, "webp"),
    ("image/avif,image/webp;q=0,*/*;q=0.8", False, "avif"),
    ("image/webp;q=0", True, "png"),
    ("image/webp;q=0.0, image/avif;q=0", False, "jpeg"),
    ("image/webp;q=0.1,image/png", False, "webp"),
    ("IMAGE/WebP ; Q=0.5", False, "webp"),
    ("image/webp;q=nonsense", False, "jpeg"),
    ("image/webp;level=1;q=1", False, "webp"),
    ("text/html,application/xhtml+xml,*/*;q=0.8", False, "jpeg"),
    ("image/png,image/svg+xml,image/*;q=0.8", True, "png"),
    (",;,;q=", False, "jpeg"),
]


@pytest.mark.parametrize(("accept", "alpha", "expected"), NEGOTIATED)
def test_the_accept_header_is_taken_at_its_word(accept, alpha, expected):
    assert negotiate(accept, alpha=alpha) == expected


@pytest.mark.parametrize(
    ("extension", "name"),
    [("jpg", "jpeg"), ("jpeg", "jpeg"), ("PNG", "png"), ("WebP", "webp"), ("avif", "avif")],
)
def test_an_extension_names_its_format(extension, name):
    assert by_extension(extension).name == name


@pytest.mark.parametrize("extension", ["", "svg", ".png", "png.", "bmp", "../png", "jpeg2000"])
def test_an_unknown_extension_is_refused_by_name(extension):
    with pytest.raises(InvalidError, match="Unknown format") as caught:
        by_extension(extension)
    assert caught.value.code == "unknown_format"


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("mode", MODES)
def test_every_mode_is_written_in_every_format(mode, name):
    image = Image.new(mode, (9, 7))
    got = decoded(FORMATS[name].encode(image))
    assert got.size == (9, 7)
    assert got.format == name.upper()


@pytest.mark.parametrize("name", FORMATS)
def test_a_picture_survives_its_encoding(name):
    image = Image.new("RGB", (32, 32), (200, 120, 40))
    assert near(pixel(decoded(FORMATS[name].encode(image)).convert("RGB"), (9, 9)), (200, 120, 40))


@pytest.mark.parametrize("name", [name for name, kind in FORMATS.items() if kind.alpha])
def test_what_is_transparent_stays_so(name):
    image = Image.new("RGBA", (16, 16), (0, 0, 0, 0))
    image.paste((10, 200, 10, 255), (0, 0, 8, 16))
    got = decoded(FORMATS[name].encode(image)).convert("RGBA")
    assert pixel(got, (15, 8))[3] == 0
    assert near(pixel(got, (2, 8)), (10, 200, 10, 255), by=12)


def test_what_is_transparent_is_white_in_a_jpeg():
    image = Image.new("RGBA", (16, 16), (0, 0, 0, 0))
    assert near(pixel(decoded(FORMATS["jpeg"].encode(image)), (8, 8)), (255, 255, 255))


@pytest.mark.parametrize("name", ["jpeg", "webp", "avif"])
def test_a_lower_quality_takes_fewer_bytes(name):
    image = photo(96, 64)
    sizes = [len(FORMATS[name].encode(image, quality)) for quality in (10, 50, 80, 100)]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) == 4


@pytest.mark.parametrize("name", FORMATS)
def test_no_metadata_is_written_by_itself(name):
    image = noise(16, 16)
    exif = Image.Exif()
    exif[0x010E] = "secret"
    image.info = {
        "comment": b"secret",
        "icc_profile": b"secret",
        "exif": exif.tobytes(),
        "xmp": b"secret",
        "dpi": (72, 72),
    }
    data = FORMATS[name].encode(image)
    assert b"secret" not in data
    assert image.info["comment"] == b"secret", "the caller's picture stays as it was"


def test_a_palette_stays_small_in_png():
    image = Image.new("P", (64, 64))
    image.putpalette([0, 0, 0, 255, 255, 255])
    assert decoded(FORMATS["png"].encode(image)).mode == "P"
