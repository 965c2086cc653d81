"""Pictures that stand in for others: by size, while one is being made, or where one failed."""

import re

from PIL import Image, ImageDraw

from webapp.errors import InvalidError
from webapp.imaging.formats import FORMATS
from webapp.imaging.inline import from_data_uri
from webapp.imaging.lettering import Lettering, lettering
from webapp.imaging.limits import decode, opened
from webapp.imaging.operations.resize import MAX_SIDE

MAX_PLACEHOLDER_SIDE = 2000
BLACK, WHITE = "000000", "ffffff"

Colour = tuple[int, int, int]

_HEX = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_SHADES = 16
"""Steps from background to foreground: enough for smooth letters, and four bits a pixel."""

_DAWN, _DUSK = (232, 234, 238), (204, 208, 217)
_ERROR_GROUND, _ERROR_INK = "eceaea", "6b6468"


def parse_colour(text: str) -> Colour:
    """Return red, green and blue, 0 to 255, of 3 or 6 hex digits with or without `#`.

    Raises InvalidError (`invalid_colour`).
    """
    found = _HEX.fullmatch(text)
    if not found:
        message = f"{text[:20]!r} is no colour: use three or six hex digits, such as ff8800."
        raise InvalidError(message, code="invalid_colour")
    digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def placeholder(
    width: int,
    height: int,
    *,
    format: str = "png",  # noqa: A002  # the word that users of Pillow look for
    background: str = BLACK,
    foreground: str = WHITE,
    text: str | None = None,
) -> bytes:
    """Return a plain picture of `width` x `height` pixels with its size, or `text`, in the middle.

    The text is left out where it does not fit; a line break, also one spelt as
    a backslash and an n, is kept. Raises InvalidError for a size beyond 1 to 2000 pixels a side,
    and for what is no colour.
    """
    if not (1 <= width <= MAX_PLACEHOLDER_SIDE and 1 <= height <= MAX_PLACEHOLDER_SIDE):
        message = "Invalid image request"
        raise InvalidError(message, code="invalid_size")
    words = f"{width} X {height}" if text is None else text
    colours = parse_colour(background), parse_colour(foreground)
    return FORMATS[format].encode(_lettered((width, height), words, *colours))


def pending_placeholder(
    width: int,
    height: int,
    format: str = "png",  # noqa: A002
    preview: str | None = None,
) -> bytes:
    """Return a calm picture of that size for one that is still being made.

    It is a soft gradient, or the blur of `preview`, a data URI, where there is one already.
    """
    size = _bounded(width), _bounded(height)
    return FORMATS[format].encode(_blurred(preview, size) if preview else _gradient(size))


def error_placeholder(
    width: int,
    height: int,
    format: str = "png",  # noqa: A002
    text: str = "",
) -> bytes:
    """Return a quiet picture of that size which says what went wrong, where that fits."""
    size = _bounded(width), _bounded(height)
    colours = parse_colour(_ERROR_GROUND), parse_colour(_ERROR_INK)
    return FORMATS[format].encode(_lettered(size, text, *colours))


def _bounded(side: int) -> int:
    return min(max(side, 1), MAX_SIDE)


def _lettered(size: tuple[int, int], text: str, ground: Colour, ink: Colour) -> Image.Image:
    """Return a palette picture: six times faster to make than RGB, and an eighth of the bytes."""
    image = Image.new("P", size, 0)
    image.putpalette(_ramp(ground, ink, _SHADES))
    letters = lettering(text, size)
    if letters is not None:
        image.paste(_shades(letters), letters.place)
    return image


def _shades(letters: Lettering) -> Image.Image:
    mask = Image.new("L", letters.size, 0)
    ImageDraw.Draw(mask).multiline_text(
        letters.origin, letters.text, 255, font=letters.font, align="center"
    )
    return mask.point([value * _SHADES // 256 for value in range(256)])


def _ramp(first: Colour, last: Colour, steps: int) -> list[int]:
    return [
        start + (end - start) * step // (steps - 1)
        for step in range(steps)
        for start, end in zip(first, last, strict=True)
    ]


def _gradient(size: tuple[int, int]) -> Image.Image:
    """Return a palette picture that darkens a little from the upper left to the lower right."""
    down = Image.linear_gradient("L")
    across = down.transpose(Image.Transpose.TRANSPOSE)
    diagonal = Image.blend(down, across, 0.5).resize(size, Image.Resampling.BILINEAR)
    image = Image.frombytes("P", size, diagonal.tobytes())
    image.putpalette(_ramp(_DAWN, _DUSK, 256))
    return image


def _blurred(preview: str, size: tuple[int, int]) -> Image.Image:
    with opened(from_data_uri(preview)) as image:
        decode(image)
        return image.convert("RGB").resize(size, Image.Resampling.BICUBIC)
