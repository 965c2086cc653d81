"""Masters: smaller originals, made once, so that a request never decodes a large picture."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from PIL import Image

from webapp.imaging.framing import Framing
from webapp.imaging.geometry import Size
from webapp.imaging.limits import DEFAULT_MAX_PIXELS, ImageInfo, Source, facts, opened
from webapp.imaging.operations.resize import Resize
from webapp.imaging.recipe import Recipe
from webapp.imaging.view import View, view_of

SIDES = (512, 1280)
"""The longest sides of masters, in pixels: the smaller serves most thumbnails, the larger what is
up to 1200 wide."""
LARGEST = max(SIDES)

QUALITY = 92
"""Enough that nothing is lost at the sizes made from a master, in a quarter of the bytes of 100."""

MARGIN = 1.05
"""A master suffices where it has this many times the pixels a side of what is made from it.

So near to its own size, the SSIM of a photograph 800 px wide is .0015 lower than from the original,
and it takes a third of the time.
"""

WORTHWHILE = 1.5
"""A master of a JPEG is kept where the original has this many times its pixels a side."""

_ROUNDED = 0.998
"""What whole pixels may make of a ratio."""

_CHEAP = "jpeg"
"""The format that decodes as fast as a master does, at a fraction of its size."""


@dataclass(frozen=True, slots=True)
class Master:
    """A smaller original: upright, in sRGB, with the AI label. `side` is one of SIDES.

    Of an original that is smaller than `side` it has the full size.
    """

    side: int
    data: bytes
    mime: str
    extension: str


def make_masters(source: Source, *, max_pixels: int = DEFAULT_MAX_PIXELS) -> list[Master]:
    """Return the masters of a picture, smallest first: none for animations and small pictures.

    `intake.take_in` makes them together with everything else that is kept. Raises InvalidError
    and TooLargeError as `limits.inspect` does.
    """
    with opened(source, max_pixels=max_pixels) as image:
        info = facts(image)
        return masters_from(view_of(image, LARGEST), info) if info.frames == 1 else []


def masters_from(view: View, info: ImageInfo) -> list[Master]:
    """Return the masters of a picture that was viewed with LARGEST pixels at least.

    Transparent pictures get WebP masters, half as dear to decode as PNG and a fifth of its bytes;
    all others JPEG.
    """
    picture = view.picture
    made: list[Master] = []
    for side in reversed(_worthwhile(info, is_transparent=view.is_transparent)):
        # The smaller from the larger: there is nothing to lose, and little to do.
        picture = Resize(side, side).apply(picture)
        made.insert(0, _master(picture, side, info.format, view.label))
    return made


def choose_master(recipe: Recipe, original: Size, sides: Iterable[int]) -> int | None:
    """Return the side of the smallest master that suffices, None where only the original does.

    `original` is the size in pixels of the upright original, `sides` those of its masters. A crop
    asks more of a master, since less of it is left. Raises InvalidError for an empty crop.
    """
    if recipe.is_original or not recipe.has_exact_size:
        return None
    width, height = Framing.of(recipe.operations, original).resample().enough(MARGIN)
    needed = max(width / original[0], height / original[1]) * _ROUNDED
    longest = max(original)
    return next((side for side in sorted(sides) if min(side / longest, 1.0) >= needed), None)


def _worthwhile(info: ImageInfo, *, is_transparent: bool) -> list[int]:
    if info.frames > 1:
        return []
    longest = max(info.width, info.height)
    if info.format == _CHEAP or is_transparent:
        return [side for side in SIDES if longest > side * WORTHWHILE]
    # What is slow to decode gets a JPEG of its own size as well, above the smallest.
    return [
        side for side, smaller in zip(SIDES, (SIDES[0], *SIDES), strict=False) if longest > smaller
    ]


def _master(picture: Image.Image, side: int, kind: str, xmp: bytes | None) -> Master:
    if picture.mode == "RGBA":
        data = _saved(picture, "WEBP", quality=95, method=2, exact=False, xmp=xmp or b"")
        return Master(side, data, "image/webp", "webp")
    # Letters and drawings, which rarely come as JPEG, keep their colours sharp.
    subsampling = "4:2:0" if kind == _CHEAP else "4:4:4"
    # Not optimized: Pillow's buffer for that is too small for noise with sharp colours.
    data = _saved(picture, "JPEG", quality=QUALITY, subsampling=subsampling, xmp=xmp)
    return Master(side, data, "image/jpeg", "jpg")


def _saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()
