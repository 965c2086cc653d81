"""Land seen from the side: a skyline with everything below it, and the mist at its foot."""

from dataclasses import dataclass

import numpy as np

from webapp.providers.sketch.arrays import F32, Array, bell
from webapp.providers.sketch.colour import light, mix
from webapp.providers.sketch.frame import Frame
from webapp.providers.sketch.noise import Generator, field, fractal, ridge
from webapp.providers.sketch.picture import Picture
from webapp.providers.sketch.raster import resize
from webapp.providers.sketch.stencil import Stencil

_SOFT = 320
_CRUMPLE_ROWS = 900
_SUN_ON_LAND = 0.14  # of the sun's own colour on slopes that face it


@dataclass(frozen=True)
class Ground:
    """Everything below a skyline.

    `top` is the skyline's y for each column; `upper` and `lower` are the Oklab colours there and
    at `fall` below. What lies under `bottom` will be hidden by something nearer.
    """

    top: Array
    upper: Array
    lower: Array
    fall: float
    bottom: float = 1.0

    def rows(self, frame: Frame) -> slice:
        """Return the rows that the ground is painted on."""
        return frame.rows(float(self.top.min()), self.bottom)

    def depth(self, frame: Frame) -> Array:
        """Return how far each pixel of those rows lies below the skyline; negative in the sky."""
        return frame.y[self.rows(frame)] - self.top[None]


def paint_ground(
    picture: Picture, ground: Ground, shade: Array | None = None, snow: Array | None = None
) -> None:
    """Paint a piece of land.

    `shade` is relative light (0 as it is, 0.3 brighter), `snow` how much of it lies, 0..1, both
    for the ground's rows.
    """
    frame, rows = picture.frame, ground.rows(picture.frame)
    depth = ground.depth(frame)
    alpha = _edge(depth, ground.top, frame)
    fall = np.clip(depth * F32(1 / ground.fall), 0, 1)
    fall *= 1.5 - 0.5 * fall
    warm = picture.palette.warm_light * F32(min(1.0, picture.palette.glow))
    white = light(
        mix(np.array([0.93, -0.003, -0.008]), ground.upper, 0.55 if picture.palette.dark else 0.16)
    )
    for channel, (upper, lower, snowy) in enumerate(
        zip(light(ground.upper), light(ground.lower), white, strict=True)
    ):
        colour = upper + (lower - upper) * fall
        if snow is not None:
            colour += snow * (snowy - colour)
        if shade is not None:
            colour *= 1 + shade
            colour += np.maximum(shade, 0) * (F32(_SUN_ON_LAND) * warm[channel])
        plane = picture.image[channel, rows]
        plane += alpha * (colour - plane)


def paint_fog(picture: Picture, y: float, thickness: float, amount: float) -> None:
    """Lay a ragged band of mist across the picture."""
    soft = picture.frame.soft(_SOFT)
    rng = picture.rng(f"fog at {y:.2f}")
    noise = field(rng, soft, 4, 4)
    alpha = bell(soft.y - (noise - 0.5) * 0.10, y, thickness) * (amount * (0.5 + noise))
    rows = picture.frame.rows(y - 3 * thickness - 0.05, y + 3 * thickness + 0.05)
    large = picture.enlarge(alpha, rows)
    picture.cover(large, light(mix(picture.palette.haze, picture.palette.sun, 0.15)), rows)


def paint_stencil(picture: Picture, stencil: Stencil, upper: Array, lower: Array) -> None:
    """Paint a silhouette in Oklab colours that run from its first row to its last."""
    rows = stencil.rows
    down = np.linspace(0, 1, rows.stop - rows.start, dtype=F32)[:, None]
    top, foot = light(upper), light(lower)
    inks = [first + (last - first) * down for first, last in zip(top, foot, strict=True)]
    picture.cover(stencil.plane(), inks, rows)


def facets(picture: Picture, ground: Ground, rng: Generator, scale: float) -> Array:
    """Return light and shadow as on rock, for the ground's rows, fading over `scale` of depth.

    Broad faces run down from the skyline's own slopes; a crumpled surface breaks them up.
    """
    frame, rows = picture.frame, ground.rows(picture.frame)
    depth = np.maximum(ground.depth(frame), 0)
    warp = field(rng, frame, 5, 5, 0.5, rows=rows) - 0.5
    slopes = _slopes(ground.top) * picture.sun_side
    wander = warp * (0.14 * np.minimum(depth * 8, 1) + 0.25 * depth)
    column = (frame.x + wander) * F32(slopes.size / frame.aspect)
    shade = np.take(slopes, np.clip(column, 0, slopes.size - 1).astype(np.int32))
    shade *= F32(0.30)
    shade += _crumpled(picture, rng, rows) * F32(0.20)
    return np.asarray(shade * np.exp(depth * F32(-1 / scale)), F32)


def _crumpled(picture: Picture, rng: Generator, rows: slice) -> Array:
    """Return the light on a crumpled surface, about -2..2, from the side of the sun."""
    soft = picture.frame.soft(_CRUMPLE_ROWS)
    height = fractal(rng, soft.size, (9 * soft.aspect, 6), 6, 0.56, ridge)
    slope = np.gradient(height, axis=1) * -picture.sun_side + np.gradient(height, axis=0) * 0.4
    slope /= slope.std() + 1e-9
    return picture.enlarge(np.clip(slope, -2.2, 2.2), rows)


def _slopes(top: Array) -> Array:
    """Return how much the skyline falls to the right, about -1..1, on 2048 columns."""
    line = resize(top[None], 2048, 1)[0]
    kernel = np.hanning(35).astype(F32)
    smooth = np.convolve(np.pad(line, 17, "edge"), kernel / kernel.sum(), "valid")
    slope = np.gradient(smooth)
    return np.asarray(np.tanh(slope / (np.abs(slope).mean() + 1e-9) * 0.9), F32)


def _edge(depth: Array, top: Array, frame: Frame) -> Array:
    """Return how much of each pixel the ground covers; a steep edge is softened sideways too."""
    steep = np.hypot(1, np.gradient(top) * frame.height) if top.size > 1 else np.ones(1)
    return np.clip(depth * (frame.height / steep).astype(F32) + F32(0.5), 0, 1)
