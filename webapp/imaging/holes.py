"""Masks whose holes say where a picture may change, as OpenAI's API has them."""

import io

from PIL import Image

from webapp.imaging.colour import with_plain_channels
from webapp.imaging.formats import FORMATS
from webapp.imaging.limits import Source, decode, opened
from webapp.imaging.operations.orient import Orient
from webapp.imaging.references import MOST_MASK_PIXELS, as_mask

OPAQUE = 255


def mask_of_holes(source: Source, *, max_pixels: int = MOST_MASK_PIXELS) -> bytes:
    """Return a mask as a PNG in 8-bit grey: white where the source is transparent.

    One without any transparency is taken for a mask already, white where a picture may change.
    Raises InvalidError and TooLargeError for what can't be read.
    """
    with opened(source, max_pixels=max_pixels) as image:
        decode(image)
        picture = with_plain_channels(Orient().apply(image)).convert("RGBA")
    alpha = picture.getchannel("A")
    if alpha.getextrema()[0] == OPAQUE:
        return as_mask(source, max_pixels=max_pixels)
    file = io.BytesIO()
    Image.eval(alpha, lambda value: OPAQUE - value).save(file, FORMATS["png"].name)
    return file.getvalue()
