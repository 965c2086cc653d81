"""The named sizes: a finite set, so their URLs need no signature."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from webapp.errors import InvalidError
from webapp.imaging.formats import DEFAULT_QUALITY
from webapp.imaging.geometry import Point, Size
from webapp.imaging.operations.resize import FITS, MAX_SIDE, Fit, Resize
from webapp.imaging.recipe import Recipe

LADDER = (160, 320, 480, 640, 960, 1280, 1920)
"""The widths that srcset offers, in pixels."""

AHEAD = (320, 640)
"""The widths that the gallery shows on most screens: made when a picture is kept."""

EMBED_WIDTHS = (320, 640, 1280)
"""The widths of cropped embeds, in pixels."""


StrategyName = Literal["just_in_time", "optimistic", "background"]
"""When a preset's renditions are made: when asked for, with the picture, or by a worker."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A named size in pixels; a side that is `None` follows the picture's ratio."""

    name: str
    width: int | None = None
    height: int | None = None
    fit: Fit = "inside"
    quality: int = DEFAULT_QUALITY
    strategy: StrategyName = "just_in_time"

    def resize(self, focal: Point | None = None) -> Resize:
        """Return the operation that makes this size."""
        return Resize(self.width, self.height, self.fit, focal)

    def recipe(self) -> Recipe:
        """Return the preset as a recipe, like the one of a URL with operations."""
        return Recipe((self.resize(),), quality=self.quality)


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset("small", 180, 180),
        Preset("medium", 220, 220),
        Preset("large", 320, 320),
        Preset("square", 400, 400, "cover"),
        Preset("grid", height=400),  # the rows of the gallery, and twice as sharp
        Preset("grid2x", height=800),
        Preset("og", 1200, 630, "cover"),
        Preset("avatar", 128, 128, "cover"),
        *(
            Preset(f"w{width}", width, strategy="optimistic" if width in AHEAD else "just_in_time")
            for width in LADDER
        ),
        *(Preset(f"square{width}", width, width, "cover") for width in EMBED_WIDTHS),
        *(Preset(f"wide{width}", width, width * 9 // 16, "cover") for width in EMBED_WIDTHS),
    )
}


def box(preset: Preset, width: int, height: int) -> Size:
    """Return the exact width and height that a picture of `width` x `height` gets, in pixels."""
    return preset.recipe().result_size(width, height)


_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_FIELDS = ("width", "height", "fit", "quality", "strategy")
_CHOICES = {"fit": FITS, "strategy": get_args(StrategyName)}


def parse_presets(text: str) -> dict[str, Preset]:
    """Return extra presets by name from JSON: `{"hero": {"width": 1600, "fit": "inside"}}`.

    Raises InvalidError whose message lists all mistakes, and whose fields are the names.
    """
    try:
        entries = json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        message = f"The presets are no JSON: {error}."
        raise InvalidError(message, code="invalid_presets") from error
    if not isinstance(entries, dict):
        message = "The presets must be a JSON object of names and sizes."
        raise InvalidError(message, code="invalid_presets")
    mistakes = {name: found for name, entry in entries.items() if (found := [*_wrong(name, entry)])}
    if mistakes:
        listed = "; ".join(f"{name}: {', '.join(found)}" for name, found in mistakes.items())
        message = f"Wrong presets: {listed}."
        raise InvalidError(message, code="invalid_presets", fields=mistakes)
    return {name: Preset(name, **entry) for name, entry in entries.items()}


def _wrong(name: str, entry: Any) -> Iterator[str]:
    if not _NAME.fullmatch(name):
        yield "a name is lower-case letters, digits, - and _"
    if not isinstance(entry, Mapping):
        yield "it must be an object"
        return
    yield from (f"there is no {field!r}" for field in entry if field not in _FIELDS)
    yield from _wrong_sides(entry)
    for field, choices in _CHOICES.items():
        if field in entry and entry[field] not in choices:
            yield f"{field} is one of {', '.join(choices)}"
    if not _between(entry.get("quality", 1), 100):
        yield "quality is 1 to 100"


def _wrong_sides(entry: Mapping[str, Any]) -> Iterator[str]:
    sides = [field for field in ("width", "height") if entry.get(field) is not None]
    if not sides:
        yield "it needs a width or a height"
    for side in sides:
        if not _between(entry[side], MAX_SIDE):
            yield f"{side} is 1 to {MAX_SIDE}"


def _between(value: Any, highest: int) -> bool:
    return type(value) is int and 1 <= value <= highest
