import threading

import pytest
from PIL import Image

from tests.imaging.pictures import (
    MODES,
    corner_colours,
    corners,
    decoded,
    encoded,
    noise,
    photo,
    pixel,
    png_header,
    wide_gamut_profile,
    with_orientation,
)
from webapp.errors import InvalidError, TooLargeError
from webapp.imaging.formats import FORMATS
from webapp.imaging.limits import opened
from webapp.imaging.operations.orient import Orient
from webapp.imaging.operations.resize import Resize
from webapp.imaging.pipeline import Output, render
from webapp.imaging.provenance import AI_GENERATED, label_of, xmp_packet

LABEL = xmp_packet(AI_GENERATED)


@pytest.mark.parametrize("name", FORMATS)
def test_a_rendition_is_what_was_asked_for(name):
    got = render(encoded(photo(64, 48)), [Resize(32)], Output(name))
    assert (got.width, got.height, got.format, got.mime) == (32, 24, name, FORMATS[name].mime)
    assert decoded(got.data).size == (32, 24)


def test_without_operations_the_picture_is_encoded_as_it_is():
    got = render(encoded(photo(64, 48)), [], Output("png"))
    assert (got.width, got.height) == (64, 48)


def test_a_file_is_rendered_like_its_bytes(tmp_path):
    path = tmp_path / "picture"
    path.write_bytes(encoded(photo(64, 48)))
    args = [Resize(20)], Output("webp")
    assert render(path, *args) == render(path.read_bytes(), *args)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("size", [(600, 400), (60, 40)])
def test_a_rendition_stands_upright(kind, orientation, size):
    shown = corners(*size)
    upright = corner_colours(decoded(with_orientation(shown, 1, kind)))
    data = with_orientation(shown, orientation, kind)
    got = render(data, [Resize(48, 48)], Output("png"))
    turned = decoded(got.data)
    assert (got.width, got.height) == ((32, 48) if orientation > 4 else (48, 32))
    assert sorted(corner_colours(turned)) == sorted(upright)
    assert not turned.getexif()
    assert render(data, [Orient(), Resize(48, 48)], Output("png")) == got


@pytest.mark.parametrize("mode", MODES)
def test_a_source_of_any_mode_is_rendered(mode):
    image = Image.new(mode, (20, 10))
    try:
        data = encoded(image, "TIFF")
    except OSError:
        pytest.skip("no TIFF holds this mode")
    for name in FORMATS:
        assert render(data, [Resize(8)], Output(name)).width == 8


@pytest.mark.parametrize("source", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF", "GIF"])
@pytest.mark.parametrize("name", FORMATS)
def test_the_ai_label_survives(source, name):
    if source in {"PNG", "GIF"}:
        data = FORMATS[source.lower()].encode(photo(64, 48), xmp=LABEL)
    else:
        data = encoded(photo(64, 48), source, **_xmp(source))
    got = render(data, [Resize(32)], Output(name)).data
    with opened(got) as image:
        assert label_of(image) == LABEL
    assert decoded(got).size == (32, 24)


def _xmp(kind):
    return {"tiffinfo": {700: LABEL}} if kind == "TIFF" else {"xmp": LABEL}


@pytest.mark.parametrize("source", ["JPEG", "WEBP", "PNG"])
@pytest.mark.parametrize("name", FORMATS)
def test_nothing_else_of_the_metadata_survives(source, name):
    exif = Image.Exif()
    exif[0x010E] = "SECRET"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    packet = LABEL.replace(b"<rdf:Description ", b'<rdf:Description GPS="SECRET" ')
    options = {"xmp": packet, "comment": "SECRET"} if source != "PNG" else {}
    data = encoded(photo(64, 48), source, exif=exif, icc_profile=wide_gamut_profile(), **options)
    assert b"SECRET" in data
    got = render(data, [Resize(32)], Output(name)).data
    assert b"SECRET" not in got
    assert b"Wide gamut" not in got
    assert not decoded(got).getexif()
    assert "exif" not in decoded(got).info


def test_a_picture_without_a_label_gets_none():
    for name in FORMATS:
        data = render(encoded(photo(9, 9)), [], Output(name)).data
        assert "xmp" not in decoded(data).info
        assert b"XMP" not in data


def test_the_colour_profile_is_honoured():
    data = encoded(Image.new("RGB", (9, 9), (200, 100, 100)), icc_profile=wide_gamut_profile())
    assert pixel(decoded(render(data, [], Output("png")).data), (4, 4))[0] > 208


@pytest.mark.parametrize("width", [3, 31, 63, 100, 213])
@pytest.mark.parametrize("size", [(1601, 1203), (997, 401), (333, 1000)])
def test_shrinking_on_load_changes_no_size(size, width):
    jpeg, png = (encoded(photo(*size), kind) for kind in ("JPEG", "BMP"))
    for resize in (Resize(width), Resize(width, 50), Resize(width, 80, "cover", (0.2, 0.9))):
        fast, slow = (render(data, [resize], Output("png")) for data in (jpeg, png))
        assert (fast.width, fast.height) == (slow.width, slow.height)


def test_shrinking_on_load_shows_the_same_part():
    image = photo(1200, 800)
    jpeg, png = encoded(image, "JPEG", quality=98, subsampling=0), encoded(image)
    resize = Resize(60, 60, "cover", (0.1, 0.5))
    fast, slow = (decoded(render(data, [resize], Output("png")).data) for data in (jpeg, png))
    away = [
        max(abs(a - b) for a, b in zip(pixel(fast, (x, y)), pixel(slow, (x, y)), strict=True))
        for x in range(0, 60, 5)
        for y in range(0, 60, 5)
    ]
    assert sum(away) / len(away) < 4


def test_a_truncated_file_is_refused():
    for kind in ("JPEG", "PNG", "WEBP"):
        data = encoded(noise(64, 48), kind)
        with pytest.raises(InvalidError) as caught:
            render(data[: len(data) // 2], [Resize(8)], Output())
        assert caught.value.code == "invalid_image"


def test_too_many_pixels_are_refused():
    with pytest.raises(TooLargeError):
        render(png_header(20_000, 15_000), [Resize(8)], Output())


@pytest.mark.parametrize("arguments", [("bmp",), ("jpeg", 0), ("jpeg", 101)])
def test_an_output_out_of_bounds_is_refused(arguments):
    with pytest.raises(InvalidError):
        Output(*arguments)


def test_the_outputs_key_names_format_and_quality():
    assert Output("webp", 70).key() == "q_70,f_webp"


def test_threads_render_the_same():
    data = encoded(photo(640, 480), "JPEG", icc_profile=wide_gamut_profile())
    expected = render(data, [Resize(64)], Output("webp"))
    results = []
    work = lambda: results.append(render(data, [Resize(64)], Output("webp")))  # noqa: E731
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 8


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_profile_is_honoured_after_a_resize_as_well(mode):
    colour = (200, 100, 100, 255)[: len(mode)]
    data = encoded(Image.new(mode, (90, 90), colour), icc_profile=wide_gamut_profile())
    whole, small = (render(data, steps, Output("png")).data for steps in ([], [Resize(9)]))
    assert pixel(decoded(small), (4, 4)) == pixel(decoded(whole), (4, 4))
    assert pixel(decoded(small), (4, 4))[0] > 208


def test_the_same_operation_twice_changes_nothing():
    data = encoded(photo(64, 48))
    twice = render(data, [Resize(32), Resize(32)], Output("png"))
    assert twice == render(data, [Resize(32)], Output("png"))
