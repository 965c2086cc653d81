"""The frame of a picture: where its pixels are, in units that know no pixels.

Everything is measured in picture heights: y runs from 0 (top) to 1 (bottom), x from 0 (left) to the
aspect ratio (right). A shape of these coordinates is the same at every resolution.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from webapp.providers.sketch.arrays import F32, Array
from webapp.providers.sketch.raster import resize
from webapp.providers.sketch.sizes import true_aspect

ALL_ROWS = slice(None)
_PANORAMA = 21 / 9  # wider than this


@dataclass(frozen=True)
class Frame:
    """A grid of pixels: `width` by `height`, `aspect` picture heights wide."""

    width: int
    height: int
    aspect: float

    @classmethod
    def of(cls, width: int, height: int) -> "Frame":
        """Return the frame of a picture with so many pixels."""
        return cls(width, height, true_aspect(width, height))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.width, self.height

    @cached_property
    def x(self) -> Array:
        """Where the columns' centres are, as (1, width), from 0 to the aspect ratio."""
        return ((np.arange(self.width, dtype=F32) + F32(0.5)) * F32(self.aspect / self.width))[None]

    @cached_property
    def y(self) -> Array:
        """Where the rows' centres are, as (height, 1), from 0 to 1."""
        return ((np.arange(self.height, dtype=F32) + F32(0.5)) / F32(self.height))[:, None]

    @property
    def pixel(self) -> float:
        """The height of a pixel."""
        return 1 / self.height

    @property
    def unit(self) -> float:
        """The natural size of things: 1 in landscape, less where a narrow frame would cut them.

        It is more in a panorama, where the height alone says little about how large a picture is.
        """
        return float(min(1.0, self.aspect**0.5) * max(1.0, (self.aspect / _PANORAMA) ** 0.5))

    def rows(self, top: float, bottom: float = 1.0) -> slice:
        """Return the rows from y = `top` to y = `bottom`, one more on either side."""
        first = int(np.clip(np.floor(top * self.height) - 1, 0, self.height - 1))
        last = int(np.clip(np.ceil(bottom * self.height) + 1, first + 1, self.height))
        return slice(first, last)

    def columns(self, left: float, right: float) -> slice:
        """Return the columns from x = `left` to x = `right`, one more on either side."""
        scale = self.width / self.aspect
        first = int(np.clip(np.floor(left * scale) - 1, 0, self.width - 1))
        last = int(np.clip(np.ceil(right * scale) + 1, first + 1, self.width))
        return slice(first, last)

    def across(self, line: Array) -> Array:
        """Resample a line that spans the frame to one value a column, as (width,)."""
        return np.asarray(resize(line[None], self.width, 1)[0], F32)

    def enlarge(self, plane: Array, rows: slice = ALL_ROWS) -> Array:
        """Stretch a plane or image that spans the frame to its pixels, or to some of its rows."""
        first, last, _ = rows.indices(self.height)
        if plane.shape[-2:] == (self.height, self.width):
            return plane[..., first:last, :]
        scale = plane.shape[-2] / self.height
        box = (0, first * scale, plane.shape[-1], last * scale)
        return resize(plane, self.width, last - first, box)

    def soft(self, height: float) -> "Frame":
        """Return a coarse frame of the same shape, for things without sharp edges.

        It has the same number of pixels at every resolution: about the square of `height`.
        """
        rows = max(8, round(height / self.aspect**0.5))
        return Frame(max(8, round(rows * self.aspect)), rows, self.aspect)
