"""Put a colour behind a picture."""

from dataclasses import dataclass
from typing import ClassVar, Self

from PIL import Image

from webapp.imaging.operations.base import Operation
from webapp.imaging.tokens import Colour, Hue, Token, Values

_HUE = Hue()


@dataclass(frozen=True, slots=True)
class Background(Operation):
    """Paint a colour wherever the picture is transparent, the padding of `contain` included."""

    colour: Colour = (255, 255, 255, 255)

    name: ClassVar[str] = "background"
    tokens: ClassVar[tuple[Token, ...]] = (
        Token(
            "b",
            (_HUE,),
            "Put a colour behind what is transparent and into the padding of `fit_contain`; "
            "without it that is transparent, or white in a JPEG.",
            "b_ffeedd",
        ),
    )

    @classmethod
    def of(cls, values: Values) -> Self | None:
        """Return the step, None for a colour that can't be seen."""
        colour = values.get("b")
        return cls(colour) if colour is not None and colour[3] else None

    def key(self) -> str:
        """Return the canonical text."""
        return self.tokens[0].write(self.colour)

    def leaves_alpha(self, *, before: bool) -> bool:
        """Say whether the colour itself lets anything through."""
        return before and self.colour[3] < 255

    def apply(self, image: Image.Image) -> Image.Image:
        """Return the picture on the colour: RGB where that is opaque."""
        if image.mode != "RGBA":
            return image
        ground = Image.new("RGBA", image.size, self.colour)
        painted = Image.alpha_composite(ground, image)
        return painted.convert("RGB") if self.colour[3] == 255 else painted
