"""Oil: strokes laid along the picture's own contours, from a broad brush to a fine one."""

from dataclasses import dataclass

import numpy as np

from webapp.providers.sketch.arrays import F32, Array
from webapp.providers.sketch.colour import luma
from webapp.providers.sketch.finishes.surface import Easel, softened
from webapp.providers.sketch.frame import Frame
from webapp.providers.sketch.noise import Generator, field
from webapp.providers.sketch.raster import blur, resize

_GUIDE_ROWS = 256  # contours are followed on a frame this coarse
_COLOUR_ROWS = 512
_CLEAR_CONTOUR = 0.006  # change of tone a guide pixel


@dataclass(frozen=True, slots=True)
class _Brush:
    """Half the length of a stroke in natural units, strokes per square unit, and finesse."""

    length: float
    count: int
    contours_only: bool = False


_BRUSHES = (_Brush(0.030, 2600), _Brush(0.016, 5200), _Brush(0.009, 9000, contours_only=True))


def oil(image: Array, frame: Frame, rng: Generator, touch: float = 1.0) -> Array:
    """Paint the picture in oil."""
    colours = resize(image, *frame.soft(_COLOUR_ROWS).size)
    unit = frame.unit * touch
    angle, strength = _contours(image, frame, rng)
    easel = Easel(softened(image, frame, 110 / touch), frame)
    for brush in _BRUSHES:
        count = round(brush.count * frame.aspect / unit**2)
        x, y = rng.random(count), rng.random(count)
        length = brush.length * rng.uniform(0.7, 1.6, count) * unit
        load = rng.normal(0, 0.045, (count, 1)) + rng.normal(0, 0.012, (count, 3))
        turn, clear = _at(angle, x, y), _at(strength, x, y) > _CLEAR_CONTOUR
        paint = np.stack([_at(channel, x, y) for channel in colours], 1) * (1 + load)
        kept = clear if brush.contours_only else np.ones(count, bool)
        _lay(easel, x[kept] * frame.aspect, y[kept], length[kept], turn[kept], paint[kept])
    return easel.image()


def _contours(image: Array, frame: Frame, rng: Generator) -> tuple[Array, Array]:
    """Return the direction of strokes in radians, and how clear the contour is they follow."""
    guide = frame.soft(_GUIDE_ROWS)
    tone = blur(resize(luma(image), *guide.size), 1.6)
    down, across = np.gradient(tone)
    strength = np.hypot(across, down)
    swirl = field(rng, guide, 3 / frame.unit, 3) * F32(5.2)
    along = np.arctan2(across, -down)
    return np.where(strength > F32(_CLEAR_CONTOUR), along, swirl), strength


def _at(plane: Array, x: Array, y: Array) -> Array:
    """Return the plane's values at shares of its width and height."""
    height, width = plane.shape
    return np.asarray(plane[(y * height).astype(int), (x * width).astype(int)], F32)


def _lay(easel: Easel, x: Array, y: Array, length: Array, turn: Array, paint: Array) -> None:
    """Lay strokes: each a body with a lighter ridge on one side and a darker one on the other."""
    along, down = np.cos(turn) * length, np.sin(turn) * length
    strokes = zip(*(values.tolist() for values in (x, y, along, down, paint)), strict=True)
    for cx, cy, dx, dy, colour in strokes:
        for offset, width, tone in ((0.0, 0.17, 1.0), (-0.11, 0.045, 1.10), (0.12, 0.04, 0.90)):
            ox, oy, wx, wy = -dy * offset, dx * offset, -dy * width, dx * width
            easel.polygon(
                (
                    (cx + ox - dx, cy + oy - dy),
                    (cx + ox - dx * 0.7 + wx, cy + oy - dy * 0.7 + wy),
                    (cx + ox + dx * 0.8 + wx, cy + oy + dy * 0.8 + wy),
                    (cx + ox + dx, cy + oy + dy),
                    (cx + ox + dx * 0.8 - wx, cy + oy + dy * 0.8 - wy),
                    (cx + ox - dx * 0.7 - wx, cy + oy - dy * 0.7 - wy),
                ),
                [channel * tone for channel in colour],
            )
