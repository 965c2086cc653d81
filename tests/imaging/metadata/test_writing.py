import struct

import pytest
from PIL import Image, ImageCms

from tests.imaging.metadata import builders as make
from tests.imaging.pictures import encoded
from webapp.errors import CorruptImageError
from webapp.imaging.metadata import COMPOSITE, PROCEDURAL, Recipe, read_recipe, write_recipe
from webapp.imaging.metadata.jpeg import MAX_XMP
from webapp.imaging.metadata.readers import a1111
from webapp.imaging.metadata.reading import notes_of
from webapp.imaging.provenance import AI_GENERATED, digital_source_type

RECIPE = Recipe(
    prompt="a lighthouse 🌊\nin the “rain”, <b>&amp;",
    negative_prompt="blurry",
    provider="gemini",
    model="gemini-3-pro-image",
    seed=2**62,
    template="tea-house",
    template_version=3,
    parameters={"aspect ratio": "3:2", "steps": "20", "note": 'with "quotes", and\nlines'},
    parents=("Fyj5NgQL7r7", "abc"),
)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def moving(kind):
    frames = [make.picture("RGBA").rotate(90 * turn) for turn in range(3)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=80)


FILES = {
    "png": make.png(icc_profile=PROFILE),
    "png-palette": encoded(make.picture("P"), "PNG", transparency=3),
    "png-moving": moving("PNG"),
    "jpeg": make.jpeg(icc_profile=PROFILE, quality=90),
    "jpeg-progressive": make.jpeg(progressive=True, comment=b"by hand"),
    "jpeg-cmyk": encoded(make.picture("CMYK"), "JPEG"),
    "jpeg-restarts": make.jpeg(restart_marker_rows=1),
    "webp": make.webp(icc_profile=PROFILE),
    "webp-simple": make.webp(),
    "webp-lossless": make.webp(lossless=True),
    "webp-transparent": encoded(make.picture("RGBA").rotate(30), "WEBP", lossless=True),
    "webp-lossy-transparent": encoded(make.picture("RGBA").rotate(30), "WEBP", quality=50),
    "webp-moving": moving("WEBP"),
}
every_file = pytest.mark.parametrize("data", FILES.values(), ids=FILES)
FORMATS = {name: FILES[name] for name in ("png", "jpeg", "webp")}
every_format = pytest.mark.parametrize("data", FORMATS.values(), ids=FORMATS)


@every_file
def test_what_is_written_is_read_again(data):
    found = read_recipe(write_recipe(data, RECIPE))
    assert found is not None
    assert found.tool == "Easel"
    for name in Recipe.__dataclass_fields__:
        assert getattr(found, name) == getattr(RECIPE, name), name


@every_file
def test_the_pixels_stay_byte_for_byte(data):
    written = write_recipe(data, RECIPE)
    assert make.pixel_bytes(written) == make.pixel_bytes(data)
    assert make.same_pixels(written, data)


@every_file
def test_writing_again_replaces_what_was_written(data):
    once = write_recipe(data, RECIPE)
    twice = write_recipe(write_recipe(data, Recipe(prompt="zebra " * 900, seed=1)), RECIPE)
    assert twice == once


@every_format
@pytest.mark.parametrize(
    "prompt",
    [
        "مرحبا بالعالم \u202eabc",
        "👩‍👩‍👧‍👦 und 猫",
        "one\n\ntwo\n\tthree",
        "]]> <!-- &lt; \\u0000",
        "ä" * 10_000,
    ],
)
def test_any_prompt_survives(data, prompt):
    found = read_recipe(write_recipe(data, Recipe(prompt=prompt, negative_prompt=prompt[::-1])))
    assert found is not None
    assert found.prompt == prompt
    assert found.negative_prompt == prompt[::-1].strip()


@every_format
def test_a_prompt_is_written_within_bounds(data):
    found = read_recipe(write_recipe(data, Recipe(prompt="a\0\x07b\r\nc\ud800" + "d" * 20_000)))
    assert found is not None
    assert found.prompt.startswith("ab\ncdd")
    assert len(found.prompt) == 10_000


@every_format
def test_other_tools_read_the_text_of_a1111(data):
    found = a1111.read(notes_of(write_recipe(data, RECIPE)))
    assert found is not None
    assert (found.prompt, found.negative_prompt) == (RECIPE.prompt, "blurry")
    assert (found.model, found.seed) == (RECIPE.model, RECIPE.seed)
    assert found.parameters["size"] == "21x13"
    assert found.parameters["note"] == 'with "quotes", and\nlines'


@every_format
def test_a_recipe_of_one_word_is_still_read_by_others(data):
    found = a1111.read(notes_of(write_recipe(data, Recipe(prompt="word"))))
    assert found is not None
    assert found.prompt == "word"


def test_plain_text_is_written_as_a1111_does():
    assert b"tEXtparameters\0plain" in write_recipe(make.png(), Recipe(prompt="plain"))
    assert b"iTXtparameters\0" in write_recipe(make.png(), Recipe(prompt="猫"))


@pytest.mark.parametrize("data", [make.jpeg(), make.webp()], ids=["jpeg", "webp"])
def test_pillow_finds_the_comment_where_the_standard_has_it(data):
    exif = make.opened(write_recipe(data, RECIPE)).getexif()
    comment = exif.get_ifd(0x8769)[make.USER_COMMENT]
    assert comment[:8] == b"UNICODE\0"
    assert comment[8:].decode("utf-16-be").startswith(RECIPE.prompt)


@every_file
@pytest.mark.parametrize("term", [AI_GENERATED, PROCEDURAL, COMPOSITE])
def test_the_picture_is_labelled(data, term):
    image = make.opened(write_recipe(data, RECIPE, source_type=term))
    packet = image.info.get("xmp") or image.info["XML:com.adobe.xmp"].encode()
    assert digital_source_type(packet) == term
    assert b"Easel" in packet
    assert "a lighthouse 🌊".encode() in packet


@every_format
def test_what_is_no_term_is_never_written(data):
    with pytest.raises(ValueError, match="is no term"):
        write_recipe(data, RECIPE, source_type='a"/><script>')


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("hold", [make.jpeg_with, make.webp_with])
def test_what_a_camera_wrote_stays(hold, order):
    camera = make.tiff(
        {make.MAKE: b"Nikon Corporation\0", make.ORIENTATION: 6},
        {make.USER_COMMENT: make.comment("secret " * 20), 0xA434: b"a 50 mm lens\0"},
        order,
    )
    written = write_recipe(hold(camera), RECIPE)
    exif = make.opened(written).getexif()
    assert exif[make.MAKE] == "Nikon Corporation"
    assert exif[make.ORIENTATION] == 6
    assert exif.get_ifd(0x8769)[0xA434] == "a 50 mm lens"
    assert "secret".encode("utf-16-be") not in written
    found = read_recipe(written)
    assert found is not None
    assert found.prompt == RECIPE.prompt


def test_what_others_put_into_xmp_stays():
    existing = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/">
    <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
    <rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
      xmlns:acme="http://acme.example/1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
      tiff:Orientation="3" acme:rating="5" xmp:CreatorTool="Acme">
    <dc:description xmlns:dc="http://purl.org/dc/elements/1.1/">old words</dc:description>
    </rdf:Description></rdf:RDF></x:xmpmeta>"""
    written = write_recipe(make.jpeg(xmp=existing), RECIPE)
    packet = make.opened(written).info["xmp"]
    assert b"http://acme.example/1/" in packet
    assert b"old words" not in packet
    assert b"Acme<" not in packet
    assert b'"Acme"' not in packet
    assert make.opened(written).getexif()[make.ORIENTATION] == 3


@pytest.mark.parametrize("junk", ["not XML", "<a/>", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_xmp_that_makes_no_sense_is_replaced(junk):
    turned = junk + '<tiff:Orientation="8">'
    written = write_recipe(make.png_with(make.long_text("XML:com.adobe.xmp", turned)), RECIPE)
    assert make.opened(written).getexif()[make.ORIENTATION] == 8
    packet = make.opened(written).info["XML:com.adobe.xmp"]
    assert "DOCTYPE" not in packet
    assert digital_source_type(packet.encode()) == AI_GENERATED


def test_a_graph_of_comfyui_stays_beside_the_recipe():
    written = write_recipe(make.png_texts(prompt='{"1": {}}', parameters="old"), RECIPE)
    assert make.opened(written).info["prompt"] == '{"1": {}}'
    assert b"old" not in written


@pytest.mark.parametrize("letter", ["&", "🌊", '"', "<", "漢"])
def test_the_longest_recipe_fits_into_a_jpeg(letter):
    longest = Recipe(
        prompt=letter * 10_000,
        negative_prompt=letter * 10_000,
        provider=letter * 500,
        model=letter * 500,
        parameters={f"{number}{letter * 90}": letter * 500 for number in range(40)},
        parents=tuple(letter * 100 for _ in range(40)),
    )
    data = make.jpeg_with(make.tiff({make.MAKE: b"a" * 60_000, make.ORIENTATION: 6}))
    written = write_recipe(data, longest)
    assert make.same_pixels(written, data)
    image = make.opened(written)
    assert image.getexif()[make.ORIENTATION] == 6
    assert len(image.info["xmp"]) <= MAX_XMP
    found = read_recipe(written)
    assert found is not None
    assert found.tool == "Easel"
    assert found.prompt.startswith(letter * 2_000)


def test_a_second_picture_behind_the_first_is_still_found():
    frames = [make.picture(), make.picture().rotate(180)]
    data = encoded(frames[0], "MPO", save_all=True, append_images=frames[1:])
    written = write_recipe(data, RECIPE)
    assert make.opened(written).format == "MPO"
    assert make.same_pixels(written, data)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "AVIF"])
def test_other_formats_are_left_alone(kind):
    data = encoded(make.picture(), kind)
    assert write_recipe(data, RECIPE) == data


BROKEN = {
    "png-cut": make.png()[:-20],
    "png-headless": make.png()[:8] + make.text("a", "b") + make.png()[33:],
    "jpeg-cut": make.jpeg()[:100],
    "jpeg-frameless": b"\xff\xd8\xff\xda\0\2\xff\xd9",
    "jpeg-odd": b"\xff\xd8\xff\xe0\0\1",
    "webp-cut": make.webp()[:-30],
    "webp-empty": b"RIFF\4\0\0\0WEBP",
    "webp-other": b"RIFF\x0c\0\0\0WEBPABCD\0\0\0\0",
    "webp-short": b"RIFF\x0d\0\0\0WEBPVP8L\1\0\0\0/",
    "webp-long-chunk": b"RIFF\x0c\0\0\0WEBPVP8 " + struct.pack("<I", 99),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused(data):
    with pytest.raises(CorruptImageError):
        write_recipe(data, RECIPE)


def test_a_simple_webp_says_how_large_and_whether_transparent_it_is():
    for mode, flags in (("RGB", 0x0C), ("RGBA", 0x1C)):
        image = Image.new(mode, (300, 7), 5)
        written = write_recipe(encoded(image, "WEBP", lossless=True), RECIPE)
        kind, header = make.webp_chunks(written)[0]
        assert (kind, header[0]) == (b"VP8X", flags)
        assert header[4:] == (299).to_bytes(3, "little") + (6).to_bytes(3, "little")
