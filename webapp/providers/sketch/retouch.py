"""Turning a picture that is there into another medium and light, all of it or a part."""

from dataclasses import dataclass
from math import ceil

import numpy as np
from PIL import Image

from webapp.providers.base import ProviderError
from webapp.providers.sketch.arrays import F32, Array, smoothstep
from webapp.providers.sketch.colour_table import Recolour, recoloured
from webapp.providers.sketch.finishes import FINISHES
from webapp.providers.sketch.frame import Frame
from webapp.providers.sketch.grading import dyed, relit
from webapp.providers.sketch.painter import LEAST_SIDE, ORIGINAL_ROWS, Checkpoint
from webapp.providers.sketch.pillow import as_array, as_pillow
from webapp.providers.sketch.raster import blur
from webapp.providers.sketch.sizes import LONGEST_SIDE
from webapp.providers.sketch.words import stable_number

_FINEST_TOUCH = 0.65  # at a strength of nearly 0
_NARROWEST = 16  # times as long as wide
_MASK_EDGE = 0.01  # how soft it is, as a share of the picture's natural side


@dataclass(frozen=True, slots=True)
class Retouch:
    """What to make of a picture. `light` and `colours` may be empty; `strength` is 0..1."""

    finish: str
    light: str
    colours: tuple[str, ...]
    strength: float
    seed: int


def retouched(
    source: Image.Image,
    size: tuple[int, int],
    retouch: Retouch,
    mask: Array | None,
    checkpoint: Checkpoint,
) -> Image.Image:
    """Return an RGB picture in a size (width, height) after the retouch.

    Where the mask, a plane of that size, is 0, it is the source's own pixels, as it is everywhere
    at a strength of 0. In between, marks get finer and the original shows through them.
    """
    before = source if source.size == size else source.resize(size, Image.Resampling.LANCZOS)
    if not retouch.strength:
        return before
    # Small pictures are painted large and reduced, as scenes are.
    scale = ceil(LEAST_SIDE / (size[0] * size[1]) ** 0.5)
    frame = Frame.of(size[0] * scale, size[1] * scale)
    touch = _FINEST_TOUCH + (1 - _FINEST_TOUCH) * retouch.strength
    canvas = frame.soft(ORIGINAL_ROWS)
    original = as_array(source.resize(canvas.size, Image.Resampling.BICUBIC))
    checkpoint(0.15, "Light")
    changes = _changes(retouch)
    if changes:
        original = recoloured(original, *changes)
    checkpoint(0.25, retouch.finish.capitalize())
    rng = np.random.default_rng(stable_number("retouch", retouch.finish, retouch.seed))
    after = as_pillow(FINISHES[retouch.finish](original, frame, rng, touch)).reduce(scale)
    checkpoint(0.85, "Blending")
    share = 1 - (1 - retouch.strength) ** 2
    if mask is None:
        return Image.blend(before, after, share)
    changed = np.round(_soft_edged(mask) * F32(share * 255)).astype(np.uint8)
    return Image.composite(after, before, Image.fromarray(changed))


def fitted(width: int, height: int, side: int | None) -> tuple[int, int]:
    """Return the size of a picture whose longest side is to be `side`.

    None stands for the size that it has, within 2048 pixels. Raises ProviderError (`invalid`) where
    it is more than sixteen times as long as wide.
    """
    longest, shortest = max(width, height), min(width, height)
    if longest > _NARROWEST * shortest:
        message = (
            f"The picture is {width} by {height} pixels: Sketch works on pictures that are at most "
            f"{_NARROWEST} times as long as wide."
        )
        raise ProviderError(kind="invalid", message=message)
    scale = (side or min(longest, LONGEST_SIDE)) / longest
    return max(1, round(width * scale)), max(1, round(height * scale))


def _changes(retouch: Retouch) -> list[Recolour]:
    lights = [relit(retouch.light)] if retouch.light else []
    return [*lights, *([dyed(retouch.colours)] if retouch.colours else [])]


def _soft_edged(mask: Array) -> Array:
    """Return the mask with an edge that is soft inwards: what is black stays wholly unchanged."""
    radius = _MASK_EDGE * float(mask.size) ** 0.5
    inside = smoothstep(0.35, 0.95, blur((mask > 0).astype(F32), radius))
    return np.asarray(mask * inside, F32)
