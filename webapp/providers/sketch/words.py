"""Reading a prompt: which of its words Sketch knows, and what they ask for."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from webapp.providers.sketch.lexicon import (
    best,
    colours,
    known_words,
    meaning,
    meanings,
    named,
    told,
)
from webapp.providers.sketch.vocabulary import FEATURES, FINISHES, LIGHTS, SCENES

_OWN_SCENES = ("mountains", "hills", "sea", "abstract", "forest", "desert")
_OWN_LIGHTS = ("dawn", "day", "golden", "sunset", "dusk")


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
    known, negated = told(prompt)
    unwanted = known_words(negative_prompt) + negated
    words = [word for word in known if meaning(word) not in meanings(unwanted)]
    scene, light = _scene_and_light(words, unwanted, prompt, seed)
    return Reading(
        scene=scene,
        light=light,
        finish=best(FINISHES, words, unwanted) or "",
        colours=colours(words),
        features=frozenset(named(FEATURES, words)),
        banned=frozenset(named(FEATURES, unwanted)),
        recognised=tuple(dict.fromkeys(words)),
        salt=0 if named(SCENES, words) else stable_number(prompt.strip().lower()),
    )


def stable_number(*parts: object) -> int:
    """Return a 64-bit number that depends on the parts alone, on every machine."""
    text = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big")


def _scene_and_light(
    words: Sequence[str], unwanted: Sequence[str], prompt: str, seed: int
) -> tuple[str, str]:
    text = prompt.strip().lower()
    no_scenes, no_lights = named(SCENES, unwanted), named(LIGHTS, unwanted)
    scene = best(SCENES, words, unwanted) or _chosen(
        _OWN_SCENES, no_scenes, stable_number(text, "scene")
    )
    if scene == "space":
        return scene, "space"
    light = best(LIGHTS, words, unwanted) or _chosen(
        _OWN_LIGHTS, no_lights, stable_number(text, "light", seed)
    )
    return scene, "night" if light == "space" else light


def _chosen(choices: Sequence[str], refused: Iterable[str], number: int) -> str:
    left = [choice for choice in choices if choice not in set(refused)] or list(choices)
    return left[number % len(left)]
