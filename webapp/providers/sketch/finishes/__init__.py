"""Finishes: how a painted picture turns into another medium. A list you can read."""

from typing import Protocol

from webapp.providers.sketch.arrays import Array
from webapp.providers.sketch.finishes.low_poly import low_poly
from webapp.providers.sketch.finishes.oil import oil
from webapp.providers.sketch.finishes.stained_glass import stained_glass
from webapp.providers.sketch.finishes.watercolour import watercolour
from webapp.providers.sketch.finishes.woodblock import woodblock
from webapp.providers.sketch.frame import Frame
from webapp.providers.sketch.noise import Generator


class Finish(Protocol):
    """One medium."""

    def __call__(self, image: Array, frame: Frame, rng: Generator, touch: float = 1.0) -> Array:
        """Return an sRGB image (3, rows, columns) of 0..1 in this medium, for the frame.

        The image given may have another resolution than the frame: an original is always painted
        in the same one. `touch` is how large the marks are: 1 as usual, 0.5 half as wide.
        """
        ...


FINISHES: dict[str, Finish] = {
    "watercolour": watercolour,
    "oil": oil,
    "low-poly": low_poly,
    "stained glass": stained_glass,
    "print": woodblock,
}
"""By the names of the vocabulary."""
