"""Any recipe on any picture: the size foretold, or a plain refusal."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.imaging.pictures import corners, decoded, encoded, noise, with_orientation
from tests.imaging.test_grammar import words_of
from webapp.errors import InvalidError
from webapp.imaging.formats import FORMATS
from webapp.imaging.grammar import parse
from webapp.imaging.masters import SIDES, choose_master
from webapp.imaging.pipeline import measure, render

MOVING = [noise(31, 22, seed=seed) for seed in range(3)]
SOURCES = {
    "jpeg": encoded(noise(150, 101), "JPEG"),
    "turned": with_orientation(corners(90, 60), 6, "JPEG"),
    "alpha": encoded(noise(41, 73, "RGBA")),
    "cmyk": encoded(Image.new("CMYK", (30, 20), (9, 99, 0, 50)), "JPEG"),
    "deep": encoded(Image.new("I;16", (30, 20), 30_000)),
    "palette": encoded(corners(33, 44).convert("P"), "GIF"),
    "moving": encoded(MOVING[0], "GIF", save_all=True, append_images=MOVING[1:]),
    "dot": encoded(Image.new("L", (1, 1), 9)),
}


def recipe_of(seed):
    words = words_of(random.Random(seed))
    # Sizes that are worth a test, and no more pixels than that.
    small = [word for word in words if word.split("_")[0] not in {"w", "h", "s"}]
    chance = random.Random(seed)
    sides = [f"{side}_{chance.randint(1, 90)}" for side in "wh" if chance.random() < 0.6]
    return parse(",".join([*small, *sides]) or "gray")


@settings(max_examples=400)
@given(st.integers(0, 2**64), st.sampled_from(sorted(SOURCES)), st.sampled_from(sorted(FORMATS)))
def test_any_recipe_gives_the_size_foretold_or_is_refused(seed, name, kind):
    recipe, data = recipe_of(seed), SOURCES[name]
    marks = dict.fromkeys(recipe.watermarks, SOURCES["alpha"])
    try:
        size = measure(data, recipe.operations)
    except InvalidError as error:
        # A crop beside the picture, and no more.
        if "outside the picture" not in error.message:
            raise
        return
    got = render(data, recipe.operations, recipe.output(kind), watermarks=marks)
    assert (got.width, got.height) == decoded(got.data).size == size
    if recipe.has_exact_size:
        with_size = decoded(data).size if name != "turned" else (60, 90)
        assert recipe.result_size(*with_size) == size
        assert choose_master(recipe, with_size, SIDES) in {None, *SIDES}


@pytest.mark.parametrize("name", SOURCES)
def test_the_sources_are_read_as_they_are(name):
    assert measure(SOURCES[name], ()) == (
        (60, 90) if name == "turned" else decoded(SOURCES[name]).size
    )
