"""Turn a picture upside down, as a mirror on the floor does."""

from dataclasses import dataclass
from typing import ClassVar, Self

from PIL import Image

from webapp.imaging.operations.base import Operation
from webapp.imaging.tokens import Token, Values


@dataclass(frozen=True, slots=True)
class Flip(Operation):
    """Mirror the picture top to bottom."""

    name: ClassVar[str] = "flip"
    tokens: ClassVar[tuple[Token, ...]] = (
        Token("flip", (), "Mirror the picture top to bottom.", "flip"),
    )

    @classmethod
    def of(cls, values: Values) -> Self | None:
        """Return the step."""
        return cls() if "flip" in values else None

    def key(self) -> str:
        """Return the canonical text."""
        return self.name

    def apply(self, image: Image.Image) -> Image.Image:
        """Return the mirrored picture."""
        return image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
