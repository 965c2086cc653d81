"""What the cropping presets make of a picture: one view for each aspect ratio."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from webapp.services.pictures import Picture
from webapp.web.current import services
from webapp.web.thumbs import size_in, thumb

WORDS = {"og": "link preview"}
"""Names of presets that say little by themselves."""
SHOWN_WIDTH = 400
LARGEST_TERM = 32
"""The largest number in a ratio that is written as whole numbers, such as 16:9."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """One way to cut a picture, and the presets that do. `size` is in pixels."""

    title: str
    ratio: str
    presets: tuple[str, ...]
    url: str
    size: tuple[int, int]


def crops(picture: Picture) -> tuple[Crop, ...]:
    """Return how the presets that cut something off show a picture, in the presets' order."""
    by_ratio: dict[float, list[str]] = {}
    presets = services().renditions.presets
    for name, preset in presets.items():
        if preset.fit == "cover" and preset.width and preset.height:
            by_ratio.setdefault(round(preset.width / preset.height, 2), []).append(name)
    return tuple(_crop(picture, names) for names in by_ratio.values())


def _crop(picture: Picture, names: list[str]) -> Crop:
    presets = services().renditions.presets
    # One that is made in the background may be a placeholder for a moment.
    shown = min(
        (presets[name] for name in names),
        key=lambda preset: (
            preset.strategy == "background",
            abs((preset.width or 0) - SHOWN_WIDTH),
        ),
    )
    return Crop(
        title=title_of(names),
        ratio=ratio_of(shown.width or 1, shown.height or 1),
        presets=tuple(names),
        url=thumb(picture, shown.name),
        size=size_in(picture, shown.name),
    )


def title_of(names: Iterable[str]) -> str:
    """Return presets' names in plain words, those that differ in their number alone as one."""
    families = (name.rstrip("0123456789").rstrip("-_") for name in names)
    words = dict.fromkeys(
        WORDS.get(family, family.replace("-", " ").replace("_", " ")) for family in families
    )
    title = ", ".join(words)
    return title[:1].upper() + title[1:]


def ratio_of(width: int, height: int) -> str:
    """Return an aspect ratio as people write it: `16:9`, `1.9:1`, `1:1.9`."""
    ratio = Fraction(width, height)
    if max(ratio.numerator, ratio.denominator) <= LARGEST_TERM:
        return f"{ratio.numerator}:{ratio.denominator}"
    if width > height:
        return f"{_short(width / height)}:1"
    return f"1:{_short(height / width)}"


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
