"""Set a few words in the middle of a picture, as large as looks right, if they fit at all."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from webapp.imaging.geometry import Size

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_SMALLEST, _LARGEST, _STEP = 10, 64, 2
_MOST_CHARACTERS, _MOST_LINES = 300, 12


@dataclass(frozen=True, slots=True)
class Lettering:
    """Text that fits: its font, its `size` and the `place` of its upper left corner, in pixels.

    `origin` is where to begin drawing inside an area of `size`.
    """

    text: str
    font: Font
    size: Size
    place: tuple[int, int]
    origin: tuple[float, float]


def lettering(text: str, room: Size) -> Lettering | None:
    """Return how to set `text` in the middle of `room`, or None where it does not fit."""
    text = _cleaned(text)
    if not text:
        return None
    attempts = (_fitted(text, size, room) for size in _sizes(room))
    return next((found for found in attempts if found is not None), None)


def _sizes(room: Size) -> Iterator[int]:
    """Give sizes of letters in pixels, what looks best in the room first, then smaller ones."""
    size = min(room[0] // 8, room[1] // 4, _LARGEST)
    while size > _SMALLEST:
        yield size - size % _STEP
        size = size * 3 // 4
    yield _SMALLEST


def _fitted(text: str, size: int, room: Size) -> Lettering | None:
    font = _font(size)
    draw = ImageDraw.Draw(Image.new("L", (1, 1)))
    left, top, right, bottom = draw.multiline_textbbox((0, 0), text, font=font, align="center")
    width, height = int(right - left) + 2, int(bottom - top) + 2
    if width >= room[0] or height >= room[1]:
        return None
    place = (room[0] - width) // 2, (room[1] - height) // 2
    return Lettering(text, font, (width, height), place, (1 - left, 1 - top))


@lru_cache(maxsize=64)
def _font(size: int) -> Font:
    return ImageFont.load_default(size)


def _cleaned(text: str) -> str:
    """Return printable lines, few and short; a backslash and an n start a new one, as in URLs."""
    lines = text[:_MOST_CHARACTERS].replace("\\n", "\n").splitlines()[:_MOST_LINES]
    shown = ("".join(filter(str.isprintable, _folded(line))).strip() for line in lines)
    # One letter may unfold to eighteen.
    return "\n".join(shown).strip("\n")[:_MOST_CHARACTERS]


def _folded(line: str) -> str:
    # Pillow's own font holds little more than ASCII: an a says more than a box for an ä.
    letters = unicodedata.normalize("NFKD", line)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
