"""Take the colours out of a picture."""

from dataclasses import dataclass
from typing import ClassVar, Self

from PIL import Image

from webapp.imaging.colour import with_alpha_of
from webapp.imaging.operations.base import Operation
from webapp.imaging.tokens import Token, Values


@dataclass(frozen=True, slots=True)
class Gray(Operation):
    """Keep the lightness alone; what is transparent stays so."""

    name: ClassVar[str] = "gray"
    tokens: ClassVar[tuple[Token, ...]] = (Token("gray", (), "Take the colours out.", "gray"),)

    @classmethod
    def of(cls, values: Values) -> Self | None:
        """Return the step."""
        return cls() if "gray" in values else None

    def key(self) -> str:
        """Return the canonical text."""
        return self.name

    def apply(self, image: Image.Image) -> Image.Image:
        """Return the picture in mode L, or RGBA where it was that."""
        return with_alpha_of(image, image.convert("L"))
