"""Finishes: how a painted picture turns into another medium. A list you can read."""

from collections.abc import Callable

from webapp.providers.sketch.arrays import Array
from webapp.providers.sketch.finishes.low_poly import low_poly
from webapp.providers.sketch.finishes.oil import oil
from webapp.providers.sketch.finishes.stained_glass import stained_glass
from webapp.providers.sketch.finishes.watercolour import watercolour
from webapp.providers.sketch.finishes.woodblock import woodblock
from webapp.providers.sketch.frame import Frame
from webapp.providers.sketch.noise import Generator

Finish = Callable[[Array, Frame, Generator], Array]
"""Takes an sRGB image (3, rows, columns) of 0..1, a frame and random numbers; returns an image for
that frame. The two may differ in resolution: an original is always painted in the same one."""

FINISHES: dict[str, Finish] = {
    "watercolour": watercolour,
    "oil": oil,
    "low-poly": low_poly,
    "stained glass": stained_glass,
    "print": woodblock,
}
"""By the names of the vocabulary."""
