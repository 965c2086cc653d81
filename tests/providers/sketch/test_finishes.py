from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from tests.providers.sketch.looks import difference, pixels
from tests.providers.sketch.material import (
    FINISHES,
    colours,
    encoded,
    finish_request,
    finished,
    generate,
    gradient,
    photograph,
    reference,
)
from webapp.providers.base import ProviderError
from webapp.providers.sketch.retouch import fitted

pytestmark = pytest.mark.slow  # paints

PICTURE = photograph(240, 160)
ARROW = Image.new("L", (240, 160))
ImageDraw.Draw(ARROW).rectangle((60, 40, 180, 120), fill=255)


@cache
def wholly(finish):
    """Return the picture in a finish."""
    return finished(PICTURE, parameters={"finish": finish})


def masked(mask, **changes):
    return pixels(finished(PICTURE, mask=encoded(mask), **changes))


@pytest.mark.parametrize("finish", FINISHES)
def test_a_finish_changes_a_picture_but_it_can_still_be_recognised(finish):
    after = wholly(finish)
    assert (after.mode, after.size) == ("RGB", PICTURE.size)
    assert 3 < difference(PICTURE, after) < 60
    small = (24, 16)
    before, after = (image.resize(small, Image.Resampling.BOX) for image in (PICTURE, after))
    assert np.corrcoef(pixels(before).ravel(), pixels(after).ravel())[0, 1] > 0.8


def test_finishes_differ_from_each_other():
    after = [wholly(finish) for finish in FINISHES]
    for n, image in enumerate(after):
        assert all(difference(image, other) > 3 for other in after[n + 1 :])


@pytest.mark.parametrize("finish", FINISHES)
def test_the_same_request_gives_the_same_bytes(finish):
    request = finish_request(PICTURE, finish, strength=0.6, mask=encoded(ARROW))
    assert generate(request).data == generate(request).data


def test_another_seed_lays_other_marks():
    assert difference(wholly("low-poly"), finished(PICTURE, "low poly", seed=6)) > 1


def test_words_win_over_the_parameter():
    worded = finished(PICTURE, "as an oil painting", parameters={"finish": "print"})
    assert difference(worded, wholly("oil")) == 0


def test_watercolour_is_what_one_gets_without_words():
    assert difference(finished(PICTURE), wholly("watercolour")) == 0


def test_the_result_says_what_was_done_and_which_words_it_understood():
    request = finish_request(PICTURE, "my aunt in low poly at night", seed=None)
    result = generate(request)
    assert result.recognised == ("low poly", "night")
    assert "procedural, not AI" in result.text
    assert "It recognised: low poly, night." in result.text
    assert result.meta == {"finish": "low-poly", "light": "night"}
    assert (
        result.seed
        == generate(finish_request(PICTURE, "my aunt in low poly at night", seed=None)).seed
    )
    assert "no word" in generate(finish_request(PICTURE, "my aunt", strength=0)).text
    assert "no word" not in generate(finish_request(PICTURE, strength=0)).text


def test_night_is_darker_and_bluer_gold_is_warmer():
    plain, night, gold = (
        colours(finished(PICTURE, words)).mean(0) for words in ("", "at night", "golden hour")
    )
    assert night[0] < plain[0] - 0.08
    assert night[2] < plain[2] - 0.02
    assert gold[2] > plain[2] + 0.02


def test_a_light_never_turns_bright_into_dark():
    greys = gradient((0, 0, 0), (255, 255, 255))
    for words in ("night", "dawn", "noon", "mist", "neon", "storm", "aurora", "dusk"):
        after = finished(greys, f"low poly {words}", seed=1)
        rows = pixels(after.resize((1, 10), Image.Resampling.BOX)).mean((1, 2))
        assert (np.diff(rows) > -3).all(), words
        assert rows[-1] - rows[0] > 80, words


def test_black_and_white_leaves_no_colour():
    after = colours(finished(PICTURE, "black and white low-poly"))
    assert np.abs(after[:, 1:]).max() < 0.02


@pytest.mark.parametrize("finish", ["watercolour", "low-poly", "print"])
def test_strength_goes_from_nothing_to_all(finish):
    steps = [difference(PICTURE, finished(PICTURE, finish, strength=s)) for s in (0, 0.25, 0.6)]
    steps.append(difference(PICTURE, wholly(finish)))
    assert steps[0] == 0
    assert steps == sorted(steps)
    assert steps[1] > 0.5


def test_what_the_mask_keeps_stays_as_it_was_to_the_pixel():
    after, before, inside = masked(ARROW), pixels(PICTURE), np.asarray(ARROW) > 0
    assert (after[~inside] == before[~inside]).all()
    assert np.abs(after - before)[inside].mean() > 4


def test_a_black_mask_changes_nothing_and_a_white_one_everything():
    assert (masked(Image.new("L", (9, 9))) == pixels(PICTURE)).all()
    assert (masked(Image.new("L", (9, 9), 255)) == pixels(wholly("watercolour"))).all()


def test_the_edge_of_a_mask_is_soft_inwards():
    after = masked(ARROW, prompt="print in neon light")
    change = np.abs(after - pixels(PICTURE)).mean(2)[60:100]
    edge = change[:, 60].mean()
    assert change[:, 50:60].max() == 0
    assert 0 < edge < 0.6 * change[:, 70:100].mean()


def test_a_grey_mask_lets_through_a_part():
    half = np.abs(masked(Image.new("L", (9, 9), 128)) - pixels(PICTURE)).mean()
    full = difference(PICTURE, wholly("watercolour"))
    assert 0.35 * full < half < 0.65 * full


@pytest.mark.parametrize(
    ("finish", "size"),
    [
        *((finish, size) for finish in FINISHES for size in ((200, 50), (50, 200))),
        ("watercolour", (1, 1)),
        ("low-poly", (320, 20)),
        ("low-poly", (20, 320)),
        ("stained glass", (16, 16)),
        ("stained glass", (17, 5)),
        ("print", (5, 17)),
    ],
)
def test_any_shape_can_be_finished(finish, size):
    picture = photograph(*size)
    after = finished(picture, finish)
    assert after.size == size
    assert difference(picture, after) < 110


@pytest.mark.parametrize("finish", ["watercolour", "stained glass"])
def test_marks_are_as_large_in_a_tall_picture_as_in_a_wide_one(finish):
    wide, tall = photograph(480, 270), photograph(480, 270).transpose(Image.Transpose.TRANSPOSE)
    changes = [difference(picture, finished(picture, finish)) for picture in (wide, tall)]
    assert changes[0] == pytest.approx(changes[1], rel=0.35)


@pytest.mark.parametrize("finish", ["watercolour", "low-poly", "stained glass"])
def test_a_larger_result_shows_the_same(finish):
    large = finished(PICTURE, finish, size="1024")
    assert large.size == (1024, 683)
    assert difference(wholly(finish), large) < 9


@given(st.integers(1, 40_000), st.integers(1, 40_000), st.sampled_from([None, 1024, 2048]))
def test_a_result_has_the_shape_of_its_picture(width, height, side):
    if max(width, height) > 16 * min(width, height):
        with pytest.raises(ProviderError, match="16 times"):
            fitted(width, height, side)
        return
    across, down = fitted(width, height, side)
    assert max(across, down) == (side or min(max(width, height), 2048))
    assert abs(across * height - down * width) <= max(width, height)


def test_progress_rises_and_a_cancelled_finish_stops_at_the_next_stage():
    steps = []
    generate(finish_request(PICTURE), lambda *step: steps.append(step))
    assert [stage for _, stage in steps] == [
        "Picture",
        "Light",
        "Watercolour",
        "Blending",
        "Saving",
    ]
    assert [share for share, _ in steps] == sorted(share for share, _ in steps)
    heard = []
    with pytest.raises(ProviderError) as caught:
        generate(finish_request(PICTURE), lambda *step: heard.append(step), lambda: len(heard) == 2)
    assert caught.value.kind == "cancelled"
    assert len(heard) == 2


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"references": ()}, "Choose a picture to work on first."),
        ({"references": (reference(PICTURE),) * 2}, "at most 1"),
        ({"parameters": {"finish": "fresco"}}, "low-poly"),
        ({"size": "512"}, "2048"),
        ({"strength": -0.1}, "from 0 to 1"),
    ],
)
def test_what_cannot_be_finished_is_refused_with_a_useful_sentence(changes, hint):
    with pytest.raises(ProviderError) as caught:
        generate(finish_request(PICTURE, **changes))
    assert caught.value.kind == "invalid"
    assert hint in caught.value.message


def test_another_aspect_ratio_than_its_own_is_refused():
    with pytest.raises(ProviderError, match="keeps a picture's shape"):
        generate(replace(finish_request(PICTURE), aspect_ratio="16:9"))


@settings(max_examples=8)
@given(st.text(max_size=60), st.floats(0, 1))
def test_any_prompt_and_strength_give_a_picture(prompt, strength):
    assert finished(photograph(20, 14), prompt, strength=strength).size == (20, 14)
