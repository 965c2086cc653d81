"""What several finishes share: softened originals, paper, drawing large in colour."""

from collections.abc import Iterable
from math import ceil

import numpy as np
from PIL import Image, ImageDraw

from webapp.providers.sketch.arrays import F32, Array
from webapp.providers.sketch.frame import Frame
from webapp.providers.sketch.noise import Generator, field
from webapp.providers.sketch.raster import resize
from webapp.providers.sketch.stencil import Point

_LEAST_ROWS = 1600
_PAPER_ROWS = 900


def softened(image: Array, frame: Frame, rows: int) -> Array:
    """Return the image without details finer than a coarse frame of so many rows."""
    return resize(resize(image, *frame.soft(rows).size), *frame.size)


def paper(frame: Frame, rng: Generator) -> tuple[Array, Array]:
    """Return the grain of rough paper (0..1), and the light on it from above, around 0."""
    soft = frame.soft(_PAPER_ROWS)
    grain = field(rng, soft, 190, 2, 0.6)
    light = np.gradient(grain, axis=0)
    return resize(grain, *frame.size), resize((light / light.std()).astype(F32), *frame.size)


class Easel:
    """A canvas that filled shapes are drawn on in sRGB, larger than the picture, then reduced."""

    def __init__(self, under: Array, frame: Frame) -> None:
        self._factor = max(2, ceil(_LEAST_ROWS / frame.height))
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
        reduced = np.asarray(self._canvas.reduce(self._factor))
        return np.stack([reduced[..., channel].astype(F32) for channel in range(3)]) * F32(1 / 255)


def as_pillow(image: Array) -> Image.Image:
    """Return an image (3, height, width) of 0..1 in Pillow's own form."""
    pixels = np.empty((*image.shape[1:], 3), np.uint8)
    for channel, plane in enumerate(image):
        pixels[..., channel] = np.clip(plane * 255 + F32(0.5), 0, 255)
    return Image.fromarray(pixels)
