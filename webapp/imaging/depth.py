"""Bring samples of 16 and 32 bits down to 8, keeping black black and white white."""

import math

from PIL import Image

DEEP_MODES = frozenset({"I;16", "I;16L", "I;16B", "I;16N", "I", "F"})

_EIGHT, _SIXTEEN = 255, 65535


def to_eight_bits(image: Image.Image) -> Image.Image:
    """Return a picture of a deep mode as mode L.

    16-bit samples are scaled by their full range. For 32 bits and floating point the file does
    not say which value is white: the smallest usual range that holds all samples is taken
    (0 to 1 for floats, 255, 65535), else darkest to lightest.
    """
    if image.mode.startswith("I;16"):
        return _scaled(image.convert("I"), 0, _SIXTEEN)
    black, white = _range(image)
    return _scaled(image, black, white)


def _range(image: Image.Image) -> tuple[float, float]:
    low, high = (float(value) for value in image.getextrema())  # type: ignore[arg-type]
    if not (math.isfinite(low) and math.isfinite(high)):
        return 0, 1
    usual = (1, _EIGHT, _SIXTEEN) if image.mode == "F" else (_EIGHT, _SIXTEEN)
    for white in usual:
        if low >= 0 and high <= white:
            return 0, white
    return low, high


def _scaled(image: Image.Image, black: float, white: float) -> Image.Image:
    factor = _EIGHT / ((white - black) or 1)
    shift = 0.5 - black * factor
    floats = image.convert("F")
    return floats.point(lambda value: value * factor + shift).convert("L")
