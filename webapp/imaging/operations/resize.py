"""Make a picture smaller: inside a box, or filling it around a focal point."""

import math
from dataclasses import dataclass
from typing import Literal

from PIL import Image

from webapp.errors import InvalidError
from webapp.imaging.geometry import (
    MIDDLE,
    Point,
    Region,
    Size,
    cover_region,
    fit_cover,
    fit_inside,
)

Fit = Literal["inside", "cover"]

FITS: tuple[Fit, ...] = ("inside", "cover")
MAX_SIDE = 4096
REDUCING_GAP = 2.0
"""How much larger than the target a quick first shrink may leave the picture."""

_FLOAT_NOISE = 1e-6
_WHOLE: Region = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Resample:
    """A resize worked out for one picture: a region, in shares of 0 to 1, and its exact size."""

    size: Size
    region: Region = _WHOLE
    name: str = "resize"

    def key(self) -> str:
        """Return the step's part of a cache key."""
        edges = "_".join(f"{edge:.6f}" for edge in self.region)
        return f"resample_{self.size[0]}x{self.size[1]}_{edges}"

    def apply(self, image: Image.Image) -> Image.Image:
        """Return the region in its new size."""
        if image.size == self.size and self.region == _WHOLE:
            return image
        left, top, right, bottom = self.region
        box = left * image.width, top * image.height, right * image.width, bottom * image.height
        return image.resize(self.size, Image.Resampling.LANCZOS, box=box, reducing_gap=REDUCING_GAP)

    def enough(self) -> Size:
        """Return the size of the whole picture from which this result is still sharp."""
        left, top, right, bottom = self.region
        width = REDUCING_GAP * self.size[0] / (right - left)
        height = REDUCING_GAP * self.size[1] / (bottom - top)
        return math.ceil(width - _FLOAT_NOISE), math.ceil(height - _FLOAT_NOISE)


@dataclass(frozen=True, slots=True)
class Resize:
    """Fit a picture into `width` x `height` pixels; a side that is `None` follows the ratio.

    `inside` keeps the whole picture; `cover` fills the box exactly and cuts off what hangs over,
    keeping `focal` in sight. A picture is never made larger, unless `enlarge` is on.
    Raises InvalidError for a size or focal point out of bounds.
    """

    width: int | None = None
    height: int | None = None
    fit: Fit = "inside"
    focal: Point = MIDDLE
    enlarge: bool = False
    name: str = "resize"

    def __post_init__(self) -> None:
        sides = [side for side in (self.width, self.height) if side is not None]
        if not sides or not all(1 <= side <= MAX_SIDE for side in sides):
            message = f"A size is 1 to {MAX_SIDE} pixels a side."
            raise InvalidError(message, code="invalid_size")
        if self.fit not in FITS:
            message = f"A picture fits {' or '.join(FITS)}, not {self.fit}."
            raise InvalidError(message, code="invalid_fit")
        if not all(0 <= share <= 1 for share in self.focal):
            message = "A focal point is two numbers from 0 to 1."
            raise InvalidError(message, code="invalid_focal_point")

    def key(self) -> str:
        """Return the step's part of a cache key."""
        box = f"{self.width or ''}x{self.height or ''}"
        focal = f"_fp_{self.focal[0]:g}_{self.focal[1]:g}" if self.fit == "cover" else ""
        return f"{self.name}_{box}_{self.fit}{focal}{'_enlarge' if self.enlarge else ''}"

    def on(self, size: Size) -> Resample:
        """Return what this resize means for a picture of `size`."""
        if self.fit == "inside" or self.width is None or self.height is None:
            return Resample(fit_inside(size, (self.width, self.height), enlarge=self.enlarge))
        target = fit_cover(size, (self.width, self.height), enlarge=self.enlarge)
        left, top, right, bottom = cover_region(size, target, self.focal)
        width, height = size
        return Resample(target, (left / width, top / height, right / width, bottom / height))

    def apply(self, image: Image.Image) -> Image.Image:
        """Return the resized picture."""
        return self.on(image.size).apply(image)
