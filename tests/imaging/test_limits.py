import contextlib
import io
import os
import struct
import subprocess
import sys
import threading
import tracemalloc
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.imaging.pictures import (
    bmp_header,
    corners,
    encoded,
    gif_bomb,
    noise,
    photo,
    png_header,
    webp_bomb,
    with_orientation,
)
from webapp.errors import InvalidError, TooLargeError
from webapp.imaging import heic
from webapp.imaging.limits import ImageInfo, inspect, opened

GOOD = {
    "jpeg": encoded(photo(64, 48), "JPEG"),
    "png": encoded(photo(64, 48), "PNG"),
    "webp": encoded(photo(64, 48), "WEBP"),
    "gif": encoded(photo(64, 48), "GIF"),
    "avif": encoded(photo(64, 48), "AVIF", speed=10),
    "tiff": encoded(photo(64, 48), "TIFF", compression="tiff_lzw"),
    "bmp": encoded(photo(64, 48), "BMP"),
}

NO_PICTURES = {
    "text": b"hello, I am no picture at all",
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>',
    "pdf": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj",
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n",
    "ico": encoded(corners(32, 32), "ICO"),
    "ppm": encoded(corners(), "PPM"),
    "tga": encoded(corners(), "TGA"),
    "psd": b"8BPS\0\1" + bytes(40),
    "one byte": b"\xff",
    "a signature alone": b"\x89PNG\r\n\x1a\n",
    "zip": b"PK\x03\x04" + bytes(60),
}


def refused(data, max_pixels=1_000_000):
    with pytest.raises(InvalidError) as caught:
        inspect(data, max_pixels=max_pixels)
    assert caught.value.code == "invalid_image"
    assert caught.value.fields == {"image": ["invalid_image"]}
    return caught.value.message


def too_large(data, max_pixels=100_000_000):
    with pytest.raises(TooLargeError) as caught:
        inspect(data, max_pixels=max_pixels)
    assert caught.value.code == "too_many_pixels"
    return caught.value.message


@pytest.mark.parametrize("name", GOOD)
def test_every_readable_format_is_told_by_its_bytes(name):
    info = inspect(GOOD[name], max_pixels=10_000)
    assert (info.format, info.width, info.height, info.frames) == (name, 64, 48, 1)
    assert info.mime == f"image/{name}"
    assert info.extension == {"jpeg": "jpg", "tiff": "tif"}.get(name, name)


def test_a_file_is_inspected_like_its_bytes(tmp_path):
    path = tmp_path / "misnamed.eps"
    path.write_bytes(GOOD["png"])
    assert inspect(path, max_pixels=10_000) == inspect(GOOD["png"], max_pixels=10_000)


def test_a_phones_mpo_counts_as_jpeg():
    data = encoded(photo(64, 48), "MPO", save_all=True, append_images=[photo(64, 48)])
    assert Image.open(io.BytesIO(data)).format == "MPO"
    assert inspect(data) == ImageInfo("jpeg", 64, 48, 1, "image/jpeg", "jpg")


def test_an_empty_file_is_refused():
    assert refused(b"") == "The file is empty."


def test_an_empty_file_on_disk_is_refused(tmp_path):
    path = tmp_path / "empty.png"
    path.touch()
    with pytest.raises(InvalidError, match=r"^The file is empty\.$"):
        inspect(path)


@pytest.mark.parametrize("name", NO_PICTURES)
def test_what_is_no_picture_is_refused(name):
    assert refused(NO_PICTURES[name]).startswith("This is not a picture that Easel can read")


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "gif", "tiff", "bmp", "avif"])
@pytest.mark.parametrize("share", [0.5, 0.8, 0.97])
def test_a_truncated_file_is_refused(name, share):
    data = encoded(noise(64, 48), name.upper())
    refused(data[: int(len(data) * share)])


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_a_progressive_jpeg_that_was_cut_off_is_refused(share):
    data = encoded(noise(64, 48), "JPEG", progressive=True)
    refused(data[: int(len(data) * share)])


def test_damaged_pixels_are_called_damaged():
    data = bytearray(GOOD["png"])
    data[200:400] = bytes(200)
    assert refused(bytes(data)) == "The picture is damaged or was cut off."


def test_a_mislabelled_picture_is_taken_for_what_it_is(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(GOOD["webp"])
    assert inspect(path).format == "webp"


@pytest.mark.parametrize(
    "data",
    [
        png_header(20_000, 15_000),
        webp_bomb(16383, 16383),
        bmp_header(30_000, 30_000),
        gif_bomb(65535, 1),
        png_header(2**31 - 1, 2**31 - 1),
    ],
    ids=["png", "webp", "bmp", "gif", "png of all there is"],
)
def test_a_bomb_is_refused_before_anything_is_decoded(data):
    tracemalloc.start()
    try:
        assert "too" in too_large(data)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_the_bomb_in_38_bytes_of_webp_is_a_real_one():
    assert len(webp_bomb()) <= 42
    assert inspect(webp_bomb(64, 64)).width == 64


def test_a_bomb_below_pillows_own_limit_is_refused_by_ours():
    assert "9400 x 9400" in too_large(webp_bomb(9400, 9400), max_pixels=50_000_000)


def test_the_limit_itself_is_allowed():
    assert inspect(GOOD["png"], max_pixels=64 * 48).width == 64
    too_large(GOOD["png"], max_pixels=64 * 48 - 1)


def test_a_limit_above_pillows_is_honoured():
    with opened(png_header(20_000, 15_000), max_pixels=300_000_000) as image:
        assert image.size == (20_000, 15_000)


def test_an_animations_frames_are_counted():
    frames = [noise(8, 8, seed=seed) for seed in range(5)]
    for kind in ("GIF", "WEBP", "PNG", "AVIF"):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        assert inspect(data).frames == 5


def test_the_pages_of_a_tiff_are_no_animation():
    data = encoded(photo(8, 8), "TIFF", save_all=True, append_images=[photo(9, 9)])
    assert inspect(data).frames == 1


def test_all_frames_of_an_animation_count_together():
    assert inspect(gif_bomb(100, 40), max_pixels=100_000).frames == 40
    assert "x 41 frames" in too_large(gif_bomb(100, 41), max_pixels=100_000)


def test_millions_of_frames_are_not_even_counted():
    assert "frames" in too_large(gif_bomb(1, 200_000))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_width_and_height_are_those_shown(kind, orientation):
    info = inspect(with_orientation(corners(60, 40), orientation, kind))
    assert (info.width, info.height) == ((40, 60) if orientation > 4 else (60, 40))


def test_damaged_exif_is_no_reason_to_refuse():
    data = encoded(photo(64, 48), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\x99" * 40)
    assert inspect(data).width == 64


def test_transparency_is_reported():
    assert inspect(encoded(noise(4, 4, "RGBA"))).alpha
    assert not inspect(GOOD["png"]).alpha


def test_pillows_warnings_do_not_leak():
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x40" + struct.pack(">HHII", 0x010E, 2, 900, 9000)
    data = encoded(photo(64, 48), "JPEG", exif=exif)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        inspect(data)
        inspect(encoded(Image.new("L", (10_000, 9_000)), "PNG", compress_level=1))
    assert not caught


def test_an_eps_named_jpg_never_starts_ghostscript(tmp_path):
    proof = tmp_path / "ghostscript-ran"
    for name in ("gs", "gswin64c"):
        fake = tmp_path / name
        fake.write_text(f"#!/bin/sh\ntouch {proof}\n")
        fake.chmod(0o755)
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(NO_PICTURES["eps"])
    script = (
        "import pathlib, sys\n"
        "from webapp.imaging.limits import inspect\n"
        "try: inspect(pathlib.Path(sys.argv[1]))\n"
        "except Exception as error: print(type(error).__name__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(picture)],
        capture_output=True,
        check=True,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": "."},
        text=True,
    )
    assert done.stdout.strip() == "InvalidError"
    assert not proof.exists()


@settings(max_examples=300)
@given(
    st.sampled_from(sorted(GOOD)),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), min_size=1, max_size=12),
    st.integers(0, 60),
)
def test_a_damaged_file_is_read_or_refused_and_nothing_else(name, changes, cut):
    data = bytearray(GOOD[name])
    for place, value in changes:
        data[place % len(data)] = value
    with contextlib.suppress(InvalidError, TooLargeError):
        inspect(bytes(data[: len(data) - cut]), max_pixels=200_000)


def test_no_other_reader_is_even_loaded_for_what_is_no_picture():
    script = (
        "import contextlib, sys\n"
        "from webapp.errors import InvalidError\n"
        "from webapp.imaging.limits import inspect\n"
        "for data in (b'garbage' * 50, b'%!PS-Adobe-3.0 EPSF-3.0', b'<svg/>', b'GIF89a'):\n"
        "    with contextlib.suppress(InvalidError):\n"
        "        inspect(data)\n"
        "print(*(name for name in sys.modules if name.endswith('ImagePlugin')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    names = {name.removeprefix("PIL.").removesuffix("ImagePlugin") for name in done.stdout.split()}
    # Pillow itself loads five for the first picture, that of PPM among them.
    assert "Png" in names
    assert names <= {"Avif", "Bmp", "Gif", "Jpeg", "Mpo", "Png", "Ppm", "Tiff", "WebP"}


@pytest.mark.parametrize("is_there", [True, False])
def test_the_formats_are_named_that_can_be_read_here(monkeypatch, is_there):
    monkeypatch.setattr(heic, "is_installed", lambda: is_there)
    with pytest.raises(InvalidError, match="JPEG, PNG") as refused:
        inspect(b"garbage")
    assert ("HEIC" in str(refused.value)) is is_there


def test_threads_share_the_door():
    failures = []

    def look(name):
        try:
            for _ in range(20):
                assert inspect(GOOD[name]).format == name
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=look, args=(name,)) for name in GOOD]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
