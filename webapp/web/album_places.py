"""Places in an album, as cursors of its pages: a position, and the image that stands there."""

import re

from webapp.web.forms import LARGEST_KEY

LARGEST_POSITION = 2**62
_PLACE = re.compile(r"(-?\d{1,19})\.(\d{1,10})")


def place(text: str) -> tuple[int, int] | None:
    """Return the place that a cursor says, or None for what is none."""
    found = _PLACE.fullmatch(text) if text.isascii() else None
    if found is None:
        return None
    position, key = int(found[1]), int(found[2])
    return (position, key) if abs(position) <= LARGEST_POSITION and key <= LARGEST_KEY else None


def written(where: tuple[int, int]) -> str:
    """Return the cursor of a place."""
    return f"{where[0]}.{where[1]}"
