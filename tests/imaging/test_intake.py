import subprocess
import sys

import pytest
from PIL import Image

from tests.imaging.pictures import (
    MODES,
    corner_colours,
    corners,
    decoded,
    encoded,
    near,
    noise,
    photo,
    pixel,
    png_header,
    scene,
    unlike,
    wide_gamut_profile,
    with_orientation,
)
from webapp.errors import InvalidError, TooLargeError
from webapp.imaging.inline import from_data_uri
from webapp.imaging.intake import take_in
from webapp.imaging.limits import inspect
from webapp.imaging.preview import dominant_colour, preview_of


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "AVIF", "TIFF", "BMP"])
def test_it_says_what_each_look_by_itself_says(kind):
    data = encoded(photo(300, 200), kind)
    got = take_in(data)
    assert got.info == inspect(data)
    assert got.preview == preview_of(data)
    assert got.colour == dominant_colour(data)
    assert 1 <= len(got.palette) <= 5


def test_a_jpeg_is_what_each_look_by_itself_says():
    data = encoded(scene(2000, 1500), "JPEG")
    got = take_in(data)
    assert got.info == inspect(data)
    assert near(bytes.fromhex(got.colour[1:]), bytes.fromhex(dominant_colour(data)[1:]), by=8)
    one, other = (decoded(from_data_uri(uri)) for uri in (got.preview, preview_of(data)))
    assert unlike(one, other) < 8


def test_a_file_is_taken_in_like_its_bytes(tmp_path):
    path = tmp_path / "picture"
    path.write_bytes(encoded(photo(900, 700)))
    assert take_in(path) == take_in(path.read_bytes())


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_is_taken_in(mode):
    try:
        data = encoded(Image.new(mode, (700, 20)), "TIFF")
    except OSError:
        pytest.skip("no TIFF holds this mode")
    got = take_in(data)
    assert (got.info.width, got.info.height) == (700, 20)
    assert [master.side for master in got.masters] in ([512, 1280], [])


def test_alpha_that_hides_nothing_is_none():
    opaque = take_in(encoded(photo(700, 500).convert("RGBA")))
    assert not opaque.info.alpha
    assert {master.mime for master in opaque.masters} == {"image/jpeg"}
    picture = photo(70, 50).convert("RGBA")
    picture.putpixel((3, 3), (0, 0, 0, 254))
    assert take_in(encoded(picture)).info.alpha


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_everything_stands_upright(kind, orientation):
    data = with_orientation(corners(2400, 1200), orientation, kind)
    got = take_in(data)
    size = (1200, 2400) if orientation > 4 else (2400, 1200)
    assert (got.info.width, got.info.height) == size
    first = {1: "red", 3: "blue", 6: "white", 8: "green"}[orientation]
    for master in got.masters:
        picture = decoded(master.data)
        assert max(picture.size) == master.side
        assert (picture.width > picture.height) == (size[0] > size[1])
        assert corner_colours(picture)[0] == first
        assert not picture.getexif()


def test_a_profile_is_applied():
    data = encoded(Image.new("RGB", (900, 9), (200, 100, 100)), icc_profile=wide_gamut_profile())
    got = take_in(data)
    assert int(got.colour[1:3], 16) > 208
    picture = decoded(got.masters[0].data)
    assert pixel(picture, (4, 4))[0] > 208
    assert "icc_profile" not in picture.info


def test_a_palette_holds_what_is_seen():
    got = take_in(encoded(corners(200, 200)))
    colours = [bytes.fromhex(colour[1:]) for colour in got.palette]
    for expected in ((230, 20, 20), (20, 200, 40), (20, 40, 220), (255, 255, 255)):
        assert any(near(colour, expected, by=40) for colour in colours)
    assert take_in(encoded(Image.new("RGB", (9, 9), (1, 2, 3)))).palette == ("#010203",)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_is_cut_off_is_refused(kind):
    data = encoded(noise(640, 480), kind)
    with pytest.raises(InvalidError) as caught:
        take_in(data[: len(data) * 2 // 3])
    assert caught.value.code == "invalid_image"


def test_a_damaged_png_is_refused():
    data = bytearray(encoded(noise(64, 48)))
    data[len(data) // 2] ^= 1
    with pytest.raises(InvalidError):
        take_in(bytes(data))


def test_too_many_pixels_are_refused_before_decoding():
    with pytest.raises(TooLargeError):
        take_in(png_header(20_000, 15_000))
    with pytest.raises(TooLargeError):
        take_in(encoded(photo(64, 48)), max_pixels=100)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "most"), [("JPEG", 60), ("PNG", 140)])
def test_memory_is_bounded(tmp_path, kind, most):
    """Of 24 megapixels, a JPEG takes less than its 96 MB of pixels, a PNG little more."""
    path = tmp_path / "picture"
    Image.linear_gradient("L").convert("RGB").resize((6000, 4000)).save(path, kind)
    code = (
        "import re, sys, pathlib; from webapp.imaging.intake import take_in;"
        "status = pathlib.Path('/proc/self/status');"
        "peak = lambda: int(re.search('VmHWM:\\s+([0-9]+)', status.read_text())[1]) / 1024;"
        "before = peak(); take_in(pathlib.Path(sys.argv[1])); print(peak() - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], check=True, capture_output=True, text=True
    )
    assert 1 < float(done.stdout) < most
