"""Low-poly: a net of triangles, each in one colour, lit as if it were folded from paper."""

import numpy as np

from webapp.providers.sketch.arrays import F32, Array
from webapp.providers.sketch.colour import luma
from webapp.providers.sketch.finishes.surface import Easel
from webapp.providers.sketch.frame import Frame
from webapp.providers.sketch.noise import Generator
from webapp.providers.sketch.raster import blur, resize

_ROWS = 40  # of triangles, in a square picture
_TRIES = 12  # places looked at for every corner
_COLOUR_ROWS = 300
_FALLING_CUT = [[0, 1, 2], [0, 2, 3]]
_RISING_CUT = [[0, 1, 3], [1, 2, 3]]


def low_poly(image: Array, frame: Frame, rng: Generator, touch: float = 1.0) -> Array:
    """Fold the picture from triangles."""
    colours = resize(image, *frame.soft(_COLOUR_ROWS).size)
    triangles = _triangles(_net(colours, frame, rng, touch), colours, frame)
    shade = 1 + _folds(triangles, frame.unit * touch) + rng.uniform(-0.03, 0.03, len(triangles))
    paints = _mean_colours(triangles, colours, frame) * shade[:, None]
    easel = Easel(image[:, :1, :1].repeat(frame.height, 1).repeat(frame.width, 2), frame)
    for corners, paint in zip(triangles.tolist(), paints.tolist(), strict=True):
        easel.polygon(corners, paint)
    return easel.image()


def _net(colours: Array, frame: Frame, rng: Generator, touch: float) -> Array:
    """Return the corners (rows, columns, 2) in picture heights: a grid drawn towards edges."""
    rows = round(_ROWS / (frame.unit * touch))
    columns = max(1, round(rows * frame.aspect))
    x, y = np.meshgrid(np.linspace(-0.05, 1.05, columns + 1), np.linspace(-0.05, 1.05, rows + 1))
    x[1::2] += 0.5 / columns
    grid = np.stack([x * frame.aspect, y], -1)
    tries = grid + rng.uniform(-0.40, 0.40, (_TRIES, *grid.shape)) / rows
    best = _edges_at(tries, luma(colours), frame).argmax(0)
    return np.asarray(np.take_along_axis(tries, best[None, ..., None], 0)[0], F32)


def _edges_at(points: Array, tone: Array, frame: Frame) -> Array:
    """Return how strong the picture's edges are at points (..., 2) in picture heights."""
    down, across = np.gradient(blur(tone, 1.5))
    strength = np.hypot(across, down)
    column = points[..., 0] * (tone.shape[1] / frame.aspect)
    row = points[..., 1] * tone.shape[0]
    inside = np.clip(row, 0, tone.shape[0] - 1), np.clip(column, 0, tone.shape[1] - 1)
    return np.asarray(strength[inside[0].astype(int), inside[1].astype(int)], F32)


def _triangles(net: Array, colours: Array, frame: Frame) -> Array:
    """Return the triangles (count, 3 corners, 2) between the corners of a net.

    Each quadrilateral is cut along the diagonal whose ends differ less, so that edges are kept.
    """
    quads = np.stack([net[:-1, :-1], net[:-1, 1:], net[1:, 1:], net[1:, :-1]], 2).reshape(-1, 4, 2)
    tones = _colours_at(quads, colours, frame).sum(-1)
    falling = np.abs(tones[:, 0] - tones[:, 2]) < np.abs(tones[:, 1] - tones[:, 3])
    halves = np.where(falling[:, None, None, None], quads[:, _FALLING_CUT], quads[:, _RISING_CUT])
    return np.asarray(halves.reshape(-1, 3, 2), F32)


def _mean_colours(triangles: Array, colours: Array, frame: Frame) -> Array:
    """Return the colour around the middle of each triangle, as (count, 3)."""
    middles = triangles.mean(1, keepdims=True)
    around = np.concatenate([middles, (triangles + middles) / 2], 1)
    return np.asarray(_colours_at(around, colours, frame).mean(1), F32)


def _colours_at(points: Array, colours: Array, frame: Frame) -> Array:
    """Return the colours (..., 3) at points (..., 2) in picture heights."""
    height, width = colours.shape[1:]
    column = np.clip(points[..., 0] / frame.aspect * width, 0, width - 1).astype(int)
    row = np.clip(points[..., 1] * height, 0, height - 1).astype(int)
    return np.moveaxis(colours[:, row, column], 0, -1)


def _folds(triangles: Array, unit: float) -> Array:
    """Return relative light for each triangle: which way it seems to face."""
    along, down = (triangles[:, 1] - triangles[:, 0]).T
    return np.asarray(0.085 * np.tanh((along * 0.8 - down) * (18 / unit)), F32)
