"""Tree trunks close by: round, with bark, lit from the side of the sun."""

from dataclasses import dataclass

import numpy as np

from webapp.providers.sketch.arrays import F32, Array, smoothstep
from webapp.providers.sketch.colour import light
from webapp.providers.sketch.noise import Generator, fractal, ridge
from webapp.providers.sketch.picture import Picture
from webapp.providers.sketch.raster import sample

_BARK_SIZE = (256, 1024)  # columns around half a trunk, rows for a picture height


@dataclass(frozen=True, slots=True)
class Trunk:
    """A trunk from its foot at (x, y) up out of the picture; `lean` is how far, to the right."""

    x: float
    y: float
    half_width: float
    lean: float


def furrowed_bark(rng: Generator) -> Array:
    """Return the bark of a pine as relative light: long plates between dark furrows."""
    plates = fractal(rng, _BARK_SIZE, (9, 14), 4, 0.55, ridge)
    return np.asarray((plates - plates.mean()) * 1.5, F32)


def birch_bark(rng: Generator) -> Array:
    """Return the bark of a birch: pale, with short dark bars across."""
    bars = fractal(rng, _BARK_SIZE, (2, 46), 3, 0.6)
    return np.asarray(0.12 - smoothstep(0.60, 0.72, bars) * 0.85, F32)


def paint_trunk(
    picture: Picture, trunk: Trunk, colour: Array, bark: Array, contrast: float
) -> None:
    """Paint a trunk in an Oklab colour; `contrast` is how clearly the bark shows, 0..1."""
    frame = picture.frame
    reach = trunk.half_width * 2 + abs(trunk.lean)
    columns = frame.columns(trunk.x - reach, trunk.x + reach)
    rows = frame.rows(0.0, trunk.y + 0.012)
    up = F32(trunk.y) - frame.y[rows]
    middle = F32(trunk.x) + up * F32(trunk.lean)
    half = trunk.half_width * (
        1 - 0.34 * np.clip(up, 0, 1) + 0.45 * np.exp(-np.maximum(up, 0) / 0.030)
    )
    off = (frame.x[:, columns] - middle) / half
    alpha = np.clip((1 - np.abs(off)) * half * frame.height + F32(0.5), 0, 1)
    alpha *= smoothstep(-0.012, 0.004, up + (trunk.half_width * off * off))
    round_off = np.clip(off, -1, 1)
    shade = 0.92 + 0.42 * round_off * picture.sun_side - 0.30 * round_off * round_off
    # The texture turns around the trunk, so it is squeezed towards the trunk's edges.
    around = (np.arcsin(round_off) / np.pi + 0.5) * (_BARK_SIZE[0] - 1)
    down = np.mod(frame.y[rows] * F32(_BARK_SIZE[1] * 0.9) + F32(trunk.x * 977), _BARK_SIZE[1] - 2)
    relief = sample(bark, around, np.broadcast_to(down, around.shape))
    ink = shade * (1 + relief * F32(contrast))
    picture.cover(alpha, [channel * ink for channel in light(colour)], rows, columns)
