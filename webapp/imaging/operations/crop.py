"""Cut a part out of a picture."""

from dataclasses import dataclass
from typing import ClassVar, Self

from PIL import Image

from webapp.errors import InvalidError
from webapp.imaging.geometry import Size
from webapp.imaging.operations.base import Operation
from webapp.imaging.tokens import Pattern, Token, Values

MOST_PIXELS = 65_535
"""The bound of each number of a crop in pixels."""

_PLACES = 6
_NUMBER = r"[0-9]{1,5}(\.[0-9]{1,8})?"


@dataclass(frozen=True, slots=True)
class Crop(Operation):
    """Keep a rectangle: pixels of the upright original, or shares of its sides from 0 to 1.

    What lies outside the picture is cut off. Raises InvalidError for a rectangle out of bounds.
    """

    left: float
    top: float
    width: float
    height: float
    in_shares: bool = False

    name: ClassVar[str] = "crop"
    tokens: ClassVar[tuple[Token, ...]] = (
        Token(
            "crop",
            tuple(
                Pattern(
                    _NUMBER, form, "pixels of the original from 0 to 65535, or shares of 0.0 to 1.0"
                )
                for form in "XYWH"
            ),
            "Keep the rectangle that begins at X, Y: in pixels of the original, or, where any of "
            "the numbers has a point, in shares of its sides.",
            "crop_0.25_0_0.5_1",
        ),
    )

    def __post_init__(self) -> None:
        numbers = (self.left, self.top, self.width, self.height)
        most = 1 if self.in_shares else MOST_PIXELS
        sound = all(0 <= number <= most for number in numbers) and self.width and self.height
        if self.in_shares:
            # Rounded numbers may add up to a little more than the whole.
            beyond = max(self.left + self.width, self.top + self.height)
            sound = sound and beyond <= 1 + 10**-_PLACES
        if not sound:
            message = f"{self.tokens[0].takes} The rectangle may not be empty."
            raise InvalidError(message, code="invalid_crop")

    @classmethod
    def of(cls, values: Values) -> Self | None:
        """Return the crop, None for one that keeps everything."""
        texts = values.get("crop")
        if texts is None:
            return None
        in_shares = any("." in text for text in texts)
        left, top, width, height = (round(float(text), _PLACES) for text in texts)
        crop = cls(left, top, width, height, in_shares)
        return None if in_shares and (crop.width, crop.height) == (1, 1) else crop

    def key(self) -> str:
        """Return the canonical text; shares keep at least one point."""
        numbers = (self.left, self.top, self.width, self.height)
        texts = [f"{number:.{_PLACES}f}".rstrip("0").rstrip(".") for number in numbers]
        if self.in_shares and not any("." in text for text in texts):
            texts[0] += ".0"
        return "_".join((self.name, *texts))

    def box(self, size: Size) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom in whole pixels of a picture of `size`.

        Raises InvalidError (`invalid_ops`) where they lie outside it.
        """
        across, down = size if self.in_shares else (1, 1)
        left, top = int(self.left * across + 0.5), int(self.top * down + 0.5)
        right = min(int((self.left + self.width) * across + 0.5), size[0])
        bottom = min(int((self.top + self.height) * down + 0.5), size[1])
        if self.in_shares:
            # A share is never so small that nothing is left of it.
            left, top = min(left, size[0] - 1), min(top, size[1] - 1)
            right, bottom = max(right, left + 1), max(bottom, top + 1)
        if left >= right or top >= bottom:
            message = (
                f"{self.key()} lies outside the picture, which has {size[0]} x {size[1]} pixels."
            )
            raise InvalidError(message, code="invalid_ops")
        return left, top, right, bottom

    def size(self, size: Size) -> Size:
        """Return the size of the rectangle."""
        left, top, right, bottom = self.box(size)
        return right - left, bottom - top

    def apply(self, image: Image.Image) -> Image.Image:
        """Return the rectangle alone."""
        return image.crop(self.box(image.size))
