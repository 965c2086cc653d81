"""Make a picture soft."""

from dataclasses import dataclass
from typing import ClassVar, Self

from PIL import Image, ImageFilter

from webapp.imaging.operations.base import Operation
from webapp.imaging.tokens import Number, Token, Values

_RADIUS = Number(0, 100, places=2, unit="pixels")


@dataclass(frozen=True, slots=True)
class Blur(Operation):
    """Blur by a Gaussian of `radius` pixels (its standard deviation); its cost does not grow."""

    radius: float = 5

    name: ClassVar[str] = "blur"
    tokens: ClassVar[tuple[Token, ...]] = (
        Token("blur", (_RADIUS,), "Blur by N pixels of the result.", "blur_5"),
    )

    @classmethod
    def of(cls, values: Values) -> Self | None:
        """Return the step, None for no blur at all."""
        return cls(values["blur"]) if values.get("blur") else None

    def key(self) -> str:
        """Return the canonical text."""
        return self.tokens[0].write(self.radius)

    def apply(self, image: Image.Image) -> Image.Image:
        """Return the blurred picture; hidden colours do not shine through."""
        soft = ImageFilter.GaussianBlur(self.radius)
        if image.mode != "RGBA":
            return image.filter(soft)
        return image.convert("RGBa").filter(soft).convert("RGBA")
