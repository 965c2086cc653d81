"""Make a picture out of large squares."""

from dataclasses import dataclass
from typing import ClassVar, Self

from PIL import Image

from webapp.imaging.operations.base import Operation
from webapp.imaging.tokens import Number, Token, Values

_SIDE = Number(1, 512, unit="pixels")


@dataclass(frozen=True, slots=True)
class Pixelate(Operation):
    """Give every square of `side` pixels the mean of its colours."""

    side: int = 8

    name: ClassVar[str] = "pixelate"
    tokens: ClassVar[tuple[Token, ...]] = (
        Token(
            "pix", (_SIDE,), "Show squares of N pixels of the result instead of detail.", "pix_8"
        ),
    )

    @classmethod
    def of(cls, values: Values) -> Self | None:
        """Return the step, None for squares of a single pixel."""
        return cls(values["pix"]) if values.get("pix", 1) > 1 else None

    def key(self) -> str:
        """Return the canonical text."""
        return self.tokens[0].write(self.side)

    def apply(self, image: Image.Image) -> Image.Image:
        """Return the picture in squares, those at the right and bottom edges cut off."""
        few = image.reduce(self.side)
        width, height = few.width * self.side, few.height * self.side
        return few.resize((width, height), Image.Resampling.NEAREST).crop((0, 0, *image.size))
