"""Reading a prompt: which of its words Sketch knows, and what they ask for."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

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

_OWN_SCENES = ("mountains", "hills", "sea", "abstract", "forest", "desert")
_OWN_LIGHTS = ("dawn", "day", "golden", "sunset", "dusk")
_YIELDING = {"space", "abstract", "mist", "storm"}  # moods, which go with another scene or hour
_LONGEST = 10_000  # characters read; nobody means the rest
_MOST_COLOURS = 2  # more than two dyes turn every palette into mud


@dataclass(frozen=True, slots=True)
class Reading:
    """What a prompt asks for: one scene in one light, perhaps a finish, colours and features.

    `features` were asked for; `banned` features must not appear. `recognised` holds the words
    understood, in the order of the prompt. `salt` sets apart prompts that name no scene: theirs
    is made up, so two of them should not get the same place.
    """

    scene: str
    light: str
    finish: str = ""
    colours: tuple[str, ...] = ()
    features: frozenset[str] = frozenset()
    banned: frozenset[str] = frozenset()
    recognised: tuple[str, ...] = ()
    salt: int = 0

    def wants(self, feature: str) -> bool:
        """Tell whether the prompt asked for the feature and the negative prompt did not object."""
        return feature in self.features and feature not in self.banned

    def allows(self, feature: str) -> bool:
        """Tell whether the feature may appear although nobody asked for it."""
        return feature not in self.banned


def read(prompt: str, negative_prompt: str = "", seed: int = 0) -> Reading:
    """Read a prompt. What it leaves open is chosen by its hash, the light also by the seed."""
    text = _plain(prompt)
    unwanted = _known_words(_plain(negative_prompt)) + _NEGATED.findall(text)
    kept = _NEGATED.sub(" ", text)
    words = [word for word in _known_words(kept) if _meaning(word) not in _meanings(unwanted)]
    scene, light = _scene_and_light(words, unwanted, prompt, seed)
    return Reading(
        scene=scene,
        light=light,
        finish=_best(FINISHES, words, unwanted) or "",
        colours=_colours(words),
        features=frozenset(_named(FEATURES, words)),
        banned=frozenset(_named(FEATURES, unwanted)),
        recognised=tuple(dict.fromkeys(words)),
        salt=0 if _named(SCENES, words) else stable_number(prompt.strip().lower()),
    )


def stable_number(*parts: object) -> int:
    """Return a 64-bit number that depends on the parts alone, on every machine."""
    text = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big")


def _plain(text: str) -> str:
    """Return the text's words in small letters, without accents, with single spaces between."""
    folded = unicodedata.normalize("NFKD", text[:_LONGEST]).lower()
    return " ".join(re.findall(r"[a-z]+", folded))


def _known_words(text: str) -> list[str]:
    """Return the known words and phrases of a plain text, as they stand there."""
    return [word for word in _WORD.findall(text) if _meaning(word) in _EVERY_WORD]


def _meaning(word: str) -> str:
    """Return the word of the tables that a word or phrase stands for: often its singular."""
    for ending, instead in (("", ""), ("ies", "y"), ("es", ""), ("s", "")):
        stem = word.removesuffix(ending) + instead
        stem = _ALIASES.get(stem, stem)
        if word.endswith(ending) and stem in _EVERY_WORD:
            return stem
    return word


def _meanings(words: Iterable[str]) -> set[str]:
    return {_meaning(word) for word in words}


def _scene_and_light(
    words: Sequence[str], unwanted: Sequence[str], prompt: str, seed: int
) -> tuple[str, str]:
    text = prompt.strip().lower()
    no_scenes, no_lights = _named(SCENES, unwanted), _named(LIGHTS, unwanted)
    scene = _best(SCENES, words, unwanted) or _chosen(
        _OWN_SCENES, no_scenes, stable_number(text, "scene")
    )
    if scene == "space":
        return scene, "space"
    light = _best(LIGHTS, words, unwanted) or _chosen(
        _OWN_LIGHTS, no_lights, stable_number(text, "light", seed)
    )
    return scene, "night" if light == "space" else light


def _chosen(choices: Sequence[str], refused: Iterable[str], number: int) -> str:
    left = [choice for choice in choices if choice not in set(refused)] or list(choices)
    return left[number % len(left)]


def _best(table: Mapping[str, str], words: Sequence[str], unwanted: Iterable[str]) -> str | None:
    """Return the entry with most words; on a tie one that does not yield, then the first."""
    # "No moon" is no objection to the night: only an entry's own name takes it away.
    refused = {name for name in table if _meaning(name) in _meanings(unwanted)}
    named = [name for name in _named(table, words) if name not in refused]
    kept = _meanings(words)

    def score(name: str) -> tuple[float, bool]:
        votes = kept & set(table[name].split())
        return sum(0.5 if vote in SEASONS else 1.0 for vote in votes), name not in _YIELDING

    return max(named, key=score, default=None)


def _named(table: Mapping[str, str], words: Iterable[str]) -> list[str]:
    """Return the entries that some word names, in the order of the words."""
    hits = [
        name for word in words for name, known in table.items() if _meaning(word) in known.split()
    ]
    return list(dict.fromkeys(hits))


def _colours(words: Iterable[str]) -> tuple[str, ...]:
    named = [_meaning(word) for word in words if _meaning(word) in COLOURS]
    return tuple(dict.fromkeys(named))[:_MOST_COLOURS]


_EVERY_WORD = frozenset(COLOURS).union(
    *(words.split() for table in (SCENES, LIGHTS, FINISHES, FEATURES) for words in table.values())
)
_ALIASES = PHRASES | SPELLINGS
_ANY_WORD = "|".join([*(rf"{phrase}s?" for phrase in _ALIASES), "[a-z]+"])
_WORD = re.compile(rf"\b(?:{_ANY_WORD})\b")
_NEGATED = re.compile(rf"\b(?:no|without) ({_ANY_WORD})\b")
