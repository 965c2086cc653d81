"""Lay a named picture over another."""

from dataclasses import dataclass
from typing import ClassVar, Self

from PIL import Image

from webapp.errors import InvalidError
from webapp.imaging.geometry import Point, Size, fit_inside
from webapp.imaging.operations.base import Operation, Pictures
from webapp.imaging.tokens import Choice, Number, Pattern, Token, Values

PLACES: dict[str, Point] = {
    "nw": (0, 0),
    "n": (0.5, 0),
    "ne": (1, 0),
    "w": (0, 0.5),
    "c": (0.5, 0.5),
    "e": (1, 0.5),
    "sw": (0, 1),
    "s": (0.5, 1),
    "se": (1, 1),
}
"""Where a watermark can lie, by the points of the compass: the share of the room before it."""

_MARGIN = 0.03


@dataclass(frozen=True, slots=True)
class Watermark(Operation):
    """Lay the picture called `mark` over another, at one of nine places near the edge.

    `opacity` is in percent, `scale` the part of the picture's sides that it may take, in percent.
    """

    mark: str
    place: str = "se"
    opacity: int = 50
    scale: int = 25

    name: ClassVar[str] = "watermark"
    tokens: ClassVar[tuple[Token, ...]] = (
        Token(
            "wm",
            (
                Pattern("[a-z0-9][a-z0-9-]{0,31}", "NAME", "the name of a watermark"),
                Choice(tuple(PLACES)),
                Number(1, 100, form="OPACITY", unit="percent"),
                Number(1, 100, form="SCALE", unit="percent"),
            ),
            "Lay the watermark NAME over the picture: at a point of the compass (se), with an "
            "opacity (50) and within a share of the sides (25), both in percent.",
            "wm_logo_se_50_25",
            optional=3,
        ),
    )

    @classmethod
    def of(cls, values: Values) -> Self | None:
        """Return the step."""
        return cls(*values["wm"]) if "wm" in values else None

    def key(self) -> str:
        """Return the canonical text, without the last values that are the usual ones."""
        values = [self.mark, self.place, self.opacity, self.scale]
        usual = [None, "se", 50, 25]
        while values[-1] == usual[len(values) - 1]:
            values.pop()
        return self.tokens[0].write(*values)

    def equipped(self, pictures: Pictures) -> Operation:
        """Return the step with its picture; raises InvalidError (`unknown_watermark`)."""
        if self.mark not in pictures:
            message = f"There is no watermark called {self.mark!r}."
            raise InvalidError(message, code="unknown_watermark")
        return Stamp(self, pictures[self.mark])

    def apply(self, image: Image.Image) -> Image.Image:
        """Refuse: without its picture, there is nothing to lay over."""
        return self.equipped({}).apply(image)

    def size_on(self, mark: Size, picture: Size) -> Size:
        """Return the size of a mark on a picture, both in pixels."""
        room = [max(1, side * self.scale // 100) for side in picture]
        return fit_inside(mark, (room[0], room[1]), enlarge=True)

    def corner_on(self, mark: Size, picture: Size) -> tuple[int, int]:
        """Return where the mark's upper left corner comes to lie, in pixels."""
        margin = int(min(picture) * _MARGIN)
        left, top = (
            min(max(int((whole - part) * share + 0.5), margin), max(whole - part - margin, 0))
            for whole, part, share in zip(picture, mark, PLACES[self.place], strict=True)
        )
        return left, top


@dataclass(frozen=True, slots=True)
class Stamp(Operation):
    """A watermark together with its picture."""

    watermark: Watermark
    picture: Image.Image

    name: ClassVar[str] = "watermark"

    def key(self) -> str:
        """Return the watermark's text; the picture's content is the caller's to know."""
        return self.watermark.key()

    def apply(self, image: Image.Image) -> Image.Image:
        """Return the picture with the mark on it."""
        size = self.watermark.size_on(self.picture.size, image.size)
        mark = self.picture.convert("RGBA").resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
        opacity = self.watermark.opacity
        mark.putalpha(mark.getchannel("A").point([value * opacity // 100 for value in range(256)]))
        layer = Image.new("RGBA", image.size)
        layer.paste(mark, self.watermark.corner_on(size, image.size))
        stamped = Image.alpha_composite(image.convert("RGBA"), layer)
        return stamped if image.mode == "RGBA" else stamped.convert("RGB")
