"""Every number, word and length of the grammar, at its bound and beyond it."""

from dataclasses import dataclass

import pytest

from tests.hostile.asking import Asker
from webapp.imaging.grammar import LONGEST, MOST_WORDS, TOKENS
from webapp.imaging.presets import PRESETS
from webapp.imaging.tokens import Choice, Hue, Number, Parameter, Pattern, Sides, Token

CONTEXTS = {
    "fit": "w_40,h_30,",
    "fp": "w_40,h_30,fit_cover,",
    "g": "w_40,h_30,fit_cover,",
    "dpr": "w_20,",
    "enlarge": "w_40,",
}
"""What a word needs in order to mean anything."""

EXPIRED = {"exp_0"}
PATTERNS = {
    "crop_X": (("0", "0.0"), ("65536", "1.1", "-1", "0.000000001")),
    "crop_Y": (("0", "0.0"), ("65536", "1.1", "-1", "0.000000001", "")),
    "crop_W": (("65535", "1.0"), ("65536", "1.1", "0", "0.0", "")),
    "crop_H": (("65535", "1.0"), ("65536", "1.1", "0", "0.0", "")),
    "v_HEX": (("a", "F" * 64), ("", "g", "a" * 65)),
    "wm_NAME": (("a", "a" * 32), ("", "-a", "a\\b", "A", "a" * 33)),
    "dl_NAME": (
        ("a", "a" * 100),
        ("", ".a", "a\\b", "\N{LATIN SMALL LETTER A WITH ACUTE}", "a" * 101),
    ),
}
"""By the words and forms of patterns: what they take, and what they don't."""


@dataclass(frozen=True)
class Case:
    token: Token
    text: str
    is_taken: bool


def bounds(word: str, parameter: Parameter) -> tuple[list[str], list[str]]:
    """Return what a parameter takes at its bounds, and what is just beyond them."""
    match parameter:
        case Number(low=low, high=high, places=places):
            step = 10**-places
            beyond = [f"{low - step:.{places}f}", f"{high + step:.{places}f}", "9" * 17, ""]
            return [str(low), str(high)], beyond
        case Choice(words=words):
            return list(words), [f"x{words[0]}", f"{words[-1]}x", words[0].title() + "0", ""]
        case Hue():
            return ["0" * 6, "F" * 8], ["", "0" * 5, "0" * 7, "0" * 9, "g" * 6]
        case Sides(side=side):
            low, high, over = side.low, side.high, side.high + 1
            sides = [f"{low}x{low}", f"{high}x{high}", f"{low}x", f"x{high}"]
            return sides, [f"{over}x{low}", f"{low}x{over}", f"0x{low}", "x", f"{over}x"]
        case Pattern(form=form):
            taken, refused = PATTERNS[f"{word}_{form}"]
            return list(taken), list(refused)
    raise AssertionError(parameter)


def cases(token: Token) -> list[Case]:
    """Return a case for each bound of each parameter, the others as in the example."""
    if not token.parameters:
        words = (token.word, f"{token.word}_", f"{token.word}_1")
        return [Case(token, text, text == token.word) for text in words]
    found = []
    usual = token.example.removeprefix(f"{token.word}_").split("_", len(token.parameters) - 1)
    for place, parameter in enumerate(token.parameters):
        for is_taken, values in zip((True, False), bounds(token.word, parameter), strict=True):
            for value in values:
                texts = list(usual)
                if token.word == "crop":
                    # Pixels and shares can't be mixed.
                    texts = ["0", "0", "1", "1"] if "." not in value else ["0.0", "0", "1", "1"]
                texts[place] = value
                found.append(Case(token, "_".join((token.word, *texts)), is_taken))
    return found


CASES = [case for token in TOKENS for case in cases(token)]


@pytest.fixture
def ask(world):
    """Ask for the picture that anyone may see, with operations."""
    asker = Asker(world.app)
    signature = world.easel.services.addresses.signature

    def ask(ops, meta=""):
        path = f"{meta}/{ops}/{world.shared}"
        return asker.get(f"/i/{signature(path)}{path}")

    return ask


def named(cases):
    return pytest.mark.parametrize("case", cases, ids=[case.text[:40] for case in cases])


@named([case for case in CASES if case.is_taken])
def test_a_value_at_its_bound_works(ask, case):
    ops = CONTEXTS.get(case.token.word, "") + case.text
    if case.text in EXPIRED:
        assert ask(ops).status == 410
        return
    answer = ask(ops)
    if case.token.word == "wm":
        # Read, and there is none of that name.
        assert b"unknown_watermark" in answer.body
        return
    assert ask(ops, "/meta").status == 200
    assert (answer.status, answer.mime) == (
        200,
        f"image/{'png' if 'f_png' in ops else answer.mime[6:]}",
    )


@named([case for case in CASES if not case.is_taken])
def test_a_value_beyond_its_bound_is_refused_by_name(ask, case):
    for meta in ("", "/meta"):
        answer = ask(CONTEXTS.get(case.token.word, "") + case.text, meta)
        assert answer.status == 400
        assert answer.headers["X-Easel-State"] == "error; code=invalid_ops"
        assert f"{case.token.word} takes ".encode() in answer.body


def test_every_word_has_a_case_beyond_its_bounds():
    assert {case.token for case in CASES if not case.is_taken} == set(TOKENS)


@pytest.mark.parametrize(
    ("ops", "sentence"),
    [
        ("w_2049,dpr_2", "dpr_2 makes 4098 pixels of 2049"),
        ("h_4096,dpr_1.01", "dpr_1.01 makes 4137 pixels"),
        ("crop_60_0_1_1", "crop_60_0_1_1 lies outside the picture"),
        ("crop_0_40_1_1", "crop_0_40_1_1 lies outside the picture"),
        ("crop_0.6_0_0.5_1", "crop takes"),
        ("fp_0_0,g_smart,w_9,h_9,fit_cover", "contradict"),
        ("w_9,s_9x9", "contradict"),
        ("gray,gray", "gray is given twice"),
        (",".join(["gray"] * (MOST_WORDS + 1)), f"more than {MOST_WORDS} operations"),
        ("a" * (LONGEST + 1), f"longer than {LONGEST} characters"),
    ],
)
def test_values_that_are_too_much_together_are_refused_in_words(ask, ops, sentence):
    answer = ask(ops)
    assert answer.status == 400
    assert sentence.encode() in answer.body


@pytest.mark.parametrize("ops", ["w_2048,dpr_2", "crop_59_39_1_1", "crop_0.6_0_0.4_1"])
def test_values_that_are_just_enough_together_work(ask, ops):
    assert ask(ops).status == 200


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_its_name_and_nothing_like_it(world, name):
    asker = Asker(world.app)
    assert asker.get(f"/t/{name}/{world.shared}.jpg").status == 200
    for other in (name.upper(), f"{name}x", f"{name}0", f"{name}%20", f"%00{name}", name[:-1]):
        if other in PRESETS:
            continue
        answer = asker.get(f"/t/{other}/{world.shared}.jpg")
        assert answer.status == 400
        assert answer.headers["X-Easel-State"] == "error; code=unknown_preset"


@pytest.mark.parametrize(
    ("spec", "status"), [("1x1", 200), ("2000x2000", 200), ("2000x1.jpeg", 200)]
)
def test_a_placeholder_at_its_bounds_is_drawn(world, spec, status):
    assert Asker(world.app).get(f"/placeholder/{spec}").status == status


@pytest.mark.parametrize(
    "spec",
    ["0x1", "1x0", "2001x1", "1x2001", "99999x1", "100000x1", "%D9%A3x%D9%A3", "%EF%BC%91x1"],
)
def test_a_placeholder_beyond_its_bounds_is_refused(world, spec):
    answer = Asker(world.app).get(f"/placeholder/{spec}")
    assert (answer.status, answer.body) == (400, b"Invalid image request")


@pytest.mark.parametrize("text", ["%EF%B7%BA" * 200, "x" * 5000, "%5Cn" * 900, "e%CC%81" * 400])
def test_no_text_makes_a_placeholder_dear(world, text):
    asker = Asker(world.app)
    asker.get("/placeholder/60x40.png?text=warm")

    def seconds(number, text):
        answer = asker.get(f"/placeholder/90{number}x600.png?text={text}")
        assert answer.status == 200
        return answer.seconds

    # Each has another width or text, or it would be kept already. They are compared with usual
    # ones of the same moment, as the machine may be slow just now.
    short = f"a%20lake%20{len(text)}"
    pairs = [(seconds(number, text), seconds(number, short)) for number in range(5)]
    dear, usual = map(min, zip(*pairs, strict=True))
    assert dear < 10 * usual
