"""Antialiased silhouettes: polygons drawn large in black and white, then reduced."""

from collections.abc import Iterable
from math import ceil, cos, pi, sin

import numpy as np
from PIL import Image, ImageDraw

from webapp.providers.sketch.arrays import F32, Array
from webapp.providers.sketch.frame import Frame

Point = tuple[float, float]

_LEAST_ROWS = 1600  # small pictures are drawn this large too, so that thin shapes survive


class Stencil:
    """A mask that shapes are drawn on, in picture heights, below a top edge."""

    def __init__(self, frame: Frame, top: float = 0.0, bottom: float = 1.0) -> None:
        self.rows = frame.rows(max(0.0, top), min(1.0, bottom))
        self._factor = max(2, ceil(_LEAST_ROWS / frame.height))
        self._scale_x = frame.width / frame.aspect * self._factor
        self._scale_y = frame.height * self._factor
        self._first = self.rows.start * self._factor
        height = (self.rows.stop - self.rows.start) * self._factor
        self._mask = Image.new("L", (frame.width * self._factor, height), 0)
        self._draw = ImageDraw.Draw(self._mask)

    def polygon(self, points: Iterable[Point], tone: float = 1.0) -> None:
        """Fill a polygon; a tone below 1 leaves it translucent."""
        pixels = [(x * self._scale_x, y * self._scale_y - self._first) for x, y in points]
        self._draw.polygon(pixels, fill=round(tone * 255))

    def ellipse(self, centre: Point, across: float, down: float, tone: float = 1.0) -> None:
        """Fill an upright ellipse with these radii."""
        corners = max(8, min(48, round(across * self._scale_x)))
        turns = [2 * pi * corner / corners for corner in range(corners)]
        self.polygon(
            [(centre[0] + across * cos(turn), centre[1] + down * sin(turn)) for turn in turns], tone
        )

    def stroke(self, start: Point, end: Point, width: float, end_width: float) -> None:
        """Fill a straight stroke that runs from one width to another."""
        along, up = end[0] - start[0], end[1] - start[1]
        length = max((along * along + up * up) ** 0.5, 1e-9)
        across, down = -up / length / 2, along / length / 2
        self.polygon(
            [
                (start[0] + across * width, start[1] + down * width),
                (end[0] + across * end_width, end[1] + down * end_width),
                (end[0] - across * end_width, end[1] - down * end_width),
                (start[0] - across * width, start[1] - down * width),
            ]
        )

    def plane(self) -> Array:
        """Return the mask, 0..1, for the picture's `rows`."""
        return np.asarray(self._mask.reduce(self._factor), F32) * F32(1 / 255)
