"""A resize worked out for one picture: which part of it, at which size, on which canvas."""

import math
from dataclasses import dataclass

from PIL import Image

from webapp.imaging.geometry import WHOLE, Region, Size

REDUCING_GAP = 2.0
"""How much larger than the target a quick first shrink may leave the picture."""

FILTER = Image.Resampling.BICUBIC
"""A third cheaper than Lanczos. In small pictures it gives 3 % fewer bytes and an SSIM that is
.002 lower, without the ringing."""

_FLOAT_NOISE = 1e-6


@dataclass(frozen=True, slots=True)
class Resample:
    """A region, in shares of 0 to 1, its exact size, and the canvas that it is centred on."""

    size: Size
    region: Region = WHOLE
    canvas: Size | None = None

    @property
    def result(self) -> Size:
        """The width and height in pixels, with the canvas."""
        return self.canvas or self.size

    def key(self) -> str:
        """Return text that is the same exactly when the work is."""
        edges = "_".join(f"{edge:.6f}" for edge in self.region)
        width, height = self.result
        return f"resample_{self.size[0]}x{self.size[1]}_{edges}_{width}x{height}"

    def apply(self, image: Image.Image) -> Image.Image:
        """Return the region in its new size, transparent around it where the canvas is larger."""
        return self.padded(self.scaled(image))

    def enough(self, gap: float = REDUCING_GAP) -> Size:
        """Return the size of the whole picture from which this result is still sharp."""
        left, top, right, bottom = self.region
        width = gap * self.size[0] / (right - left)
        height = gap * self.size[1] / (bottom - top)
        return math.ceil(width - _FLOAT_NOISE), math.ceil(height - _FLOAT_NOISE)

    def scaled(self, image: Image.Image) -> Image.Image:
        """Return the region in its new size, in whatever colours the picture has."""
        if image.size == self.size and self.region == WHOLE:
            return image
        box = self._box(image.size)
        exact = tuple(round(edge) for edge in box)
        if all(abs(edge - whole) < _FLOAT_NOISE for edge, whole in zip(box, exact, strict=True)):
            left, top, right, bottom = exact
            if (right - left, bottom - top) == self.size:
                return image.crop((left, top, right, bottom))
        return image.resize(self.size, FILTER, box=box, reducing_gap=REDUCING_GAP)

    def padded(self, image: Image.Image) -> Image.Image:
        """Return the picture in the middle of its canvas, RGBA where there is padding."""
        if self.canvas is None or self.canvas == image.size:
            return image
        ground = Image.new("RGBA", self.canvas, (0, 0, 0, 0))
        left, top = ((room - side) // 2 for room, side in zip(self.canvas, image.size, strict=True))
        ground.paste(
            image if image.mode in {"L", "RGB", "RGBA"} else image.convert("RGB"), (left, top)
        )
        return ground

    def _box(self, size: Size) -> Region:
        left, top, right, bottom = self.region
        width, height = size
        # A share times a side may come out a hair beyond the side.
        return left * width, top * height, min(right * width, width), min(bottom * height, height)
