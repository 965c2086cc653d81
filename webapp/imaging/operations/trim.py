"""Cut off a border of one colour."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from PIL import Image, ImageChops

from webapp.imaging.operations.base import Operation
from webapp.imaging.tokens import Number, Token, Values

_THRESHOLD = Number(0, 255)


@dataclass(frozen=True, slots=True)
class Trim(Operation):
    """Cut off what looks like the upper left pixel; `threshold` is how far a sample may be off.

    A picture that is all border stays as it is. How much is cut off is known only from pixels:
    `size` says what it is at most.
    """

    threshold: int = 10

    name: ClassVar[str] = "trim"
    tokens: ClassVar[tuple[Token, ...]] = (
        Token(
            "trim",
            (_THRESHOLD,),
            "Cut off the border that has the colour of the upper left corner, give or take N.",
            "trim_10",
        ),
    )

    @classmethod
    def of(cls, values: Values) -> Self | None:
        """Return the trim."""
        return cls(values["trim"]) if "trim" in values else None

    def key(self) -> str:
        """Return the canonical text."""
        return self.tokens[0].write(self.threshold)

    def box(self, image: Image.Image) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom of what is left, in pixels."""
        whole = (0, 0, *image.size)
        corner: Any = image.getpixel((0, 0))
        if image.mode == "RGBA" and corner[3] <= self.threshold:
            # Whatever colours lie hidden where nothing is seen.
            return _above(image.getchannel("A"), self.threshold) or whole
        ground = Image.new(image.mode, image.size, corner)
        bands = ImageChops.difference(image, ground).split()
        found = [box for band in bands if (box := _above(band, self.threshold))]
        if not found:
            return whole
        lefts, tops, rights, bottoms = zip(*found, strict=True)
        return min(lefts), min(tops), max(rights), max(bottoms)

    def apply(self, image: Image.Image) -> Image.Image:
        """Return the picture without its border."""
        box = self.box(image)
        return image if box == (0, 0, *image.size) else image.crop(box)


def _above(band: Image.Image, threshold: int) -> tuple[int, int, int, int] | None:
    return band.point([255 * (value > threshold) for value in range(256)]).getbbox()
