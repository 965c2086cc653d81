"""The colours of a picture: one light, dyed by the colour words, that everything obeys."""

from dataclasses import dataclass

import numpy as np

from webapp.providers.sketch.arrays import Array
from webapp.providers.sketch.colour import dye, light, mix, oklab, ramp
from webapp.providers.sketch.vocabulary import COLOURS

_SKY_STOPS = (0.0, 0.38, 0.74, 1.0)
_SKY_DYE = (0.30, 0.48, 0.70, 0.62)  # how far a colour word reaches into each stop of the sky


@dataclass(frozen=True, slots=True)
class Light:
    """A time of day or a weather, as `#rrggbb` colours.

    `sky` runs from the zenith to the horizon. `haze` is the air between things, `near` the darkest
    thing close by. `sun_height` is how far down the sky the sun or moon stands, 0..1; `glow` is how
    strongly it lights the air around it.
    """

    sky: tuple[str, str, str, str]
    sun: str
    haze: str
    near: str
    sun_height: float
    glow: float
    dark: bool = False


LIGHTS = {
    "dawn": Light(
        ("#3b4a8c", "#8d7bb5", "#f0a6a0", "#ffd9a8"), "#fff0cf", "#e8b8b0", "#2a2440", 0.86, 1.0
    ),
    "day": Light(
        ("#1f5fae", "#4f97d6", "#a6d2ee", "#e6f3f5"), "#fffbe8", "#b9d6e2", "#1d3b33", 0.28, 0.45
    ),
    "golden": Light(
        ("#3f6fa8", "#8fb3c6", "#f3d7a0", "#ffc06a"), "#fff3cc", "#f0c58a", "#3a2a22", 0.74, 0.72
    ),
    "sunset": Light(
        ("#2a2a66", "#7a3f86", "#e8617a", "#ffb35c"), "#ffe9b8", "#d9788a", "#1f1430", 0.88, 1.2
    ),
    "dusk": Light(
        ("#12163a", "#343a78", "#8b5f9a", "#e39a8e"),
        "#ffd9b0",
        "#7d6a9c",
        "#0f1024",
        0.97,
        0.9,
        True,
    ),
    "night": Light(
        ("#050914", "#0b1730", "#16305a", "#2f5a85"),
        "#eef4ff",
        "#24446a",
        "#04070f",
        0.30,
        0.55,
        True,
    ),
    "aurora": Light(
        ("#04070f", "#081830", "#0d3346", "#1d5a5a"),
        "#eafff4",
        "#1b4a55",
        "#030810",
        0.25,
        0.3,
        True,
    ),
    "storm": Light(
        ("#161e2b", "#334356", "#667a8a", "#b6b6a8"), "#f2efe0", "#74868f", "#10181f", 0.5, 0.4
    ),
    "mist": Light(
        ("#7d9bb0", "#aec5cb", "#dcdfd4", "#f6e6d0"), "#fff8e4", "#cdd8d6", "#2e4650", 0.6, 0.32
    ),
    "neon": Light(
        ("#0a0620", "#2b0f57", "#8a1d8f", "#ff4fa3"),
        "#ffe1f7",
        "#6a2a8f",
        "#07041a",
        0.80,
        1.2,
        True,
    ),
    "space": Light(
        ("#03030a", "#070a1c", "#0d1230", "#141a40"),
        "#ffffff",
        "#1a2050",
        "#020208",
        0.4,
        0.3,
        True,
    ),
}


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours in Oklab, ready to mix; `pigments` are the colour words."""

    sky: tuple[Array, Array, Array, Array]
    sun: Array
    haze: Array
    near: Array
    glow: float
    dark: bool
    pigments: tuple[Array, ...]

    @property
    def sky_ramp(self) -> Array:
        """The sky from zenith to horizon, as a table of linear light."""
        return ramp(list(zip(_SKY_STOPS, self.sky, strict=True)))

    def at_distance(self, nearness: float) -> Array:
        """Return the Oklab colour of a shadow so near: 0 is all air, 1 right before the viewer."""
        return mix(self.haze, self.near, nearness)

    def hazed(self, colour: Array, nearness: float) -> Array:
        """Return an Oklab colour seen through the air: 0 is all air, 1 right before the viewer."""
        return mix(self.haze, colour, nearness)

    def dyed(self, colour: Array, share: float = 0.7) -> Array:
        """Return an Oklab colour pulled towards the first colour word, if there is one."""
        return dye(colour, self.pigments[0], share) if self.pigments else colour

    @property
    def sunlight(self) -> Array:
        """The sun's own light, linear."""
        return light(self.sun)

    @property
    def warm_light(self) -> Array:
        """Sunlight that came through the low air, linear."""
        return light(mix(self.sun, self.sky[3], 0.6))


def palette_of(light_name: str, colour_words: tuple[str, ...], strength: float = 1.0) -> Palette:
    """Return the palette of a light, dyed by the colour words as far as `strength` (0..1) says."""
    chosen = LIGHTS[light_name]
    pigments = tuple(oklab(COLOURS[word]) for word in colour_words)
    upper, lower = (pigments[-1], pigments[0]) if pigments else (None, None)
    stops = [
        _dyed(oklab(stop), upper if place < 2 else lower, share * strength)
        for place, (stop, share) in enumerate(zip(chosen.sky, _SKY_DYE, strict=True))
    ]
    return Palette(
        sky=(stops[0], stops[1], stops[2], stops[3]),
        sun=_dyed(oklab(chosen.sun), lower, 0.15 * strength),
        haze=_dyed(oklab(chosen.haze), lower, 0.45 * strength),
        near=_dyed(oklab(chosen.near), upper, 0.35 * strength),
        glow=chosen.glow,
        dark=chosen.dark,
        pigments=pigments,
    )


def _dyed(colour: Array, pigment: Array | None, share: float) -> Array:
    return np.asarray(colour) if pigment is None else dye(colour, pigment, share)
