"""Reading what is to be done to a picture that is there already."""

from dataclasses import dataclass

from webapp.providers.sketch.lexicon import best, colours, meaning, meanings, told
from webapp.providers.sketch.vocabulary import COLOURS, FINISHES, LIGHTS

_EARTHLY_LIGHTS = {name: words for name, words in LIGHTS.items() if name != "space"}
_WISHED = frozenset(COLOURS).union(
    *(words.split() for table in (_EARTHLY_LIGHTS, FINISHES) for words in table.values())
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a prompt asks to be done to a picture: a finish, a light, at most two colours.

    `recognised` holds the words that say so, in their order; other words can't change a picture.
    """

    finish: str = ""
    light: str = ""
    colours: tuple[str, ...] = ()
    recognised: tuple[str, ...] = ()


def read_wish(prompt: str) -> Wish:
    """Read what is to be done to a picture. What the words leave open stays empty."""
    known, unwanted = told(prompt)
    left = [word for word in known if meaning(word) not in meanings(unwanted)]
    words = [word for word in left if meaning(word) in _WISHED]
    return Wish(
        finish=best(FINISHES, words, unwanted) or "",
        light=best(_EARTHLY_LIGHTS, words, unwanted) or "",
        colours=colours(words),
        recognised=tuple(dict.fromkeys(words)),
    )
