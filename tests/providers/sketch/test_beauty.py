"""Faults that the eye sees at once, as numbers."""

import subprocess
import sys

import numpy as np
import pytest

from tests.providers.sketch.looks import brightness_of_rows, pixels
from webapp.providers.sketch import render

pytestmark = pytest.mark.slow  # paints


@pytest.mark.parametrize("seed", range(2))
def test_clouds_overhead_are_not_smeared_in_portrait_format(seed):
    sky = pixels(render("sea at sunset with clouds", 288, 512, seed, "birds")).mean(2)[:126]
    across, down = np.abs(np.diff(sky, axis=1)).mean(), np.abs(np.diff(sky, axis=0)).mean()
    assert 0.5 < across / down < 2


@pytest.mark.parametrize("colour", ["red", "yellow", "magenta"])
def test_a_colour_word_gives_a_night_sky_no_hard_band(colour):
    image = render(f"{colour} desert at night", 256, 256, 4, "stars, moon, mesas")
    rows = pixels(image)[:118].mean(1)
    jumps = np.abs(np.diff(rows, axis=0)).max()
    bends = np.abs(np.diff(rows[::6], n=2, axis=0)).max()
    assert jumps < 3
    assert bends < 9


@pytest.mark.parametrize("prompt", ["city at night", "neon city", "city at dusk"])
def test_no_bright_seam_glows_at_the_citys_waterline(prompt):
    rows = brightness_of_rows(render(prompt, 350, 350, 1))
    level = round(0.712 * 350)
    seam = rows[level - 3 : level + 4]
    elsewhere = np.concatenate([rows[level - 40 : level - 5], rows[level + 7 :]])
    assert seam.max() < elsewhere.max()


def test_flowers_grow_larger_towards_the_viewer():
    with_flowers = pixels(render("meadow at noon", 700, 700, 3))
    without = pixels(render("meadow at noon", 700, 700, 3, "flowers"))
    changed = np.abs(with_flowers - without).max(2) > 60
    far, near = changed[585:600], changed[630:645]
    assert far.any()
    assert _mean_run(near) > 1.4 * _mean_run(far)


@pytest.mark.parametrize("prompt", ["galaxy with a ringed planet", "watercolour forest"])
def test_the_largest_picture_stays_below_500_megabytes(prompt):
    code = (
        "from tests.memory import peak; from webapp.providers.sketch import render;"
        f"render({prompt!r}, 2048, 2048, 1);"
        "print(peak())"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert int(run.stdout) < 500


def test_the_largest_finish_stays_below_450_megabytes():
    code = (
        "from PIL import Image; from tests.memory import peak;"
        "from tests.providers.sketch import material;"
        "material.finished(Image.new('RGB', (2048, 2048), 'teal'), 'watercolour at night');"
        "print(peak())"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert int(run.stdout) < 450


def _mean_run(mask):
    """Return how many changed pixels stand side by side on average."""
    starts = (np.diff(mask.astype(int), axis=1) == 1).sum()
    return mask.sum() / max(1, starts)
