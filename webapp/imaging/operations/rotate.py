"""Turn a picture by quarters."""

from dataclasses import dataclass
from typing import ClassVar, Self

from PIL import Image

from webapp.errors import InvalidError
from webapp.imaging.geometry import Size
from webapp.imaging.operations.base import Operation
from webapp.imaging.tokens import Choice, Token, Values

# Pillow turns against the clock, everybody else with it.
_TURNS = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Rotate(Operation):
    """Turn clockwise by 90, 180 or 270 degrees, after the resize: width and height change places.

    Raises InvalidError for another angle.
    """

    degrees: int = 90

    name: ClassVar[str] = "rotate"
    tokens: ClassVar[tuple[Token, ...]] = (
        Token(
            "rot",
            (Choice(tuple(map(str, _TURNS))),),
            "Turn the picture clockwise, once it has its size.",
            "rot_90",
        ),
    )

    def __post_init__(self) -> None:
        if self.degrees not in _TURNS:
            raise InvalidError(self.tokens[0].takes, code="invalid_rotation")

    @classmethod
    def of(cls, values: Values) -> Self | None:
        """Return the turn."""
        return cls(int(values["rot"])) if "rot" in values else None

    def key(self) -> str:
        """Return the canonical text."""
        return self.tokens[0].write(self.degrees)

    def size(self, size: Size) -> Size:
        """Return the sides, changed over by a quarter turn."""
        return size if self.degrees == 180 else (size[1], size[0])

    def apply(self, image: Image.Image) -> Image.Image:
        """Return the turned picture."""
        return image.transpose(_TURNS[self.degrees])
