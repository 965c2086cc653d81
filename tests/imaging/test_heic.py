import io

import pytest
from PIL import Image

from tests.imaging.pictures import encoded, noise
from webapp.errors import InvalidError, TooLargeError
from webapp.imaging import heic
from webapp.imaging.intake import take_in
from webapp.imaging.limits import inspect

pillow_heif = pytest.importorskip("pillow_heif")


def heic_of(image: Image.Image, orientation: int = 1) -> bytes:
    heic._is_loaded()
    exif = Image.Exif()
    exif[0x112] = orientation
    file = io.BytesIO()
    image.save(file, "HEIF", quality=60, exif=exif)
    return file.getvalue()


@pytest.fixture(scope="module")
def photo() -> bytes:
    return heic_of(noise(120, 80))


def test_it_is_read(photo):
    info = inspect(photo)
    assert (info.format, info.mime, info.extension) == ("heic", "image/heic", "heic")
    assert (info.width, info.height, info.frames) == (120, 80, 1)


def test_it_is_read_from_a_file(photo, tmp_path):
    (tmp_path / "a").write_bytes(photo)
    assert inspect(tmp_path / "a").format == "heic"


def test_its_masters_are_jpegs_which_browsers_show(photo):
    assert {master.mime for master in take_in(heic_of(noise(700, 500))).masters} == {"image/jpeg"}


def test_the_turn_in_its_exif_which_phones_write_beside_the_real_one_is_left_alone():
    info = inspect(heic_of(noise(120, 80), orientation=6))
    assert (info.width, info.height) == (120, 80)


def test_it_is_refused_with_advice_where_the_library_is_missing(photo, monkeypatch):
    monkeypatch.setattr(heic, "_is_loaded", lambda: False)
    with pytest.raises(InvalidError, match="extra `heic`") as refused:
        inspect(photo)
    assert refused.value.fields == {"image": ["invalid_image"]}


@pytest.mark.parametrize("length", [12, 40, 200, 2000])
def test_one_that_was_cut_off_is_refused(photo, length):
    with pytest.raises(InvalidError):
        inspect(photo[:length])


def test_too_many_pixels_are_refused(photo):
    with pytest.raises(TooLargeError):
        inspect(photo, max_pixels=1000)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "AVIF", "WEBP", "TIFF"])
def test_other_formats_are_not_taken_for_it(kind, monkeypatch):
    monkeypatch.setattr(heic, "_is_loaded", lambda: False)
    assert inspect(encoded(noise(40, 30), kind)).format == kind.lower()
