"""The contract of every registered operation, found by the examples of its own tokens."""

import pytest
from PIL import Image

from tests.imaging.pictures import MODES, corners, decoded, encoded, noise, photo
from webapp.imaging.formats import FORMATS
from webapp.imaging.grammar import TOKENS, parse
from webapp.imaging.operations import OPERATIONS, cache_key, in_order
from webapp.imaging.operations.orient import Orient
from webapp.imaging.operations.resize import Resize
from webapp.imaging.operations.srgb import Srgb
from webapp.imaging.pipeline import Output, measure, render

# Words that mean nothing by themselves, with what they belong to.
CONTEXTS = {
    "fit": "w_40,h_30",
    "fp": "w_40,h_40,fit_cover",
    "g": "w_40,h_40,fit_cover",
    "dpr": "w_20",
    "enlarge": "w_200",
}
# For each word: a text, and others that must all give other keys.
VARIATIONS = {
    "crop": [
        f"crop_{numbers}"
        for numbers in (
            "0_0_30_20",
            "1_0_30_20",
            "0_1_30_20",
            "0_0_31_20",
            "0_0_30_21",
            "0.1_0_0.5_1",
        )
    ],
    "trim": ["trim_10", "trim_11"],
    "w": ["w_40", "w_41"],
    "h": ["h_40", "h_41"],
    "s": ["s_40x30", "s_41x30", "s_40x31"],
    "fit": [f"w_40,h_30,fit_{fit}" for fit in ("inside", "cover", "contain", "fill", "outside")],
    "fp": [f"w_9,h_9,fit_cover,fp_{point}" for point in ("0.1_0.2", "0.2_0.2", "0.1_0.3")],
    "g": [f"w_9,h_9,fit_cover,g_{gravity}" for gravity in ("fp", "center", "smart")],
    "dpr": ["w_40", "w_40,dpr_1.5", "w_40,dpr_2"],
    "enlarge": ["w_40", "w_40,enlarge"],
    "rot": ["rot_90", "rot_180", "rot_270"],
    "pix": ["pix_2", "pix_3"],
    "blur": ["blur_1", "blur_1.5"],
    "sharpen": ["sharpen_1", "sharpen_2"],
    "b": ["b_ff0000", "b_ff0001", "b_ff000080"],
    "wm": ["wm_a", "wm_b", "wm_a_nw", "wm_a_se_40", "wm_a_se_50_30"],
    "q": ["q_70", "q_80", "q_90"],
    "f": ["f_webp", "f_png", "f_jpg", "f_gif", "f_avif"],
}
MARKS = {"logo": encoded(corners(8, 8).convert("RGBA"))}
OPTIONAL = [operation for operation in OPERATIONS if operation.tokens]
PIXEL_TOKENS = [token for operation in OPTIONAL for token in operation.tokens]


@pytest.fixture(params=OPTIONAL, ids=lambda kind: kind.__name__)
def operation(request):
    """Each operation, as the example of its first token gives it."""
    recipe = parse(request.param.tokens[0].example)
    (step,) = recipe.operations
    assert type(step) is request.param
    return step


@pytest.fixture(params=PIXEL_TOKENS, ids=lambda token: token.word)
def example(request):
    """The example of each word that changes pixels, as a text that makes sense."""
    word = request.param.word
    return ",".join([*([CONTEXTS[word]] if word in CONTEXTS else []), request.param.example])


def rendered(data, text, kind="png"):
    recipe = parse(text)
    return render(data, recipe.operations, Output(kind), watermarks=MARKS)


@pytest.mark.parametrize("kind", OPERATIONS, ids=lambda kind: kind.__name__)
def test_an_operations_name_is_its_class_in_lower_case(kind):
    assert kind.name == kind.__name__.lower()


@pytest.mark.parametrize("token", TOKENS, ids=lambda token: token.word)
def test_every_word_is_documented(token):
    assert token.sentence.endswith(".")
    assert token.example.startswith(token.word)
    assert token.word in token.takes
    parse(",".join([*([CONTEXTS[token.word]] if token.word in CONTEXTS else []), token.example]))


def test_no_word_is_taken_twice():
    assert len({token.word for token in TOKENS}) == len(TOKENS)


def test_a_key_is_plain_text_of_the_grammar(operation):
    assert operation.key().isascii()
    assert not set(operation.key()) & set(" /\\?#&=%")
    assert parse(operation.key()).operations == (operation,)


def test_an_operation_is_a_value(operation):
    (again,) = parse(operation.key()).operations
    assert again is not operation
    assert hash(again) == hash(operation)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_an_operation_leaves_its_input_alone_and_its_output_plain(operation, mode):
    image = noise(60, 40, mode)
    before = image.tobytes()
    step = operation.equipped({"logo": corners(8, 8)})
    got = step.apply(image)
    assert (image.tobytes(), image.mode, image.size) == (before, mode, (60, 40))
    assert got.mode in {"L", "RGB", "RGBA"}
    assert got.size == operation.size((60, 40)) or operation.name == "trim"
    assert (got.mode == "RGBA") <= operation.leaves_alpha(before=mode == "RGBA")


def test_the_result_has_the_size_foretold(example):
    for size in ((60, 40), (40, 61), (7, 300), (1, 1)):
        if "crop" in example and min(size) < 7:
            continue
        got = rendered(encoded(photo(*size)), example)
        assert (got.width, got.height) == parse(example).result_size(*size)
        assert max(got.width, got.height) <= 4096


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_is_taken(example, mode):
    try:
        data = encoded(Image.new(mode, (60, 40)), "TIFF")
    except OSError:
        pytest.skip("no TIFF holds this mode")
    got = rendered(data, example, "webp")
    assert (got.width, got.height) == parse(example).result_size(60, 40)


def test_what_is_transparent_stays_so_or_is_painted(example):
    picture = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    picture.paste((200, 30, 30, 255), (20, 10, 60, 40))
    recipe = parse(example)
    got = decoded(rendered(encoded(picture), example).data)
    alpha = got.convert("RGBA").getchannel("A").tobytes()
    cut = {step.name for step in recipe.operations} & {"crop", "trim"}
    assert recipe.leaves_alpha(before=True) == (min(alpha) < 255 or bool(cut))


def test_an_animation_stays_one(example):
    frames = [noise(60, 40, seed=seed) for seed in range(3)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=80)
    for kind in FORMATS:
        got = rendered(data, example, kind)
        assert got.frames == (3 if kind in {"gif", "webp"} else 1)
        assert decoded(got.data).size == (got.width, got.height)
        if parse(example).has_exact_size:
            assert (got.width, got.height) == parse(example).result_size(60, 40)


@pytest.mark.parametrize("word", VARIATIONS)
def test_a_key_changes_with_every_parameter(word):
    recipes = [parse(text) for text in VARIATIONS[word]]
    assert len({recipe.cache_key for recipe in recipes}) == len(recipes)
    assert len({recipe.canonical for recipe in recipes}) == len(recipes)
    again = [parse(text).cache_key for text in VARIATIONS[word]]
    assert again == [recipe.cache_key for recipe in recipes]


def test_every_word_with_parameters_has_variations():
    silent = {"v", "exp", "dl"}
    words = {token.word for token in TOKENS if token.parameters} - silent
    assert words <= set(VARIATIONS), "a new word needs variations in this file"


def test_a_trims_size_is_measured():
    picture = Image.new("RGB", (60, 40), "white")
    picture.paste((10, 10, 10), (10, 5, 40, 35))
    recipe = parse("trim_10,w_20,rot_90")
    data = encoded(picture)
    got = render(data, recipe.operations, Output("png"))
    assert not recipe.has_exact_size
    assert measure(data, recipe.operations) == (got.width, got.height) == (20, 20)


def test_the_order_is_fixed_whatever_was_asked():
    steps = [Resize(9), Orient()]
    assert in_order(steps) == in_order(reversed(steps)) == [Orient(), Resize(9)]
    assert cache_key(steps) == cache_key(reversed(steps)) == "orient,w_9"
    names = [kind.name for kind in OPERATIONS]
    assert names[:5] == ["orient", "crop", "trim", "resize", "srgb"]


def test_the_original_has_a_key_too():
    assert cache_key([]) == "_"


@pytest.mark.parametrize("step", [Orient(), Srgb()], ids=lambda step: step.name)
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_what_is_always_done_changes_no_mode(step, mode):
    assert step.apply(corners(60, 40).convert(mode)).mode == mode
