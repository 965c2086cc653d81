"""From a ratio and a size to pixels, within what a model takes."""

import re

from webapp.providers.base import ProviderError
from webapp.providers.openai.catalogue import Card

STEP = 16
LONGEST_SIDE = 3840
MOST_PIXELS = 8_294_400
_SIDES = {"1K": 1024, "2K": 2048, "4K": 2880}
"""The side of a square of each size; that of 4K has the most pixels that OpenAI makes."""


def pixels(card: Card, ratio: str, size: str) -> str:
    """Return a size such as "1536x1024"; raises ProviderError `invalid` for what is not on offer.

    The area is that of a square of the size's side, the sides are multiples of 16.
    """
    caps = card.caps
    if ratio not in caps.aspect_ratios:
        message = f"{caps.title} makes pictures of {', '.join(caps.aspect_ratios)}."
        raise ProviderError(kind="invalid", message=message)
    if size not in caps.sizes:
        message = f"{caps.title} makes pictures of size {', '.join(caps.sizes)}."
        raise ProviderError(kind="invalid", message=message)
    if re.fullmatch(r"\d+x\d+", size):  # EASEL_MODELS may name the very size
        return size
    return card.pixels.get(ratio) or _free(ratio, size)


def _free(ratio: str, size: str) -> str:
    match = re.fullmatch(r"(\d{1,3}):(\d{1,3})", ratio)
    across, down = (int(match[1]) or 1, int(match[2]) or 1) if match else (1, 1)
    side = _SIDES.get(size) or (int(size) if size.isdecimal() else 1024)
    width, height = side * (across / down) ** 0.5, side * (down / across) ** 0.5
    shrink = min(1.0, LONGEST_SIDE / max(width, height))
    wide, high = _stepped(width * shrink), _stepped(height * shrink)
    while wide * high > MOST_PIXELS:
        wide, high = (wide - STEP, high) if wide >= high else (wide, high - STEP)
    return f"{wide}x{high}"


def _stepped(length: float) -> int:
    return max(STEP, round(length / STEP) * STEP)
