"""Which words of a text Sketch knows, and what they are words for."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from webapp.providers.sketch.vocabulary import (
    COLOURS,
    FEATURES,
    FINISHES,
    LIGHTS,
    PHRASES,
    SCENES,
    SEASONS,
    SPELLINGS,
)

_YIELDING = {"space", "abstract", "mist", "storm"}  # moods, which go with another scene or hour
_LONGEST = 10_000  # characters read; nobody means the rest
_MOST_COLOURS = 2  # more than two dyes turn every palette into mud


def told(text: str) -> tuple[list[str], list[str]]:
    """Return the known words of a text, and the words that it says it does without."""
    plain = _plain(text)
    return known_words(_NEGATED.sub(" ", plain)), _NEGATED.findall(plain)


def known_words(text: str) -> list[str]:
    """Return all known words and phrases of a text, as they stand there."""
    return [word for word in _WORD.findall(_plain(text)) if meaning(word) in _EVERY_WORD]


def meaning(word: str) -> str:
    """Return the word of the tables that a word or phrase stands for: often its singular."""
    for ending, instead in (("", ""), ("ies", "y"), ("es", ""), ("s", "")):
        stem = word.removesuffix(ending) + instead
        stem = _ALIASES.get(stem, stem)
        if word.endswith(ending) and stem in _EVERY_WORD:
            return stem
    return word


def meanings(words: Iterable[str]) -> set[str]:
    """Return what the words stand for, each meaning once."""
    return {meaning(word) for word in words}


def best(table: Mapping[str, str], words: Sequence[str], unwanted: Iterable[str]) -> str | None:
    """Return the entry with most words; on a tie one that does not yield, then the first."""
    # "No moon" is no objection to the night: only an entry's own name takes it away.
    refused = {name for name in table if meaning(name) in meanings(unwanted)}
    left = [name for name in named(table, words) if name not in refused]
    kept = meanings(words)

    def score(name: str) -> tuple[float, bool]:
        votes = kept & set(table[name].split())
        return sum(0.5 if vote in SEASONS else 1.0 for vote in votes), name not in _YIELDING

    return max(left, key=score, default=None)


def named(table: Mapping[str, str], words: Iterable[str]) -> list[str]:
    """Return the entries that some word names, in the order of the words."""
    hits = [
        name for word in words for name, known in table.items() if meaning(word) in known.split()
    ]
    return list(dict.fromkeys(hits))


def colours(words: Iterable[str]) -> tuple[str, ...]:
    """Return the first two colours that the words name."""
    meant = [meaning(word) for word in words if meaning(word) in COLOURS]
    return tuple(dict.fromkeys(meant))[:_MOST_COLOURS]


def _plain(text: str) -> str:
    """Return the text's words in small letters, without accents, with single spaces between."""
    folded = unicodedata.normalize("NFKD", text[:_LONGEST]).lower()
    return " ".join(re.findall(r"[a-z]+", folded))


_EVERY_WORD = frozenset(COLOURS).union(
    *(words.split() for table in (SCENES, LIGHTS, FINISHES, FEATURES) for words in table.values())
)
_ALIASES = PHRASES | SPELLINGS
_ANY_WORD = "|".join([*(rf"{phrase}s?" for phrase in _ALIASES), "[a-z]+"])
_WORD = re.compile(rf"\b(?:{_ANY_WORD})\b")
_NEGATED = re.compile(rf"\b(?:no|without) ({_ANY_WORD})\b")
