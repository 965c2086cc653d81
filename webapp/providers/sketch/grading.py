"""Another light on a finished picture: what the words for lights and colours do to its colours."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from webapp.providers.sketch.arrays import F32, Array
from webapp.providers.sketch.colour import oklab
from webapp.providers.sketch.colour_table import Recolour
from webapp.providers.sketch.vocabulary import COLOURS

_STOPS = (0.12, 0.55, 0.92)  # lightness of shadows, middle and lights
_DYE = 0.72
_GREY = 0.03  # chroma; ivory and silver are above and below
_VIVID = 0.06  # chroma from which a colour of the picture begins to hold its own
_HELD = 0.45


@dataclass(frozen=True, slots=True)
class Grade:
    """A light as a film maker grades it.

    `tints` are the hues of shadows, middle and lights, `pull` how far colours go there (0..1).
    Lightness is raised to the power of `gamma` and then lies between `black` and `white`;
    `chroma` is how colourful what is left of the picture's own hues stays.
    """

    tints: tuple[str, str, str]
    pull: float
    gamma: float = 1.0
    black: float = 0.0
    white: float = 1.0
    chroma: float = 1.0


GRADES = {
    "dawn": Grade(("#4a4f92", "#c98fb0", "#ffd2b0"), 0.50, 0.94, 0.07, 1.0, 0.95),
    "day": Grade(("#2f5a86", "#8fb4c8", "#fff6dc"), 0.18, 0.86, 0.0, 1.0, 1.22),
    "golden": Grade(("#5a3a3c", "#d69a4e", "#ffdf9a"), 0.52, 0.97, 0.03, 1.0, 1.12),
    "sunset": Grade(("#3f2a70", "#d8607a", "#ffb765"), 0.60, 1.10, 0.02, 0.98, 1.08),
    "dusk": Grade(("#23286a", "#6f62ac", "#f0a8a0"), 0.62, 1.30, 0.02, 0.88, 0.85),
    "night": Grade(("#0c1c48", "#2d5590", "#bcd4f2"), 0.76, 1.70, 0.015, 0.77, 0.70),
    "aurora": Grade(("#0a1c40", "#178a80", "#a0ffd0"), 0.72, 1.45, 0.01, 0.86, 0.75),
    "storm": Grade(("#1c2c40", "#6f8090", "#dcdccb"), 0.55, 1.18, 0.02, 0.90, 0.55),
    "mist": Grade(("#7890a2", "#b4c4c8", "#f2eee0"), 0.50, 0.86, 0.26, 0.97, 0.60),
    "neon": Grade(("#2a0f66", "#c02aa8", "#7af0ff"), 0.70, 1.35, 0.02, 0.95, 1.15),
}
"""By the names of the vocabulary; what the picture shows was lit by daylight or not at all."""


def relit(light: str) -> Recolour:
    """Return what puts a picture into one of the lights."""
    grade = GRADES[light]
    hues = np.array([oklab(colour)[1:] for colour in grade.tints])

    def recolour(lab: Array) -> Array:
        lightness = grade.black + (grade.white - grade.black) * np.clip(lab[0], 0, 1) ** grade.gamma
        own = lab[1:] * F32(grade.chroma) * _dimmed(lightness, lab[0])
        return _pulled(lightness, own, hues, grade.pull)

    return recolour


def dyed(colour_words: Sequence[str]) -> Recolour:
    """Return what tones a picture: with two colours the darker one goes into the shadows."""
    pigments = sorted((oklab(COLOURS[word]) for word in colour_words), key=lambda lab: lab[0])
    shadow, bright = pigments[0][1:], pigments[-1][1:]
    hues = np.array([shadow * 0.7, shadow * 0.6 + bright * 0.4, bright * 0.7])
    # Asked for black and white, nobody wants a trace of colour.
    is_grey = max(np.hypot(*pigment[1:]) for pigment in pigments) < _GREY

    def recolour(lab: Array) -> Array:
        if is_grey:
            return np.asarray(lab * np.array([[1], [0], [0]], F32))
        return _pulled(lab[0], lab[1:], hues, _DYE)

    return recolour


def _pulled(lightness: Array, own: Array, hues: Array, share: float) -> Array:
    """Return Oklab colours whose hues went towards those of their lightness."""
    tint = np.stack([np.interp(lightness, _STOPS, channel) for channel in hues.T])
    # Black and white take no colour: a tinted white would look like a filter before the picture.
    tint *= np.clip(np.minimum(lightness / 0.22, (1.04 - lightness) / 0.16), 0, 1)
    chroma = np.hypot(own[0], own[1])
    # A lamp stays warm at night: what is bright and colourful gives way less.
    held = _HELD * np.clip((chroma - _VIVID) / 0.12, 0, 1) * np.clip((lightness - 0.45) / 0.3, 0, 1)
    pull = share * (1 - held)
    return np.asarray(np.stack([lightness, *(own + (tint - own) * pull)]), F32)


def _dimmed(lightness: Array, before: Array) -> Array:
    """Return how much chroma colours keep when they get darker: as much as they can show."""
    return np.clip((lightness + 0.05) / (before + 0.05), 0.35, 1.0)
