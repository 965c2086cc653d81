"""Turn a picture into its negative."""

from dataclasses import dataclass
from typing import ClassVar, Self

from PIL import Image, ImageChops

from webapp.imaging.colour import with_alpha_of
from webapp.imaging.operations.base import Operation
from webapp.imaging.tokens import Token, Values


@dataclass(frozen=True, slots=True)
class Invert(Operation):
    """Turn every colour into its opposite; what is transparent stays so."""

    name: ClassVar[str] = "invert"
    tokens: ClassVar[tuple[Token, ...]] = (
        Token("invert", (), "Turn every colour into its opposite, as in a negative.", "invert"),
    )

    @classmethod
    def of(cls, values: Values) -> Self | None:
        """Return the step."""
        return cls() if "invert" in values else None

    def key(self) -> str:
        """Return the canonical text."""
        return self.name

    def apply(self, image: Image.Image) -> Image.Image:
        """Return the negative."""
        opaque = image.convert("RGB") if image.mode == "RGBA" else image
        return with_alpha_of(image, ImageChops.invert(opaque))
