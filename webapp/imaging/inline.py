"""A picture as text, to stand inside JSON or a page."""

import base64
from typing import Literal

from PIL import Image

from webapp.imaging.colour import flattened, normalised
from webapp.imaging.formats import FORMATS
from webapp.imaging.limits import DEFAULT_MAX_PIXELS, decode, opened
from webapp.imaging.operations.orient import Orient
from webapp.imaging.refusal import DAMAGED, refusing

InlineFormat = Literal["jpeg", "webp"]
InlineSource = bytes | Image.Image


def to_base64(
    source: InlineSource,
    *,
    format: InlineFormat = "jpeg",  # noqa: A002  # the word that users of Pillow look for
    max_pixels: int = DEFAULT_MAX_PIXELS,
) -> str:
    """Return the picture as base64 text of a JPEG or WebP: upright, in sRGB, on white.

    Raises InvalidError where it is no picture or damaged, TooLargeError above `max_pixels`.
    """
    if isinstance(source, Image.Image):
        with refusing(DAMAGED):
            return _text(source, format)
    with opened(source, max_pixels=max_pixels) as image:
        decode(image)
        return _text(image, format)


def data_uri(data: bytes, mime: str) -> str:
    """Return encoded bytes as a data URI."""
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


def from_data_uri(text: str) -> bytes:
    """Return the bytes of a base64 data URI, or of base64 text without a prefix.

    Raises InvalidError (`invalid_image`) where the text is no base64.
    """
    with refusing("The picture's base64 text is damaged."):
        return base64.b64decode("".join(text.rpartition(",")[2].split()), validate=True)


def _text(image: Image.Image, name: InlineFormat) -> str:
    picture = flattened(normalised(Orient().apply(image)))
    return base64.b64encode(FORMATS[name].encode(picture)).decode()
