import time
import tracemalloc
import zlib
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.imaging.metadata import builders as make
from tests.imaging.metadata.test_reading import A1111, NOVEL_TEXTS, SWARM, exif_comment
from tests.imaging.metadata.test_writing import FILES, RECIPE
from webapp.errors import CorruptImageError
from webapp.imaging.metadata import read_recipe, strip, write_recipe
from webapp.imaging.metadata.parameters_text import parse

SAMPLES = [
    *(write_recipe(data, RECIPE) for data in FILES.values()),
    *FILES.values(),
    make.png_with(make.packed_text("parameters", A1111)),
    make.png_texts(**NOVEL_TEXTS),
    make.jpeg_with(exif_comment(A1111)),
    make.webp_with(exif_comment(make.as_json(SWARM))),
]


@st.composite
def damaged(draw):
    data = bytearray(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(data) - 1))
        match draw(st.sampled_from(["change", "cut", "put in"])):
            case "change":
                data[place] = draw(st.integers(0, 255))
            case "cut":
                del data[place : place + draw(st.integers(1, 40))]
            case _:
                data[place:place] = draw(st.binary(max_size=20))
        if not data:
            break
    return bytes(data)


fuzz = settings(max_examples=400, suppress_health_check=list(HealthCheck))


@fuzz
@given(damaged())
def test_reading_never_raises(data):
    read_recipe(data)


@fuzz
@given(damaged())
def test_a_damaged_file_is_refused_or_looks_as_before(data):
    for change in (strip, lambda data: write_recipe(data, RECIPE)):
        with suppress(CorruptImageError):
            changed = change(data)
            if (before := seen(data)) is not None:
                assert seen(changed) == before


def seen(data):
    try:
        with make.opened(data) as image:
            if image.width * image.height > 100_000:
                return None
            return image.size, image.convert("RGBA").tobytes()
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError):
        return None
    except Exception:  # noqa: BLE001  # Pillow has many ways to refuse a file
        return None


@given(st.text(max_size=400))
def test_any_text_may_stand_where_a_recipe_does(value):
    text = value.replace("\0", "").encode("utf-8", "replace").decode()
    for name in ("parameters", "prompt", "Comment", "Dream", "easel", "invokeai_metadata"):
        read_recipe(make.png_with(make.long_text(name, text)))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.dictionaries(
            st.sampled_from(["inputs", "class_type", "prompt", "caption", "image", "1", "seed"]),
            inside,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(
    st.sampled_from(["prompt", "workflow", "Comment", "sd__metadata", "easel", "parameters"]),
    st.sampled_from(["v4_prompt", "sui_image_params", "1", "image", "nodes", "parents", "uc"]),
    json_values,
)
def test_any_json_may_stand_where_a_recipe_does(keyword, name, value):
    read_recipe(make.png_texts(**{keyword: make.as_json({name: value, "links": value})}))


def quickly(work, seconds=5.0):
    started = time.thread_time()
    result = work()
    assert time.thread_time() - started < seconds
    return result


def test_packed_bombs_are_cheap():
    packer = zlib.compressobj(9)
    bomb = b"".join(packer.compress(bytes([97]) * (1 << 20)) for _ in range(200)) + packer.flush()
    names = (b"parameters", b"prompt", b"workflow", b"Comment", b"easel", b"Dream")
    chunks = [make.chunk(b"zTXt", name + b"\0\0" + bomb) for name in names * 20]
    assert quickly(lambda: read_recipe(make.png_with(*chunks))) is None


@pytest.mark.parametrize("opening", ["[", '{"1":', '{"inputs":[', '{"a":{"b":'])
@pytest.mark.parametrize("name", ["prompt", "parameters", "easel", "Comment", "invokeai_metadata"])
def test_deep_json_is_no_recipe(opening, name):
    data = make.png_texts(**{name: '{"class_type":' + opening * 100_000})
    assert quickly(lambda: read_recipe(data)) is None


def test_deep_xml_is_replaced():
    deep = "<rdf:Description>" * 5_000 + "</rdf:Description>" * 5_000
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    packet = f'<rdf:RDF xmlns:rdf="{rdf}">{deep}</rdf:RDF>'
    written = write_recipe(make.png_with(make.long_text("XML:com.adobe.xmp", packet)), RECIPE)
    assert read_recipe(written)


def test_entities_are_not_expanded():
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    packet = f'<!DOCTYPE l [<!ENTITY l0 "ha">{laughs}]><l a="urn:easel:">&l11;</l>'
    data = make.webp(xmp=packet.encode())
    assert quickly(lambda: read_recipe(data)) is None
    assert b"DOCTYPE" not in quickly(lambda: write_recipe(data, RECIPE))


@pytest.mark.parametrize(
    "line",
    ["a:" * 500_000, 'a: "' * 250_000, 'a: "\\"' * 200_000, "a " * 500_000, "ab:" + "\\" * 900_000],
)
def test_a_hostile_line_of_settings_takes_no_time(line):
    quickly(lambda: parse("Steps: 1, " + line))
    quickly(lambda: parse("\n" * 1_000 + line))


def test_hostile_commands_take_no_time():
    for command in ('"' + '\\"' * 500_000, '"' + "[" * 500_000 + '"', '"a"' + "-s" * 400_000):
        data = make.png_texts(Dream=command)
        quickly(lambda data=data: read_recipe(data))


def test_the_pixels_of_a_large_file_are_stepped_over():
    megabyte = make.chunk(b"IDAT", bytes(1 << 20))
    data = make.png()
    large = data[:33] + megabyte * 15 + make.text("parameters", A1111) + data[-12:]
    tracemalloc.start()
    assert quickly(lambda: read_recipe(large))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 200_000


def test_millions_of_empty_chunks_are_not_counted():
    empty = make.chunk(b"abCd", b"")
    data = make.png_with(empty * 2_000_000)
    assert quickly(lambda: read_recipe(data)) is None


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"II*\0",
        b"II*\0\xff\xff\xff\xff",
        b"MM\0*\0\0\0\x08\xff\xff",
        make.tiff({0x8769: 8}),
        make.tiff({make.USER_COMMENT: (7, b"x" * 9), 0x8769: 0xFFFFFFF0}),
        make.tiff({}, {make.USER_COMMENT: (9, b"x" * 900)}),
        make.tiff({make.ORIENTATION: (2, b"six\0")}),
    ],
)
@pytest.mark.parametrize("hold", [make.jpeg_with, make.webp_with])
def test_damaged_exif_hurts_nobody(block, hold):
    data = hold(block)
    assert read_recipe(data) is None
    assert make.same_pixels(strip(data), data)
    found = read_recipe(write_recipe(data, RECIPE))
    assert found is not None
    assert found.prompt == RECIPE.prompt
