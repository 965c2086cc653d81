"""Make a picture crisp."""

from dataclasses import dataclass
from typing import ClassVar, Self

from PIL import Image, ImageFilter

from webapp.imaging.colour import with_alpha_of
from webapp.imaging.operations.base import Operation
from webapp.imaging.tokens import Number, Token, Values

_RADIUS = Number(0, 10, places=2, unit="pixels")
_PERCENT, _THRESHOLD = 100, 2


@dataclass(frozen=True, slots=True)
class Sharpen(Operation):
    """Unsharp masking with a `radius` in pixels; what is nearly flat is left alone."""

    radius: float = 1

    name: ClassVar[str] = "sharpen"
    tokens: ClassVar[tuple[Token, ...]] = (
        Token("sharpen", (_RADIUS,), "Sharpen edges over N pixels of the result.", "sharpen_1"),
    )

    @classmethod
    def of(cls, values: Values) -> Self | None:
        """Return the step, None for no sharpening at all."""
        return cls(values["sharpen"]) if values.get("sharpen") else None

    def key(self) -> str:
        """Return the canonical text."""
        return self.tokens[0].write(self.radius)

    def apply(self, image: Image.Image) -> Image.Image:
        """Return the sharpened picture; its transparency stays as it is."""
        opaque = image.convert("RGB") if image.mode == "RGBA" else image
        mask = ImageFilter.UnsharpMask(self.radius, _PERCENT, _THRESHOLD)
        return with_alpha_of(image, opaque.filter(mask))
