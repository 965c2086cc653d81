import pytest

from tests.imaging.pictures import decoded, encoded, photo
from webapp.errors import InvalidError
from webapp.imaging.formats import FORMATS
from webapp.imaging.grammar import parse
from webapp.imaging.operations.blur import Blur
from webapp.imaging.operations.resize import Resize
from webapp.imaging.pipeline import Output, render
from webapp.imaging.presets import PRESETS
from webapp.imaging.recipe import Recipe


def test_recipes_of_the_same_work_are_equal_and_can_be_keys():
    assert Recipe((Blur(2), Resize(9))) == Recipe((Resize(9), Blur(2)))
    assert len({Recipe((Blur(2), Resize(9))), Recipe((Resize(9), Blur(2)))}) == 1


def test_how_it_is_delivered_is_no_part_of_its_keys():
    one, other = parse("w_9,v_1,exp_9,dl_a.png"), parse("w_9")
    assert (one.canonical, one.cache_key) == (other.canonical, other.cache_key)
    assert one != other


@pytest.mark.parametrize("text", ["w_9,h_9,fit_cover", "w_9,h_9,fit_cover,g_fp"])
def test_the_stored_focal_point_is_in_the_key_where_it_counts(text):
    recipe = parse(text)
    settled = recipe.settled(focal=(0.2, 0.7))
    assert settled.canonical == "w_9,h_9,fit_cover,fp_0.2_0.7"
    assert settled.cache_key != recipe.cache_key
    assert recipe.settled() == recipe


@pytest.mark.parametrize(
    "text",
    ["w_9", "w_9,h_9", "w_9,h_9,fit_cover,g_center", "w_9,h_9,fit_cover,fp_0_0", "gray", "_"],
)
def test_the_stored_focal_point_changes_nothing_elsewhere(text):
    assert parse(text).settled(focal=(0.2, 0.7)) == parse(text)


def test_a_negotiated_format_is_taken_where_none_was_asked_for():
    assert parse("w_9").settled(format="webp").cache_key == "w_9,q_80,f_webp"
    assert parse("w_9,f_png").settled(format="webp").cache_key == "w_9,q_80,f_png"


def test_the_output_is_the_recipes_or_the_callers():
    assert parse("q_70,f_gif").output("webp") == Output("gif", 70)
    assert parse("w_9").output("webp", "background") == Output("webp", 80, "background")


@pytest.mark.parametrize(
    ("text", "opaque", "transparent"),
    [
        ("w_9", False, True),
        ("w_9,h_9,fit_contain", True, True),
        ("w_9,h_9,fit_contain,b_ffffff", False, False),
        ("w_9,h_9,fit_contain,b_ffffff80", True, True),
        ("b_ffffff,gray", False, False),
    ],
)
def test_whether_a_result_is_transparent_is_known(text, opaque, transparent):
    recipe = parse(text)
    assert recipe.leaves_alpha(before=False) is opaque
    assert recipe.leaves_alpha(before=True) is transparent


def test_a_recipe_names_its_watermarks():
    assert parse("w_9,wm_logo_nw").watermarks == ("logo",)
    assert parse("w_9").watermarks == ()


def test_the_original_has_the_originals_size():
    assert parse("_").result_size(7, 9) == (7, 9)
    assert parse("_,exp_1").is_original
    assert not parse("v_1").is_original


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_a_recipe_of_the_grammar(name):
    recipe = PRESETS[name].recipe()
    assert parse(recipe.canonical).operations == recipe.operations
    assert recipe.output("webp").quality == PRESETS[name].quality


def test_the_background_takes_more_time_for_fewer_bytes():
    data = encoded(photo(400, 300))
    for kind in ("webp", "avif"):
        hasty, patient = (
            len(render(data, [Resize(300)], Output(kind, 80, effort)).data)
            for effort in ("request", "background")
        )
        assert patient < hasty
    progressive = render(data, [], Output("jpeg", effort="background")).data
    assert decoded(progressive).info["progressive"]


def test_what_a_format_cannot_hold_is_refused():
    data = encoded(photo(16_384, 1))
    with pytest.raises(InvalidError, match="16383 pixels a side") as caught:
        render(data, [], Output("webp"))
    assert caught.value.code == "invalid_size"
    assert FORMATS["webp"].longest == 16_383
    assert render(data, [], Output("png")).width == 16_384
    assert render(data, [Resize(9000 // 3)], Output("webp")).width == 3000
