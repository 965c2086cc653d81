"""Pictures to work from, decoded with care: known formats, bounded pixels, nothing transparent."""

import io

import numpy as np
from PIL import Image

from webapp.providers.base import ProviderError, Reference
from webapp.providers.sketch.arrays import F32, Array

MOST_PIXELS = 40_000_000
_TRUE_COLOUR = {"L", "RGB", "RGBA", "CMYK"}  # what can be shrunk before anything else is done

_UNKNOWN = "The picture to work from is neither a PNG nor a JPEG."
_DAMAGED = "The picture to work from is damaged or was cut off."
_MASK = "The mask must be a PNG: white where the picture may change."


def decoded(reference: Reference, side: int) -> Image.Image:
    """Return a picture in RGB, flattened over white, its longest side at most `side` pixels.

    Raises ProviderError (`invalid`) for what is no PNG or JPEG, is damaged or has more
    than 40 million pixels.
    """
    image = _opened(reference.data, ("PNG", "JPEG"), _UNKNOWN)
    try:
        return _fitting(_flattened(_shrunk(image, side)), side)
    except Exception as error:
        raise _refusal(_DAMAGED) from error


def decoded_mask(data: bytes, size: tuple[int, int]) -> Array:
    """Return a mask in the size (width, height) of a picture, as a plane of 0 (keep) to 1.

    Raises ProviderError (`invalid`) for what is no PNG.
    """
    image = _opened(data, ("PNG",), _MASK)
    try:
        grey = _eight_bits(image).convert("L").resize(size, Image.Resampling.BILINEAR)
    except Exception as error:
        raise _refusal(_MASK) from error
    return np.asarray(grey, F32) * F32(1 / 255)


def _opened(data: bytes, formats: tuple[str, ...], sentence: str) -> Image.Image:
    # Bad files make Pillow raise much more than OSError: a list would never be complete.
    try:
        image = Image.open(io.BytesIO(data), formats=formats)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except Exception as error:
        raise _refusal(sentence) from error
    if image.width * image.height > MOST_PIXELS:
        raise _too_large()
    return image


def _shrunk(image: Image.Image, side: int) -> Image.Image:
    """Return the picture decoded, smaller where many times `side` would only cost memory."""
    longest = max(image.size)
    if longest > side:
        share = side / longest
        image.draft(None, (int(image.width * share) + 1, int(image.height * share) + 1))
    image.load()
    factor = max(image.size) // side
    reducible = image.mode in _TRUE_COLOUR and factor > 1 and min(image.size) > factor
    return image.reduce(factor) if reducible else image


def _flattened(image: Image.Image) -> Image.Image:
    image = _eight_bits(image)
    if not image.has_transparency_data:
        return image.convert("RGB")
    layered = image.convert("RGBA")
    paper = Image.new("RGB", image.size, "white")
    paper.paste(layered, mask=layered.getchannel("A"))
    return paper


def _fitting(image: Image.Image, side: int) -> Image.Image:
    longest = max(image.size)
    if longest <= side:
        return image
    width, height = (max(1, round(length * side / longest)) for length in image.size)
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return a picture with 16 bits of grey in 8; Pillow alone would cut off what is bright."""
    if not image.mode.startswith("I"):
        return image
    return Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).astype(np.uint8))


def _too_large() -> ProviderError:
    most = f"{MOST_PIXELS / 1e6:g}"
    return _refusal(f"The picture to work from is too large: Sketch takes {most} million pixels.")


def _refusal(message: str) -> ProviderError:
    return ProviderError(kind="invalid", message=message)
