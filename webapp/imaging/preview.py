"""The few bytes that stand in for a picture while it loads: a tiny WebP, and one colour."""

import base64
import io
from collections.abc import Iterator

from PIL import Image

from webapp.imaging.colour import flattened, in_srgb, with_plain_channels
from webapp.imaging.limits import DEFAULT_MAX_PIXELS, Source, decode, opened
from webapp.imaging.operations.orient import Orient
from webapp.imaging.operations.resize import Resize
from webapp.imaging.pipeline import shrink_on_load

SIDE = 16
"""The longest side of a preview, in pixels."""

SHORTEST, LONGEST = 90, 230
"""The bounds of a preview in characters: it is stored in every row and sent in every page."""

_PREFIX = "data:image/webp;base64,"
_MOST_BYTES = (LONGEST - len(_PREFIX)) // 4 * 3
_FEWEST_BYTES = (SHORTEST - len(_PREFIX)) // 4 * 3 + 3
_COLOURS = 6
_QUALITIES = (60, 40, 20, 10, 0)


def preview_of(source: Source, *, max_pixels: int = DEFAULT_MAX_PIXELS) -> str:
    """Return a data URI of 90 to 230 characters: the picture as a WebP, 16 pixels at the longest.

    A picture too restless for that loses quality first, then its transparency.
    Raises InvalidError and TooLargeError as `limits.inspect` does.
    """
    tiny = _shrunk(source, SIDE, max_pixels)
    for data in _attempts(tiny):
        if len(data) <= _MOST_BYTES:
            break
    return _PREFIX + base64.b64encode(data).decode()


def dominant_colour(source: Source, *, max_pixels: int = DEFAULT_MAX_PIXELS) -> str:
    """Return the colour that most of the picture is near to, as `#rrggbb`.

    What is transparent counts as white. Raises InvalidError and TooLargeError.
    """
    small = flattened(_shrunk(source, 2 * SIDE, max_pixels)).convert("RGB")
    few = small.quantize(_COLOURS, dither=Image.Dither.NONE)
    counts = few.histogram()[:_COLOURS]
    index = 3 * counts.index(max(counts))
    red, green, blue = (few.getpalette() or [])[index : index + 3]
    return f"#{red:02x}{green:02x}{blue:02x}"


def _shrunk(source: Source, side: int, max_pixels: int) -> Image.Image:
    resize = Resize(side, side, enlarge=True)
    with opened(source, max_pixels=max_pixels) as image:
        steps = shrink_on_load(image, [resize])
        decode(image)
        # The profile comes last, when few pixels are left for it.
        return in_srgb(steps[0].apply(with_plain_channels(Orient().apply(image))))


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
