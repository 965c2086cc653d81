"""Change left and right, as a mirror on the wall does."""

from dataclasses import dataclass
from typing import ClassVar, Self

from PIL import Image

from webapp.imaging.operations.base import Operation
from webapp.imaging.tokens import Token, Values


@dataclass(frozen=True, slots=True)
class Flop(Operation):
    """Mirror the picture left to right."""

    name: ClassVar[str] = "flop"
    tokens: ClassVar[tuple[Token, ...]] = (
        Token("flop", (), "Mirror the picture left to right.", "flop"),
    )

    @classmethod
    def of(cls, values: Values) -> Self | None:
        """Return the step."""
        return cls() if "flop" in values else None

    def key(self) -> str:
        """Return the canonical text."""
        return self.name

    def apply(self, image: Image.Image) -> Image.Image:
        """Return the mirrored picture."""
        return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
