import pytest

from tests.imaging.metadata import builders as make
from tests.imaging.metadata.test_writing import BROKEN, FILES, RECIPE, every_file
from tests.imaging.pictures import encoded
from webapp.errors import CorruptImageError
from webapp.imaging.metadata import PROCEDURAL, read_recipe, strip, write_recipe
from webapp.imaging.metadata.reading import notes_of
from webapp.imaging.provenance import digital_source_type

GPS = b"\1\2\3\4GPS-IS-HERE"
CAMERA = make.tiff({make.MAKE: b"Nikon Corporation\0", make.ORIENTATION: 6, 0x8825: (7, GPS)})
HOLDERS = {
    "png": make.png_with(make.chunk(b"eXIf", CAMERA), make.chunk(b"tIME", bytes(7))),
    "jpeg": make.jpeg_with(CAMERA, make.jpeg(comment=b"Nikon was here")),
    "webp": make.webp_with(CAMERA),
}
every_holder = pytest.mark.parametrize("data", HOLDERS.values(), ids=HOLDERS)


@every_file
def test_the_recipe_is_gone_and_the_pixels_stay(data):
    bare = strip(write_recipe(data, RECIPE))
    assert read_recipe(bare) is None
    assert b"lighthouse" not in bare
    assert "lighthouse".encode("utf-16-be") not in bare
    assert make.same_pixels(bare, data)
    if not data.startswith(b"\xff\xd8"):
        assert make.pixel_bytes(bare) == make.pixel_bytes(data)


@pytest.mark.parametrize("name", ["jpeg", "jpeg-cmyk", "jpeg-restarts", "jpeg-progressive"])
def test_the_scans_of_a_jpeg_stay_byte_for_byte(name):
    assert make.pixel_bytes(strip(FILES[name])) == make.pixel_bytes(FILES[name])


@every_file
@pytest.mark.parametrize("term", ["trainedAlgorithmicMedia", PROCEDURAL])
def test_the_label_stays(data, term):
    bare = strip(write_recipe(data, RECIPE, source_type=term))
    assert digital_source_type(notes_of(bare).xmp) == term
    assert strip(bare) == bare


@every_file
def test_a_picture_without_a_label_gets_none(data):
    assert not notes_of(strip(data)).xmp


@every_holder
def test_place_and_camera_are_gone(data):
    bare = strip(data)
    assert b"GPS-IS-HERE" in data
    assert b"GPS-IS-HERE" not in bare
    assert b"Nikon" not in bare
    assert b"tIME" not in bare


@every_holder
def test_the_picture_still_stands_upright(data):
    image = make.opened(strip(data))
    assert dict(image.getexif()) == {make.ORIENTATION: 6}


def test_an_orientation_in_xmp_is_kept():
    packet = b'<x tiff:Orientation="3" dc:creator="Anna"/>'
    bare = strip(make.jpeg(xmp=packet))
    assert make.opened(bare).getexif()[make.ORIENTATION] == 3
    assert b"Anna" not in bare


def test_small_pictures_and_signatures_in_a_jpeg_are_gone():
    data = make.jpeg()
    for code, payload in ((0xEB, b"JP C2PA"), (0xE0, b"JFXX\0\x10small"), (0xED, b"Photoshop")):
        segment = bytes([0xFF, code, 0, len(payload) + 2]) + payload
        data = data[:20] + segment + data[20:]
    bare = strip(data + b"what is behind")
    assert bare == strip(make.jpeg())
    assert make.same_pixels(bare, make.jpeg())


def test_a_small_picture_within_the_header_of_a_jpeg_is_gone():
    data = make.jpeg()
    header = b"JFIF\0\1\1\0\0\1\0\1\1\1" + b"RGB"
    data = data[:2] + b"\xff\xe0" + (len(header) + 2).to_bytes(2) + header + data[20:]
    assert b"RGB" in data[:40]
    bare = strip(data)
    assert b"RGB" not in bare[:40]
    assert make.same_pixels(bare, data)


def test_chunks_that_nobody_knows_are_gone():
    assert b"secret" not in strip(make.png_with(make.chunk(b"caBX", b"secret")))
    data = make.webp_with(b"")
    data = data[:4] + (len(data) + 8).to_bytes(4, "little") + data[8:] + b"C2PA\6\0\0\0secret"
    data = data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:]
    assert b"secret" not in strip(data)


@pytest.mark.parametrize("data", [make.png(), make.jpeg(), make.webp()])
def test_what_is_behind_a_picture_is_gone(data):
    assert b"secret" not in strip(data + b"secret")


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "AVIF"])
def test_other_formats_are_left_alone(kind):
    data = encoded(make.picture(), kind)
    assert strip(data) == data


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused(data):
    with pytest.raises(CorruptImageError):
        strip(data)


def test_a_jpeg_without_an_end_is_refused():
    with pytest.raises(CorruptImageError):
        strip(make.jpeg()[:-2])
