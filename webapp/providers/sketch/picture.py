"""A picture while it is painted: its pixels, and what all the painters need to know."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from webapp.providers.sketch.arrays import F32, Array
from webapp.providers.sketch.frame import ALL_ROWS, Frame
from webapp.providers.sketch.noise import Generator
from webapp.providers.sketch.palette import LIGHTS, Palette, palette_of
from webapp.providers.sketch.words import Reading, stable_number

_SUN_PLACES = (0.24, 0.30, 0.36, 0.64, 0.70, 0.76)  # shares of the width, near the lines of thirds
_SUNLESS_LIGHTS = {"storm", "space"}
_MOON_LIGHTS = {"night", "aurora"}


@dataclass(frozen=True)
class Picture:
    """Pixels in linear light, (3, height, width), and the plan they follow.

    `horizon` and `sun` (x, y) are in picture heights. Painters change `image` in place.
    """

    frame: Frame
    reading: Reading
    palette: Palette
    seed: int
    horizon: float
    sun: tuple[float, float]
    image: Array

    @classmethod
    def blank(cls, reading: Reading, frame: Frame, seed: int, horizon: float) -> "Picture":
        """Return a black picture of the scene, light and colours that were read."""
        image = np.zeros((3, frame.height, frame.width), F32)
        # "red poppies" are red, not the sky above them.
        blooming = reading.wants("flowers") or reading.wants("furrows")
        palette = palette_of(reading.light, reading.colours, 0.12 if blooming else 1.0)
        rng = _stream(reading, seed, "sun")
        across = float(rng.choice(_SUN_PLACES) + np.clip(rng.normal(0, 0.02), -0.05, 0.05))
        down = LIGHTS[reading.light].sun_height * rng.uniform(0.88, 1.04)
        sun = across * frame.aspect, horizon * float(down)
        return cls(frame, reading, palette, seed, horizon, sun, image)

    def rng(self, stage: str) -> Generator:
        """Return random numbers of the stage's own, so that no stage can reshuffle another."""
        return _stream(self.reading, self.seed, stage)

    def chance(self, feature: str, share: float) -> bool:
        """Tell whether to paint a feature: when asked for, else in that share of all pictures."""
        if not self.reading.allows(feature):
            return False
        return self.reading.wants(feature) or self.rng(f"chance of {feature}").random() < share

    @property
    def moonlit(self) -> bool:
        """Whether the moon shines instead of the sun."""
        return self.reading.light in _MOON_LIGHTS or self.reading.wants("moon")

    @property
    def has_disc(self) -> bool:
        """Whether the sun or moon is in the sky; the Milky Way shows on moonless nights only."""
        if self.moonlit:
            hidden = self.reading.wants("milky way") and not self.reading.wants("moon")
            return self.reading.allows("moon") and not hidden
        return self.reading.light not in _SUNLESS_LIGHTS and self.reading.allows("sun")

    @property
    def sun_side(self) -> int:
        """1 when the light comes from the right, -1 from the left."""
        return 1 if self.sun[0] > self.frame.aspect / 2 else -1

    def from_sun(self, frame: Frame | None = None) -> Array:
        """Return each pixel's distance from the sun in picture heights."""
        frame = frame or self.frame
        return np.asarray(np.hypot(frame.x - F32(self.sun[0]), frame.y - F32(self.sun[1])), F32)

    def cover(
        self,
        alpha: Array,
        colour: Iterable[Array],
        rows: slice = ALL_ROWS,
        columns: slice = slice(None),
    ) -> None:
        """Lay a colour (three numbers or planes, linear) over the picture where alpha says."""
        for channel, ink in enumerate(colour):
            plane = self.image[channel, rows, columns]
            plane += alpha * (ink - plane)

    def shine(self, amount: Array, colour: Iterable[Array], rows: slice = ALL_ROWS) -> None:
        """Add light of a colour."""
        for channel, ink in enumerate(colour):
            self.image[channel, rows] += amount * ink

    def enlarge(self, soft: Array, rows: slice = ALL_ROWS) -> Array:
        """Enlarge a plane or image of a coarse frame to the picture's size, or some of its rows."""
        return self.frame.enlarge(soft, rows)


def _stream(reading: Reading, seed: int, stage: str) -> Generator:
    # Not the other words: with one seed, the same place can be seen in another light.
    return np.random.default_rng(stable_number(reading.scene, reading.salt, seed, stage))
