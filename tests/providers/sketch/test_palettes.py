import numpy as np
import pytest
from PIL import Image

from tests.providers.sketch.looks import brightness_of_rows, difference
from tests.providers.sketch.material import (
    colours,
    generate,
    gradient,
    hues_apart,
    reference,
    scene,
    small_scene,
)
from webapp.providers.base import ImageRequest
from webapp.providers.sketch.colour_table import displayable, recoloured
from webapp.providers.sketch.pillow import as_array, as_pillow
from webapp.providers.sketch.swatches import swatches
from webapp.providers.sketch.transport import Scheme

PALETTES = {
    "sunset": lambda: small_scene("sea at sunset"),
    "neon": lambda: small_scene("neon city at night"),
    "autumn": lambda: small_scene("autumn forest"),
    "rose": lambda: gradient((250, 230, 200), (230, 120, 130), (60, 40, 90)),
    "bottle green": lambda: gradient((20, 90, 80), (240, 240, 220)),
    "grey": lambda: gradient((120, 120, 120), (125, 125, 125)),
}
SCENES = ("mountain lake at noon", "city at night", "desert at golden hour")


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("prompt", SCENES)
def test_a_picture_comes_clearly_closer_to_the_colours_of_its_reference(prompt, palette):
    wanted, before = PALETTES[palette](), small_scene(prompt, 5)
    after = as_pillow(Scheme(swatches([wanted]), 1.0).applied(as_array(before)))
    assert hues_apart(after, wanted) < 0.6 * hues_apart(before, wanted) + 0.004
    means = [colours(image)[:, 1:].mean(0) for image in (before, after, wanted)]
    assert np.hypot(*(means[1] - means[2])) < 0.5 * np.hypot(*(means[0] - means[2])) + 0.006


@pytest.mark.parametrize("palette", PALETTES)
def test_light_and_shadow_stay_where_they_are(palette):
    before = small_scene("mountain lake at noon", 5)
    after = as_pillow(Scheme(swatches([PALETTES[palette]()]), 1.0).applied(as_array(before)))
    light = [colours(image)[:, 0] for image in (before, after)]
    assert np.corrcoef(*light)[0, 1] > 0.97


def test_night_stays_darker_than_noon_in_the_same_colours():
    wanted = swatches([PALETTES["rose"]()])
    dark, bright = (
        brightness_of_rows(as_pillow(Scheme(wanted, 0.8).applied(as_array(small_scene(prompt, 5)))))
        for prompt in ("mountains at night", "mountains at noon")
    )
    assert dark.mean() < bright.mean() - 40


def test_its_own_colours_leave_a_picture_much_as_it_is():
    before = small_scene("hills with flowers at noon", 4)
    after = as_pillow(Scheme(swatches([before]), 1.0).applied(as_array(before)))
    assert difference(before, after) < 6


def test_several_references_share_the_picture():
    red, blue = gradient((200, 60, 50), (240, 90, 80)), gradient((40, 60, 190), (90, 120, 240))
    mixed = swatches([red, blue])
    warm = mixed.colours[:, 1] > 0
    assert mixed.shares[warm].sum() == pytest.approx(0.5, abs=0.02)


def test_a_table_of_unchanged_colours_changes_nothing():
    before = small_scene("city at dusk")
    assert difference(before, as_pillow(recoloured(as_array(before)))) < 0.6


def test_colours_that_no_screen_has_become_paler_and_not_another_hue():
    lab = np.array([[0.6, 0.3, -0.4], [0.9, -0.4, 0.1], [0.5, 0.0, 0.0]], np.float32).T
    shown = displayable(lab)
    assert (np.hypot(*shown[1:]) <= np.hypot(*lab[1:])).all()
    assert np.hypot(*shown[1:, 0]) > 0.1
    np.testing.assert_allclose(np.arctan2(*shown[1:, :2]), np.arctan2(*lab[1:, :2]), atol=1e-3)
    assert (shown[:, 2] == lab[:, 2]).all()


@pytest.mark.slow  # paints
def test_strength_says_how_far_a_scene_follows():
    wanted = PALETTES["rose"]()
    without = scene("mountain lake at noon")
    assert difference(without, scene("mountain lake at noon", wanted, strength=0)) == 0
    half, usual, full = (
        hues_apart(scene("mountain lake at noon", wanted, strength=strength), wanted)
        for strength in (0.5, None, 1)
    )
    assert hues_apart(without, wanted) > 1.2 * half
    assert half > 1.1 * usual > 1.1 * full


@pytest.mark.slow  # paints
def test_a_finish_is_done_in_the_colours_of_the_reference():
    prompt = "watercolour hills at noon"
    wanted = PALETTES["sunset"]()
    assert hues_apart(scene(prompt, wanted), wanted) < 0.8 * hues_apart(scene(prompt), wanted)


@pytest.mark.slow  # paints
def test_the_result_says_whose_palette_it_has():
    request = ImageRequest(
        "a lake at dawn", "sketch-1", size="512", references=(reference(PALETTES["rose"]()),)
    )
    steps = []
    result = generate(request, lambda *step: steps.append(step))
    assert "The palette is that of one picture." in result.text
    assert result.meta["palette"] == "one picture"
    assert steps[0] == (0, "Palette")
    assert result.data == generate(request).data


def test_a_picture_of_one_pixel_has_a_palette_too():
    found = swatches([Image.new("RGB", (1, 1), "teal")])
    assert found.shares.sum() == pytest.approx(1)
    image = as_array(small_scene("desert at noon"))
    assert np.isfinite(Scheme(found, 1.0).applied(image)).all()
