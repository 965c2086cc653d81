import numpy as np
import pytest

from tests.providers.sketch.looks import ONE_OF_EACH, difference, pixels
from webapp.providers.sketch import read, render
from webapp.providers.sketch.finishes import FINISHES
from webapp.providers.sketch.scenes import SCENES
from webapp.providers.sketch.vocabulary import FINISHES as FINISH_WORDS
from webapp.providers.sketch.vocabulary import SCENES as SCENE_WORDS

pytestmark = pytest.mark.slow  # paints


def test_every_scene_and_finish_of_the_vocabulary_can_be_painted():
    assert set(SCENES) == set(SCENE_WORDS)
    assert set(FINISHES) == set(FINISH_WORDS)


def test_the_examples_cover_every_scene_and_finish():
    readings = [read(prompt) for prompt in ONE_OF_EACH]
    assert {reading.scene for reading in readings} == set(SCENES)
    assert {reading.finish for reading in readings} == {"", *FINISHES}


@pytest.mark.parametrize("prompt", ONE_OF_EACH)
def test_the_same_seed_gives_the_same_picture_at_any_size(prompt):
    small, large = render(prompt, 80, 80, 5), render(prompt, 400, 400, 5)
    assert (small.size, large.size) == ((80, 80), (400, 400))
    assert difference(small, large) < 2.5
    assert pixels(large).std() > 12


@pytest.mark.parametrize("prompt", ["city at night", "oil forest", "stained glass sunrise"])
def test_the_largest_picture_shows_the_same_as_the_usual_one(prompt):
    assert difference(render(prompt, 1024, 1024, 5), render(prompt, 2048, 2048, 5)) < 3


def test_a_rounded_aspect_ratio_does_not_reshuffle_the_picture():
    assert difference(render("city dusk", 176, 96, 5), render("city dusk", 688, 384, 5)) < 9


@pytest.mark.parametrize("prompt", ["mountains at dawn", "blue silk"])
def test_another_seed_gives_clearly_another_picture(prompt):
    assert difference(render(prompt, 100, 100, 1), render(prompt, 100, 100, 2)) > 10


def test_prompts_without_known_words_differ_under_one_seed():
    assert difference(render("a cat", 100, 100, 1), render("a dog", 100, 100, 1)) > 6


def test_one_seed_shows_one_place_in_different_light():
    hours = [
        pixels(render(f"mountains at {hour}", 100, 100, 4)).mean(2) for hour in ("dusk", "dawn")
    ]
    # The nearest range is a shadow at any hour, so the skyline parts dark from bright in both.
    dark, also_dark = (picture < picture.mean() for picture in hours)
    assert (dark == also_dark).mean() > 0.75


def test_what_the_negative_prompt_names_is_left_out():
    def ragged(negative):
        sky = pixels(render("hills at noon with clouds", 256, 256, 3, negative))[:60]
        return np.abs(np.diff(sky, axis=1)).mean()

    assert ragged("clouds, birds, sun") < ragged("") / 2


@pytest.mark.parametrize(
    "prompt",
    [
        "日本の夕焼け",
        "🦄🌈",
        "مرحبا بالعالم",
        "a\x00b\x1b[31m\u202e",
        "\ud800 lone surrogate",
        "x" * 10_000,
    ],
)
def test_any_prompt_gives_a_picture(prompt):
    assert read(prompt).recognised == ()
    assert pixels(render(prompt, 64, 48, 1)).std() > 5
