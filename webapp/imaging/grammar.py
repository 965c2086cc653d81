"""The URL grammar: text such as `w_400,h_300,fit_cover` becomes a recipe, or a plain refusal."""

from typing import Any, NoReturn

from webapp.errors import InvalidError
from webapp.imaging.formats import EXTENSIONS, by_extension
from webapp.imaging.operations import OPERATIONS
from webapp.imaging.recipe import ORIGINAL, Recipe
from webapp.imaging.rendition_keys import expanded
from webapp.imaging.tokens import Choice, Number, Pattern, Token

LONGEST = 512
"""The most characters of a recipe."""

MOST_WORDS = 24
"""The most operations in a recipe."""

_LATEST = 253_402_300_799
"""The last second of the year 9999."""

OUTPUT_TOKENS: tuple[Token, ...] = (
    Token(
        "q",
        (Number(1, 100),),
        "The quality, on one scale for all formats; 80 is the usual. PNG and GIF have none.",
        "q_70",
    ),
    Token("f", (Choice(EXTENSIONS),), "The format, where the URL has no extension.", "f_webp"),
)
DELIVERY_TOKENS: tuple[Token, ...] = (
    Token(
        "v",
        (Pattern("[0-9a-fA-F]{1,64}", "HEX", "up to 64 hex digits", lower=True),),
        "The version of the picture: with the current one, the answer may be kept for ever.",
        "v_3fa9c1d20",
    ),
    Token(
        "exp",
        (Number(0, _LATEST, form="UNIX", unit="seconds since 1970"),),
        "When the URL ends.",
        "exp_1798761600",
    ),
    Token(
        "dl",
        (
            Pattern(
                r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}",
                "NAME",
                "a file name of up to 100 letters, digits, dots, hyphens and underscores",
            ),
        ),
        "Save the picture under a name instead of showing it.",
        "dl_cat.webp",
    ),
)

TOKENS: tuple[Token, ...] = (
    *(token for operation in OPERATIONS for token in operation.tokens),
    *OUTPUT_TOKENS,
    *DELIVERY_TOKENS,
)
"""Every word of the grammar, in the order in which they take effect."""

_BY_WORD = {token.word: token for token in TOKENS}
_DELIVERY = {token.word for token in DELIVERY_TOKENS}


def parse(text: str) -> Recipe:
    """Return the recipe that a text asks for.

    That is `_` for the original, operations with commas between, or a key of versatileimagefield.
    Raises InvalidError (`invalid_ops`) whose sentence names what is wrong and what is right.
    """
    if len(text) > LONGEST:
        _refuse(f"The operations are longer than {LONGEST} characters.")
    words = expanded(text).split(",")
    if len(words) > MOST_WORDS:
        _refuse(f"There are more than {MOST_WORDS} operations.")
    is_original = words[0] == ORIGINAL
    values = _values(words[1:] if is_original else words)
    if is_original and (others := [word for word in values if word not in _DELIVERY]):
        _refuse(f"{others[0]} changes pixels, and _ asks for the original as it is.")
    return _recipe(values, is_original=is_original)


def _values(words: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for text in words:
        token, value = _read(text)
        if token.word in values:
            _refuse(f"{token.word} is given twice: give it once.")
        values[token.word] = value
    for word in values:
        for other in _BY_WORD[word].excludes:
            if other in values:
                _refuse(f"{word} and {other} contradict each other: give one of them.")
    return values


def _read(text: str) -> tuple[Token, Any]:
    word, underscore, rest = text.partition("_")
    token = _BY_WORD.get(word)
    if token is None:
        _refuse(f"Unknown operation {_shown(text)}: there are {', '.join(_BY_WORD)}.")
    try:
        return token, token.read(rest if underscore else None)
    except ValueError:
        _refuse(f"{_shown(text)} is not possible: {token.takes}")


def _recipe(values: dict[str, Any], *, is_original: bool) -> Recipe:
    try:
        found = [operation.of(values) for operation in OPERATIONS]
    except InvalidError as error:
        _refuse(str(error))
    return Recipe(
        tuple(step for step in found if step is not None),
        by_extension(values["f"]).name if "f" in values else None,
        values.get("q"),
        values.get("v"),
        values.get("exp"),
        values.get("dl"),
        is_original,
    )


def _shown(text: str) -> str:
    return ascii(text if len(text) <= 40 else f"{text[:40]}…")


def _refuse(sentence: str) -> NoReturn:
    raise InvalidError(sentence, code="invalid_ops")
