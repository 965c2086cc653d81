"""The few bytes that stand in for a picture while it loads: a tiny WebP, and one colour."""

import base64
import io
import math
from collections.abc import Iterator

from PIL import Image

from webapp.imaging.colour import flattened, in_srgb, with_plain_channels
from webapp.imaging.framing import Framing, shrink_on_load
from webapp.imaging.limits import DEFAULT_MAX_PIXELS, Source, decode, opened
from webapp.imaging.operations.orient import Orient, shown_size
from webapp.imaging.operations.resize import Resize

SIDE = 16
"""The longest side of a preview, in pixels."""

SHORTEST, LONGEST = 90, 230
"""The bounds of a preview in characters: it is stored in every row and sent in every page."""

_PREFIX = "data:image/webp;base64,"
_MOST_BYTES = (LONGEST - len(_PREFIX)) // 4 * 3
_FEWEST_BYTES = (SHORTEST - len(_PREFIX)) // 4 * 3 + 3
_COLOURS = 6
PALETTE = 5
"""How many colours a palette has at most."""

_ALIKE = 24
"""Colours that are no further apart than this, in a cube of 255, are one in a palette."""

_QUALITIES = (60, 40, 20, 10, 0)


def preview_of(source: Source, *, max_pixels: int = DEFAULT_MAX_PIXELS) -> str:
    """Return a data URI of 90 to 230 characters: the picture as a WebP, 16 pixels at the longest.

    A picture too restless for that loses quality first, then its transparency.
    Raises InvalidError and TooLargeError as `limits.inspect` does.
    """
    return preview_from(_shrunk(source, SIDE, max_pixels))


def preview_from(picture: Image.Image) -> str:
    """Return the preview of a picture that is upright and in sRGB already."""
    tiny = _within(SIDE, picture)
    for data in _attempts(tiny):
        if len(data) <= _MOST_BYTES:
            break
    return _PREFIX + base64.b64encode(data).decode()


def dominant_colour(source: Source, *, max_pixels: int = DEFAULT_MAX_PIXELS) -> str:
    """Return the colour that most of the picture is near to, as `#rrggbb`.

    What is transparent counts as white. Raises InvalidError and TooLargeError.
    """
    return colour_from(_shrunk(source, 2 * SIDE, max_pixels))


def colour_from(picture: Image.Image) -> str:
    """Return the dominant colour of a picture that is in sRGB already."""
    return _colours(picture, _COLOURS)[0]


def palette_from(picture: Image.Image) -> tuple[str, ...]:
    """Return up to five colours as `#rrggbb` that together say most, the most frequent first."""
    kept: list[str] = []
    for colour in _colours(picture, 2 * PALETTE):
        if all(_distance(colour, other) > _ALIKE for other in kept):
            kept.append(colour)
    return tuple(kept[:PALETTE])


def _distance(one: str, other: str) -> float:
    return math.dist(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]))


def _colours(picture: Image.Image, most: int) -> list[str]:
    small = flattened(_within(2 * SIDE, picture)).convert("RGB")
    few = small.quantize(most, dither=Image.Dither.NONE)
    counts, palette = few.histogram()[:most], few.getpalette() or []
    used = sorted((place for place in range(most) if counts[place]), key=lambda at: -counts[at])
    colours = (palette[3 * place : 3 * place + 3] for place in used)
    return list(dict.fromkeys("#" + bytes(colour).hex() for colour in colours))


def _shrunk(source: Source, side: int, max_pixels: int) -> Image.Image:
    with opened(source, max_pixels=max_pixels) as image:
        framing = Framing.of([Resize(side, side, enlarge=True)], shown_size(image))
        shrink_on_load(image, framing)
        decode(image)
        picture = with_plain_channels(Orient().apply(image))
        # The profile comes last, when few pixels are left for it.
        return in_srgb(framing.resample().apply(picture))


def _within(side: int, picture: Image.Image) -> Image.Image:
    """Return a picture with `side` pixels at its longest."""
    return Resize(side, side, enlarge=True).apply(picture)


def _attempts(tiny: Image.Image) -> Iterator[bytes]:
    """Give the picture as WebP, smaller each time; the last is always small enough."""
    opaque = flattened(tiny)
    for picture in (tiny, opaque):
        for quality in _QUALITIES:
            yield _webp(picture, quality)
    yield _webp(opaque.resize((1, 1)).resize(tiny.size), 0)


def _webp(image: Image.Image, quality: int) -> bytes:
    data = _saved(image, quality, b"")
    if len(data) >= _FEWEST_BYTES:
        return data
    # A plain picture takes fewer bytes than a preview has at least; a blank chunk fills them up.
    return _saved(image, quality, b" " * (_FEWEST_BYTES - len(data)))


def _saved(image: Image.Image, quality: int, filling: bytes) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=quality, alpha_quality=quality, method=6, xmp=filling)
    return buffer.getvalue()
