"""Bad addresses, made out of the grammar's own words."""

import random
import unicodedata
from collections.abc import Callable
from urllib.parse import quote

from hypothesis import strategies as st

from webapp.imaging.formats import EXTENSIONS
from webapp.imaging.grammar import TOKENS
from webapp.imaging.presets import PRESETS
from webapp.imaging.tokens import Choice, Number, Parameter, Token

Edit = Callable[[str, random.Random], str]

NUMBERS = (
    *("", "0", "-1", "-0", "+1", "00", "1.", ".5", "1.5", "1e3", "0x10", "1_000", "1,000", "NaN"),
    *("inf", "9" * 17, "9" * 400, "0" * 500 + "1", "1" + "0" * 308, "0." + "3" * 200, " 1", "1 "),
    *(
        "1\n",
        "1\r\n",
        "1\0",
        "٣",
        "\uff13",
        "²",
        "Ⅷ",
        "১",
        "1\u0301",
        "½",
        "4294967297",
        "1;2",
        "1|2",
    ),
    *("${1}", "{{1}}", "%s%n", "'--", "../1", "..\\1", "\ud800", "1\u202e", "\ufeff1", "true"),
)
LETTERS = (
    *("%", "%00", "%2e", "%2f", "%25", "%5c", "/", "\\", "//", "..", ".", ",", ",,", "_", "__"),
    *("\0", "\r\n", "\n", "\t", " ", "+", ";", ":", "?", "#", "&", "=", "*", "~", "@", "'", '"'),
    *("<", "`", "|", "\x7f", "\x85", "\xa0", "\u200b", "\u2028", "\u2215", "\uff0f", "\uff0e"),
    *(
        "\u0430",
        "\u212a",
        "\u017f",
        "\u0130",
        "\ufdfa",
        "\U0001f3a8",
        "\udcff",
        "\ud800",
        "x" * 300,
    ),
)
RAW = (
    *("%ff", "%fe%ff", "%c0%ae", "%c0%af", "%e0%80%af", "%ed%a0%80", "%f8%88%80%80%80", "%80"),
    *("%", "%%", "%2", "%zz", "%u002e", "%00", "%0d%0aX-Evil:%201", "%252e%252e%252f", "%25%32%66"),
)
QUERIES = (
    *("", "", "", "?", "?v=", "?v=0", "?v=zz", "?v=%00", "?v=%ff", "?v=1&v=2", "?v[]=1", "?V=1"),
    *("?x=" + "a" * 3000, "?" + "&" * 500, "?v=%0d%0aSet-Cookie:x", "?text=%ff%00", "?bg=%00&fg="),
)


def junk(parameter: Parameter, chance: random.Random) -> str:
    """Return a value that is at a bound of a parameter, beyond it, or nothing like it."""
    near: list[str] = []
    if isinstance(parameter, Number):
        near = [str(parameter.low - 1), str(parameter.high + 1), f"{parameter.high}.000000001"]
        near += [str(parameter.low)] if parameter.low else []
    if isinstance(parameter, Choice):
        near = [word.upper() for word in parameter.words] + [parameter.words[0] * 2]
    return chance.choice(near) if near and chance.random() < 0.5 else chance.choice(NUMBERS)


def word(token: Token, chance: random.Random) -> str:
    """Return a word of the grammar as it should be, or with values that are none."""
    if chance.random() < 0.3:
        return token.example
    values = [junk(parameter, chance) for parameter in token.parameters]
    values += [chance.choice(NUMBERS)] * chance.choice((0, 0, 0, 1, 30))
    return "_".join((token.word, *values))


EDITS: tuple[Edit, ...] = (
    lambda text, _: text,
    lambda text, _: text.upper(),
    lambda text, _: text.swapcase(),
    lambda text, _: f"{text},{text}",
    lambda text, _: f"{text},",
    lambda text, chance: ",".join([text] * chance.choice((3, 30))),
    lambda text, chance: text[: chance.randrange(len(text) + 1)],
    lambda text, chance: text * chance.choice((2, 60)),
    lambda text, _: text[::-1],
    lambda text, _: unicodedata.normalize("NFKD", text),
    lambda text, _: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    lambda text, chance: spliced(text, chance.choice(LETTERS), chance),
    lambda text, chance: spliced(spliced(text, chance.choice(LETTERS), chance), "\0", chance),
)


def spliced(text: str, more: str, chance: random.Random) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] + more + text[place:]


ENCODINGS: tuple[Edit, ...] = (
    lambda text, _: encoded(text, "/,._-x"),
    lambda text, _: encoded(text, ""),
    lambda text, _: encoded(encoded(text, ""), ""),
    lambda text, _: "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass")),
    lambda text, chance: spliced(encoded(text, ","), chance.choice(RAW), chance),
)


def encoded(text: str, safe: str) -> str:
    return quote(text, safe=safe, errors="surrogatepass")


def bent(text: str, chance: random.Random, *, sound: float = 0.4) -> str:
    """Return a part of a path that is changed and encoded; sound and plain with that chance."""
    edited = text if chance.random() < sound else chance.choice(EDITS)(text, chance)
    encoding = ENCODINGS[0] if chance.random() < sound else chance.choice(ENCODINGS)
    return encoding(edited, chance) or "%00"  # without any name, no route is reached


def operations(chance: random.Random) -> str:
    words = [word(token, chance) for token in chance.choices(TOKENS, k=chance.choice((1, 1, 2, 5)))]
    return ",".join(words)


def name(uids: tuple[str, ...], chance: random.Random) -> str:
    """Return the name of a picture with an extension or without, more often a good one."""
    if chance.random() < 0.6:
        return chance.choice(uids) + chance.choice(("", ".webp", ".png"))
    uid = chance.choice((*uids, "zzzzzzzzzzz", "..", "meta"))
    known = [f".{extension}" for extension in EXTENSIONS]
    return bent(uid + chance.choice(("", ".svg", ".", "..", ".x", *known)), chance)


def preset(chance: random.Random) -> str:
    known = chance.choice(tuple(PRESETS))
    return known if chance.random() < 0.5 else bent(known, chance)


def spec(chance: random.Random) -> str:
    sides = ("1", "60", "2000", "2001", "99999", "100000")
    width, height = (chance.choice((*sides, chance.choice(NUMBERS))) for _ in range(2))
    ending = chance.choice(("", ".png", ".jpg", ".PNG", ".svg", ".", "..png", ".png.gif", "/"))
    return bent(f"{width}x{height}{ending}", chance)


chances = st.integers(0, 2**64).map(random.Random)
queries = st.sampled_from(QUERIES)
texts = st.builds(bent, st.text(min_size=1, max_size=60), chances)


def names(*uids: str) -> st.SearchStrategy[str]:
    return st.builds(name, st.just(uids), chances)


presets = st.builds(preset, chances) | texts
recipes = st.builds(lambda chance: bent(operations(chance), chance), chances) | texts
specs = st.builds(spec, chances) | texts
