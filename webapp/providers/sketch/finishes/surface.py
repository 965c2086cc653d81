"""What several finishes share: softened originals, paper, drawing large in colour."""

from collections.abc import Iterable
from math import ceil

import numpy as np
from PIL import Image, ImageDraw

from webapp.providers.sketch.arrays import F32, Array
from webapp.providers.sketch.frame import Frame
from webapp.providers.sketch.noise import Generator, field
from webapp.providers.sketch.pillow import as_array, as_pillow
from webapp.providers.sketch.raster import resize
from webapp.providers.sketch.stencil import Point

_LEAST_ROWS = 1600
_PAPER_ROWS = 900


def softened(image: Array, frame: Frame, rows: float) -> Array:
    """Return the image without details finer than a coarse frame of so many rows."""
    return resize(resize(image, *frame.soft(rows).size), *frame.size)


def paper(frame: Frame, rng: Generator) -> tuple[Array, Array]:
    """Return the grain of rough paper (0..1), and the light on it from above, around 0."""
    soft = frame.soft(_PAPER_ROWS)
    grain = field(rng, soft, 190 / frame.unit, 2, 0.6)
    light = np.gradient(grain, axis=0)
    return resize(grain, *frame.size), resize((light / light.std()).astype(F32), *frame.size)


class Easel:
    """A canvas that filled shapes are drawn on in sRGB, larger than the picture, then reduced."""

    def __init__(self, under: Array, frame: Frame) -> None:
        self._factor = max(2, ceil(_LEAST_ROWS / (frame.height * max(1.0, frame.unit))))
        size = frame.width * self._factor, frame.height * self._factor
        self._scale_x, self._scale_y = size[0] / frame.aspect, size[1]
        self._canvas = as_pillow(under).resize(size, Image.Resampling.NEAREST)
        self._draw = ImageDraw.Draw(self._canvas)

    def polygon(self, points: Iterable[Point], colour: Iterable[float]) -> None:
        """Fill a polygon, in picture heights, with an sRGB colour of 0..1."""
        red, green, blue = (round(min(1.0, max(0.0, channel)) * 255) for channel in colour)
        pixels = [(x * self._scale_x, y * self._scale_y) for x, y in points]
        self._draw.polygon(pixels, fill=(red, green, blue))

    def image(self) -> Array:
        """Return what was drawn, at the picture's size."""
        return as_array(self._canvas.reduce(self._factor))
