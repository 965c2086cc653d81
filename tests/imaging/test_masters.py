import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from tests.imaging.pictures import decoded, encoded, photo, pixel, scene, unlike
from webapp.imaging.colour import flattened
from webapp.imaging.formats import FORMATS
from webapp.imaging.geometry import fit_inside
from webapp.imaging.grammar import parse
from webapp.imaging.limits import opened
from webapp.imaging.masters import SIDES, choose_master, make_masters
from webapp.imaging.pipeline import Output, render
from webapp.imaging.presets import PRESETS
from webapp.imaging.provenance import AI_GENERATED, label_of, xmp_packet

LABEL = xmp_packet(AI_GENERATED)


def see_through(width, height):
    picture = scene(width, height).convert("RGBA")
    mask = Image.new("L", (width, height), 0)
    ImageDraw.Draw(mask).ellipse((20, 20, width - 20, height - 20), fill=255)
    picture.putalpha(mask)
    return picture


def on_white(picture):
    return flattened(picture.convert("RGBA"))


def sizes(data):
    return [(master.side, decoded(master.data).size) for master in make_masters(data)]


@pytest.mark.parametrize(
    ("kind", "size", "expected"),
    [
        ("JPEG", (3000, 2000), [(512, (512, 341)), (1280, (1280, 853))]),
        ("JPEG", (1300, 900), [(512, (512, 354))]),
        ("JPEG", (760, 760), []),
        ("PNG", (3000, 2000), [(512, (512, 341)), (1280, (1280, 853))]),
        ("PNG", (1024, 1024), [(512, (512, 512)), (1280, (1024, 1024))]),
        ("PNG", (768, 1408), [(512, (279, 512)), (1280, (698, 1280))]),
        ("PNG", (640, 640), [(512, (512, 512)), (1280, (640, 640))]),
        ("PNG", (512, 512), []),
        ("WEBP", (1024, 600), [(512, (512, 300)), (1280, (1024, 600))]),
    ],
)
def test_masters_are_made_where_they_save_work(kind, size, expected):
    options = {"JPEG": {}, "PNG": {"compress_level": 0}, "WEBP": {"method": 0}}[kind]
    assert sizes(encoded(Image.new("RGB", size), kind, **options)) == expected


def test_an_opaque_picture_has_jpeg_masters_with_its_label():
    for master in make_masters(FORMATS["png"].encode(photo(1024, 800), xmp=LABEL)):
        assert (master.mime, master.extension) == ("image/jpeg", "jpg")
        with opened(master.data) as image:
            assert image.format == "JPEG"
            assert label_of(image) == LABEL


def test_noise_has_masters_too():
    grain = Image.frombytes("RGB", (800, 800), random.Random(1).randbytes(800 * 800 * 3))
    assert make_masters(encoded(grain))


def test_a_transparent_picture_keeps_its_alpha_in_webp():
    data = encoded(see_through(1000, 800), "WEBP", lossless=True, method=0, quality=0, xmp=LABEL)
    (master,) = make_masters(data)
    assert (master.side, master.mime, master.extension) == (512, "image/webp", "webp")
    picture = decoded(master.data)
    assert picture.size == (512, 410)
    assert pixel(picture, (1, 1))[3] == 0
    assert pixel(picture, (256, 205))[3] == 255
    with opened(master.data) as image:
        assert label_of(image) == LABEL


def test_an_animation_has_none():
    frames = [photo(900, 700), photo(900, 700).rotate(180)]
    data = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], method=0)
    assert make_masters(data) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("w_160", 512),
        ("w_487", 512),
        ("w_489", 1280),
        ("w_1217", 1280),
        ("w_1221", None),
        ("w_324,h_324,fit_cover", 512),
        ("w_328,h_328,fit_cover", 1280),
        ("w_284,h_284,fit_cover,g_smart", 512),
        ("w_300,h_300,fit_contain", 512),
        ("crop_0_0_1500_1000,w_213", 512),
        ("crop_0_0_1500_1000,w_320", 1280),
        ("crop_0_0_1500_1000,w_640", None),
        ("crop_0_0_200_100", None),
        ("trim_10,w_100", None),
        ("gray", None),
        ("_", None),
        ("w_100,blur_5,rot_90", 512),
        ("w_2000,enlarge", None),
    ],
)
def test_the_smallest_master_that_suffices_is_chosen(text, expected):
    assert choose_master(parse(text), (3000, 2000), SIDES) == expected


def test_where_there_is_no_master_the_original_is_chosen():
    assert choose_master(parse("w_100"), (3000, 2000), []) is None
    assert choose_master(parse("w_100"), (3000, 2000), [1280]) == 1280


def test_the_presets_of_the_gallery_come_from_masters_of_a_generated_picture():
    sides = {name: choose_master(PRESETS[name].recipe(), (1024, 1024), SIDES) for name in PRESETS}
    assert {sides[name] for name in ("small", "medium", "large", "square", "grid", "w320")} == {512}
    assert sides["w640"] == 1280
    assert sides["w960"] == 1280
    assert sides["w1280"] is None


@given(st.integers(1, 9000), st.integers(1, 9000), st.integers(1, 4096), st.integers(1, 4096))
def test_a_master_is_never_smaller_than_what_is_made_from_it(width, height, across, down):
    for fit in ("inside", "cover", "fill"):
        recipe = parse(f"w_{across},h_{down},fit_{fit}")
        side = choose_master(recipe, (width, height), SIDES)
        if side is not None:
            master = fit_inside((width, height), (side, side))
            got = recipe.result_size(width, height)
            assert all(part <= whole for part, whole in zip(got, master, strict=True))


@pytest.fixture(scope="module", params=["JPEG", "PNG", "transparent"])
def original(request):
    """A picture of 1800 x 1200 pixels and its masters by their sides."""
    if request.param == "transparent":
        data = encoded(see_through(1800, 1200), compress_level=1)
    else:
        quality = {"quality": 92} if request.param == "JPEG" else {"compress_level": 1}
        data = encoded(scene(1800, 1200), request.param, **quality)
    return data, {master.side: master for master in make_masters(data)}


@pytest.mark.parametrize(
    "text",
    [
        "w_320",
        "w_200,h_200,fit_cover,fp_0.2_0.8",
        "w_200,h_200,fit_cover,g_smart",
        "crop_0.2_0.1_0.6_0.6,w_200",
        "w_200,rot_90,flop,gray",
        "w_200,h_200,fit_contain,b_102030",
    ],
)
def test_a_rendition_from_a_master_looks_like_one_from_the_original(text, original):
    data, masters = original
    recipe = parse(text)
    master = masters[choose_master(recipe, (1800, 1200), masters)]
    whole = decoded(render(data, recipe.operations, Output("png")).data)
    small = render(master.data, recipe.operations, Output("png"), original=(1800, 1200))
    assert (small.width, small.height) == whole.size == recipe.result_size(1800, 1200)
    # What is most worth seeing is found to a few pixels.
    assert unlike(on_white(whole), on_white(decoded(small.data))) < (6 if "smart" in text else 2)
