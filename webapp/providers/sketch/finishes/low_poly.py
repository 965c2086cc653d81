"""Low-poly: a net of triangles, each in one colour, lit as if it were folded from paper."""

import numpy as np

from webapp.providers.sketch.arrays import F32, Array
from webapp.providers.sketch.colour import luma
from webapp.providers.sketch.finishes.surface import Easel
from webapp.providers.sketch.frame import Frame
from webapp.providers.sketch.noise import Generator
from webapp.providers.sketch.raster import blur, resize
from webapp.providers.sketch.stencil import Point

_ROWS = 40  # of triangles, in a square picture
_TRIES = 12  # places looked at for every corner
_COLOUR_ROWS = 300


def low_poly(image: Array, frame: Frame, rng: Generator) -> Array:
    """Fold the picture from triangles."""
    colours = resize(image, *frame.soft(_COLOUR_ROWS).size)
    net = _net(colours, frame, rng)
    easel = Easel(image[:, :1, :1].repeat(frame.height, 1).repeat(frame.width, 2), frame)
    for row in range(net.shape[0] - 1):
        for column in range(net.shape[1] - 1):
            corners = [
                (float(x), float(y))
                for x, y in net[
                    [row, row, row + 1, row + 1], [column, column + 1, column + 1, column]
                ]
            ]
            for triangle in _halves(corners, colours, frame):
                shade = 1 + _fold(triangle) + rng.uniform(-0.03, 0.03)
                easel.polygon(triangle, _mean_colour(triangle, colours, frame) * shade)
    return easel.image()


def _net(colours: Array, frame: Frame, rng: Generator) -> Array:
    """Return the corners (rows, columns, 2) in picture heights: a grid drawn towards edges."""
    rows = round(_ROWS / frame.unit)
    columns = round(rows * frame.aspect)
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


def _halves(
    quad: list[Point], colours: Array, frame: Frame
) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Cut a quadrilateral along the diagonal whose ends differ less, so that edges are kept."""
    tones = [_colour_at(corner, colours, frame).sum() for corner in quad]
    if abs(tones[0] - tones[2]) < abs(tones[1] - tones[3]):
        return (quad[0], quad[1], quad[2]), (quad[0], quad[2], quad[3])
    return (quad[0], quad[1], quad[3]), (quad[1], quad[2], quad[3])


def _mean_colour(triangle: tuple[Point, ...], colours: Array, frame: Frame) -> Array:
    """Return the colour around the middle of a triangle."""
    middle = sum(x for x, _ in triangle) / 3, sum(y for _, y in triangle) / 3
    around = [middle, *(((x + middle[0]) / 2, (y + middle[1]) / 2) for x, y in triangle)]
    return np.asarray(sum(_colour_at(point, colours, frame) for point in around) / F32(4))


def _colour_at(point: Point, colours: Array, frame: Frame) -> Array:
    height, width = colours.shape[1:]
    column = min(width - 1, max(0, int(point[0] / frame.aspect * width)))
    return colours[:, min(height - 1, max(0, int(point[1] * height))), column]


def _fold(triangle: tuple[Point, ...]) -> float:
    """Return relative light: which way the triangle seems to face."""
    (x, y), (to_x, to_y), _ = triangle
    return float(0.085 * np.tanh(((to_x - x) * 0.8 - (to_y - y)) * 18))
