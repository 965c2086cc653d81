"""Finishes: how a painted picture is turned into another medium. A list you can read."""

from collections.abc import Callable

from webapp.providers.sketch.arrays import Array
from webapp.providers.sketch.frame import Frame
from webapp.providers.sketch.noise import Generator

Finish = Callable[[Array, Frame, Generator], Array]
"""Takes an sRGB image (3, height, width) of 0..1, its frame and random numbers; returns another."""

FINISHES: dict[str, Finish] = {}
