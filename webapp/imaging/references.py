"""Pictures for a provider to work from: upright, in sRGB, without metadata, and not too large."""

import io
from dataclasses import dataclass

from PIL import Image

from webapp.imaging.colour import flattened, in_srgb, with_plain_channels
from webapp.imaging.formats import FORMATS
from webapp.imaging.framing import Framing, shrink_on_load
from webapp.imaging.geometry import Size
from webapp.imaging.limits import DEFAULT_MAX_PIXELS, Source, decode, opened
from webapp.imaging.operations.orient import Orient, shown_size
from webapp.imaging.operations.resize import Resize
from webapp.imaging.pipeline import Output, render

LONGEST = 2048
"""The longest side in pixels: more than any model looks at."""

MOST_BYTES = 6_000_000
"""Providers take references of some 7 MB, and all of a request below 20 MB."""

MOST_MASK_PIXELS = 2**24
"""No model looks at a mask of more; 4096 x 4096, say."""

BLACK = "#000000"

_QUALITIES = (92, 80, 60)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An encoded reference; width and height are in pixels."""

    data: bytes
    mime: str
    width: int
    height: int


def as_reference(
    source: Source, *, has_alpha: bool = False, max_pixels: int = DEFAULT_MAX_PIXELS
) -> Prepared:
    """Return a picture as a provider gets it: a JPEG, or a PNG where it is transparent.

    Where and when it was taken stays here. Raises InvalidError and TooLargeError for what can't be
    read.
    """
    steps = (Resize(LONGEST, LONGEST),)
    if has_alpha:
        made = render(source, steps, Output("png"), max_pixels=max_pixels)
        if len(made.data) <= MOST_BYTES:
            return Prepared(made.data, made.mime, made.width, made.height)
    for quality in _QUALITIES:
        made = render(source, steps, Output("jpeg", quality), max_pixels=max_pixels)
        if len(made.data) <= MOST_BYTES:
            break
    return Prepared(made.data, made.mime, made.width, made.height)


def as_mask(
    source: Source, size: Size | None = None, *, max_pixels: int = MOST_MASK_PIXELS
) -> bytes:
    """Return a mask as a PNG in 8-bit grey, of some size: white where a picture may change.

    Without a size it keeps its own, up to LONGEST a side. What is transparent counts as black.
    Raises InvalidError and TooLargeError.
    """
    fit = Resize(LONGEST, LONGEST)
    with opened(source, max_pixels=max_pixels) as image:
        shrink_on_load(image, Framing.of((fit,), shown_size(image)))
        decode(image)
        picture = in_srgb(fit.apply(with_plain_channels(Orient().apply(image))))
    grey = flattened(picture, BLACK).convert("L")
    if size is not None and grey.size != size:
        grey = grey.resize(size, Image.Resampling.BILINEAR)
    file = io.BytesIO()
    grey.save(file, FORMATS["png"].name, optimize=True)
    return file.getvalue()
