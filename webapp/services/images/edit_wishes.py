"""What shall be done to a picture: the box that is kept, a shape, turns and mirrors."""

from dataclasses import dataclass

from webapp.errors import InvalidError
from webapp.imaging.geometry import MIDDLE, Point, Size, cover_region, point_within, shares
from webapp.imaging.operations.base import Operation
from webapp.imaging.operations.crop import Crop
from webapp.imaging.operations.flip import Flip
from webapp.imaging.operations.flop import Flop
from webapp.imaging.operations.rotate import Rotate

RATIOS = ("1:1", "4:3", "3:2", "16:9", "3:4", "2:3", "9:16")
TURNS = (0, 90, 180, 270)
BEYOND = "The box reaches beyond the picture: make it smaller, or move it."
SLACK = 0.0005
"""Percentages that were rounded may add up to a little more than the whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What shall be done to a picture: it is cut, then turned clockwise, then mirrored.

    The box is in shares of the picture's sides. A `ratio` such as 16:9 cuts it further, around
    the focal point. `is_mirrored` changes left and right, `is_flipped` top and bottom.
    """

    left: float = 0.0
    top: float = 0.0
    width: float = 1.0
    height: float = 1.0
    ratio: str = ""
    turn: int = 0
    is_mirrored: bool = False
    is_flipped: bool = False

    def check(self) -> None:
        """Raise InvalidError, by field, for values that no picture can be edited with."""
        mistakes = self._mistakes()
        if mistakes:
            sentences = " ".join(dict.fromkeys(mistakes.values()))
            raise InvalidError(sentences, fields={name: [text] for name, text in mistakes.items()})

    def box(self, size: Size, focal: Point | None = None) -> tuple[int, int, int, int]:
        """Return left, top, width and height of what is kept, in whole pixels of the picture."""
        left, top, right, bottom = self._crop().box(size)
        if self.ratio:
            across, down = map(int, self.ratio.split(":"))
            inside = point_within(focal or MIDDLE, shares((left, top, right, bottom), size))
            part = cover_region((right - left, bottom - top), (across, down), inside)
            width, height = max(1, round(part[2] - part[0])), max(1, round(part[3] - part[1]))
            left, top = left + int(part[0] + 0.5), top + int(part[1] + 0.5)
            return left, top, min(width, right - left), min(height, bottom - top)
        return left, top, right - left, bottom - top

    def result_size(self, size: Size, focal: Point | None = None) -> Size:
        """Return the width and height in pixels that the new picture will have."""
        _, _, width, height = self.box(size, focal)
        return (height, width) if self.turn in (90, 270) else (width, height)

    def operations(self, size: Size, focal: Point | None = None) -> list[Operation]:
        """Return the steps for the pipeline; none where the picture would stay as it is."""
        box = self.box(size, focal)
        steps: list[Operation] = [] if box[2:] == size else [_in_shares(box, size)]
        if self.turn:
            steps.append(Rotate(self.turn))
        if self.is_flipped:
            steps.append(Flip())
        if self.is_mirrored:
            steps.append(Flop())
        return steps

    def told(self, size: Size, focal: Point | None = None) -> dict[str, str]:
        """Return what is done in a few words, by what it is called."""
        left, top, width, height = self.box(size, focal)
        words = {
            "crop": "" if (width, height) == size else f"{width} x {height} from {left}, {top}",
            "turn": f"{self.turn}°" if self.turn else "",
            "mirror": "left to right" if self.is_mirrored else "",
            "flip": "top to bottom" if self.is_flipped else "",
        }
        return {name: text for name, text in words.items() if text}

    def moved(self, focal: Point | None, size: Size) -> Point | None:
        """Return where a chosen focal point comes to lie, None where it was cut off."""
        if focal is None:
            return None
        left, top, width, height = self.box(size, focal)
        x = (focal[0] * size[0] - left) / width
        y = (focal[1] * size[1] - top) / height
        if not (0 <= x <= 1 and 0 <= y <= 1):
            return None
        x, y = {0: (x, y), 90: (1 - y, x), 180: (1 - x, 1 - y), 270: (y, 1 - x)}[self.turn]
        x, y = 1 - x if self.is_mirrored else x, 1 - y if self.is_flipped else y
        return round(x, 4), round(y, 4)

    def _crop(self) -> Crop:
        width, height = min(self.width, 1 - self.left), min(self.height, 1 - self.top)
        return Crop(self.left, self.top, width, height, in_shares=True)

    def _mistakes(self) -> dict[str, str]:
        mistakes = {}
        for start, length in (("left", "width"), ("top", "height")):
            at, long = getattr(self, start), getattr(self, length)
            if not 0 <= at < 1:
                mistakes[start] = "The box begins at 0 % or more, and below 100 %."
            if not 0 < long <= 1:
                mistakes[length] = "The box is larger than 0 %, and 100 % at most."
            elif start not in mistakes and at + long > 1 + SLACK:
                mistakes[length] = BEYOND
        if self.ratio and self.ratio not in RATIOS:
            mistakes["ratio"] = f"Choose one of the shapes {', '.join(RATIOS)}."
        if self.turn not in TURNS:
            mistakes["turn"] = "A picture is turned by 90, 180 or 270 degrees."
        return mistakes


def _in_shares(box: tuple[int, int, int, int], size: Size) -> Crop:
    left, top, width, height = box
    return Crop(*shares((left, top, width, height), size), in_shares=True)
