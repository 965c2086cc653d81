import random
import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.errors import InvalidError
from webapp.imaging.formats import FORMATS
from webapp.imaging.grammar import LONGEST, MOST_WORDS, TOKENS, parse
from webapp.imaging.recipe import Recipe
from webapp.imaging.tokens import Choice, Hue, Number, Pattern, Sides

CANONICAL = [
    ("_", "_"),
    ("_,exp_5,dl_cat.png", "_"),
    ("w_400", "w_400"),
    ("h_0300,w_400", "w_400,h_300"),
    ("s_400x300", "w_400,h_300"),
    ("s_400x", "w_400"),
    ("s_x300", "h_300"),
    ("w_400,fit_inside", "w_400"),
    ("w_400,fit_cover", "w_400"),
    ("w_400,h_300,g_fp,fit_cover", "w_400,h_300,fit_cover"),
    ("w_400,h_300,fit_cover,g_center", "w_400,h_300,fit_cover,g_center"),
    ("w_400,h_300,fit_cover,fp_0.50_1", "w_400,h_300,fit_cover,fp_0.5_1"),
    ("w_400,h_300,fp_0.5_1", "w_400,h_300"),
    ("w_200,dpr_2", "w_400"),
    ("w_33,dpr_1.5", "w_50"),
    ("dpr_1.0,w_9", "w_9"),
    ("crop_0_0_1.0_1", "fit_inside"),
    ("crop_0010_5_20_30", "crop_10_5_20_30"),
    ("crop_0.500_0_0.5_1", "crop_0.5_0_0.5_1"),
    ("blur_0,sharpen_0.00,pix_1", "fit_inside"),
    ("blur_2.50", "blur_2.5"),
    ("b_FFEEDDFF", "b_ffeedd"),
    ("b_FFEEDD80", "b_ffeedd80"),
    ("b_FFEEDD00", "fit_inside"),
    ("wm_logo_se_50_25", "wm_logo"),
    ("wm_logo_nw_50", "wm_logo_nw"),
    ("q_80", "fit_inside"),
    ("f_jpeg,q_70", "q_70,f_jpeg"),
    ("f_jpg", "f_jpeg"),
    ("v_ABC,exp_99,dl_a_b.png,gray", "gray"),
    ("invert,gray,flop,flip,rot_90,w_9", "w_9,rot_90,flip,flop,gray,invert"),
    ("thumbnail__180x180", "w_180,h_180"),
    ("crop__400x300", "w_400,h_300,fit_cover"),
    ("filters__invert__crop__50x50", "w_50,h_50,fit_cover,invert"),
    ("filters__invert__thumbnail__50x40", "w_50,h_40,invert"),
    ("filters__gray__blur_3__crop__50x50", "w_50,h_50,fit_cover,blur_3,gray"),
    ("filters__gray__filters__invert__crop__5x5", "w_5,h_5,fit_cover,gray,invert"),
    ("filters__invert", "invert"),
]
# What is wrong, and a part of the sentence that must say so.
REFUSED = [
    ("", "Unknown operation ''"),
    (",", "Unknown operation ''"),
    ("w_400,", "Unknown operation ''"),
    ("width_400", "Unknown operation 'width_400'"),
    ("W_400", "Unknown operation 'W_400'"),
    ("w", "w takes a whole number from 1 to 4096"),
    ("w_", "w takes"),
    ("w_0", "'w_0' is not possible"),
    ("w_4097", "from 1 to 4096"),
    ("w_-1", "w takes"),
    ("w_1.5", "w takes"),
    ("w_1e3", "w takes"),
    ("w_ 1", "w takes"),
    ("w_٣", "w takes"),
    ("w_1\n", "w takes"),
    ("w_1_2", "w takes"),
    ("w_" + "9" * 400, "w takes"),
    ("w_1,w_2", "w is given twice"),
    ("gray,gray", "gray is given twice"),
    ("s_3x4,w_3", "s and w contradict"),
    ("h_3,s_3x4", "s and h contradict"),
    ("s_x", "s takes"),
    ("s_4", "s takes"),
    ("s_4x5x6", "s takes"),
    ("fit_stretch", "fit takes one of inside, cover"),
    ("fp_0.5", "fp takes"),
    ("fp_0.5_1.1", "fp takes"),
    ("fp_nan_0", "fp takes"),
    ("w_9,h_9,fp_0.1_0.1,g_smart", "fp_X_Y and g_smart contradict"),
    ("g_north", "g takes"),
    ("crop_1_2_3", "crop takes"),
    ("crop_1_2_3_0", "crop takes"),
    ("crop_0.5_0_0.6_1", "crop takes"),
    ("crop_0_0_70000_1", "crop takes"),
    ("crop_0_0_1.5_1", "crop takes"),
    ("dpr_0", "dpr takes"),
    ("dpr_5", "dpr takes"),
    ("w_2000,dpr_3", "dpr_3 makes 6000"),
    ("q_0", "q takes"),
    ("q_101", "q takes"),
    ("f_bmp", "f takes"),
    ("f_", "f takes"),
    ("b_fff", "b takes"),
    ("b_red", "b takes"),
    ("rot_45", "rot takes"),
    ("rot_360", "rot takes"),
    ("blur_101", "blur takes"),
    ("sharpen_11", "sharpen takes"),
    ("pix_0", "pix takes"),
    ("trim_256", "trim takes"),
    ("gray_1", "gray takes nothing more"),
    ("enlarge_", "enlarge takes nothing more"),
    ("v_xyz", "v takes"),
    ("v_" + "a" * 65, "v takes"),
    ("exp_-1", "exp takes"),
    ("exp_1.5", "exp takes"),
    ("dl_", "dl takes"),
    ("dl_../x", "dl takes"),
    ("dl_.htaccess", "dl takes"),
    ('dl_a"b', "dl takes"),
    ("dl_ä.png", "dl takes"),
    ("wm_", "wm takes"),
    ("wm_../x", "wm takes"),
    ("wm_logo_middle", "wm takes"),
    ("wm_logo_se_0", "wm takes"),
    ("wm_logo_se_50_25_1", "wm takes"),
    ("_,gray", "gray changes pixels"),
    ("gray,_", "Unknown operation '_'"),
    ("__", "Unknown operation"),
    ("thumbnail__180", "thumbnail__WxH takes"),
    ("thumbnail__180x", "thumbnail__WxH takes"),
    ("crop__0x9", "crop__WxH takes"),
    ("crop__9x9,gray", "crop__WxH takes"),
    ("crop__9x9__gray", "crop__WxH takes"),
    ("filters__", "filters__NAME takes"),
    ("filters__sepia__crop__9x9", "Unknown operation 'sepia'"),
    ("filters__invert__crop", "crop__WxH takes"),
    ("filters__gray,w_9__crop__9x9", "filters__NAME takes"),
    ("a" * (LONGEST + 1), "longer than"),
    (",".join(["gray"] * (MOST_WORDS + 1)), "more than"),
]


@pytest.mark.parametrize(("text", "expected"), CANONICAL)
def test_a_rendition_has_one_canonical_text(text, expected):
    assert parse(text).canonical == expected
    assert parse(expected).canonical == expected
    assert parse(expected).cache_key == parse(text).cache_key


@pytest.mark.parametrize(("text", "sentence"), REFUSED)
def test_a_refusal_names_what_is_wrong(text, sentence):
    with pytest.raises(InvalidError) as caught:
        parse(text)
    assert caught.value.code == "invalid_ops"
    assert sentence in caught.value.message
    assert len(caught.value.message) < 500
    assert caught.value.message.isprintable()


def test_what_a_recipe_delivers_is_read():
    recipe = parse("v_ABCdef,exp_1700000000,dl_my_cat-1.png,q_70,f_jpg")
    assert recipe == Recipe((), "jpeg", 70, "abcdef", 1_700_000_000, "my_cat-1.png")
    assert parse("_,v_ab") == Recipe(version="ab", is_original=True)


def value(parameter, chance):  # noqa: PLR0911  # one line for each kind of parameter
    match parameter:
        case Number(places=0):
            return str(chance.choice([parameter.low, parameter.high, chance.randint(1, 90)]))
        case Number():
            return f"{chance.uniform(parameter.low, parameter.high):.{chance.randint(0, 6)}f}"
        case Choice():
            return chance.choice(parameter.words)
        case Hue():
            return chance.randbytes(chance.choice([3, 4])).hex()
        case Sides():
            return f"{chance.randint(1, 4096)}x{chance.choice(['', chance.randint(1, 4096)])}"
        case Pattern(form="HEX"):
            return chance.randbytes(chance.randint(1, 32)).hex()
        case Pattern(form="NAME"):
            return "a" + "".join(chance.choices("abc-0189", k=chance.randint(0, 30)))
    raise AssertionError(parameter)


def crop(chance):
    if chance.random() < 0.5:
        return "crop_" + "_".join(str(chance.randint(1, 65_535)) for _ in range(4))
    return "crop_" + "_".join(f"{chance.uniform(0.01, 0.5):.5f}" for _ in range(4))


def text_of(token, chance):
    if token.word == "crop":
        return crop(chance)
    given_up = chance.randint(0, token.optional)
    parameters = token.parameters[: len(token.parameters) - given_up]
    return "_".join((token.word, *(value(parameter, chance) for parameter in parameters)))


def words_of(chance):
    """Words that are valid by construction: no contradictions, and nothing that is too large."""
    names = chance.sample(sorted({token.word for token in TOKENS}), chance.randint(1, 10))
    barred = {"g"} if "fp" in names else set()
    barred |= {"w", "h"} if "s" in names else set()
    barred |= {"dpr"} if {"w", "h", "s"} & set(names) else set()
    return [
        text_of(token, chance)
        for token in TOKENS
        if token.word in names and token.word not in barred
    ]


seeds = st.integers(0, 2**64)


@settings(max_examples=2000)
@given(seeds)
def test_canonical_text_is_idempotent_and_knows_no_order(seed):
    chance = random.Random(seed)
    found = words_of(chance)
    recipe = parse(",".join(found))
    chance.shuffle(found)
    assert parse(",".join(found)) == recipe
    again = parse(recipe.canonical)
    assert again.canonical == recipe.canonical
    assert again.cache_key == recipe.cache_key
    assert again.operations == recipe.operations


@settings(max_examples=500)
@given(seeds, st.integers(1, 9000), st.integers(1, 9000))
def test_a_results_size_is_known_and_bounded(seed, width, height):
    found = words_of(random.Random(seed))
    recipe = parse(",".join(word for word in found if not word.startswith("crop")) or "gray")
    got = recipe.result_size(width, height)
    assert min(got) >= 1
    resized = any(step.name == "resize" for step in recipe.operations)
    assert max(got) <= (4096 if resized else max(width, height))


@settings(max_examples=2000)
@given(
    st.one_of(
        st.text(max_size=80),
        st.text(alphabet="wh_x,.0123456789fitcropgbdl-", max_size=60),
        st.lists(
            st.tuples(
                st.sampled_from([token.word for token in TOKENS]),
                st.text(alphabet="_x.0123456789-+eEnaifcover", max_size=12),
            ).map("_".join),
            max_size=6,
        ).map(",".join),
    )
)
def test_garbage_is_refused_and_nothing_else(text):
    try:
        recipe = parse(text)
    except InvalidError as error:
        assert error.code == "invalid_ops"  # noqa: PT017  # most garbage is refused, not all
    else:
        assert parse(recipe.canonical).canonical == recipe.canonical


def seconds_for(text):
    began = time.thread_time()
    with pytest.raises(InvalidError):
        parse(text)
    return time.thread_time() - began


def test_no_text_takes_long():
    chance = random.Random(1)
    worst = [
        *("w_" + "9" * 500, "_" * 600, "," * 600, "crop_" * 100, "filters__" * 56, "0" * 10**6),
        *("dl_" + "." * 500, "fp_" + "0" * 250 + "_" + "0" * 250, "filters__" + "gray__" * 80),
        *("".join(chance.choices(string.printable, k=LONGEST)) for _ in range(300)),
    ]
    for text in worst:
        assert min(seconds_for(text) for _ in range(3)) < 0.005  # other work may fall into one


def test_every_output_format_can_be_asked_for():
    assert {parse(f"f_{kind}").format for kind in FORMATS} == set(FORMATS)
