"""Fractal noise that knows no pixels: the same numbers give the same field at any resolution.

Value noise: random grids, finer by two from octave to octave, blown up with a bicubic filter. Cells
are counted over the whole frame, and the generator is asked for the same numbers at every size.
"""

from collections.abc import Callable

import numpy as np

from webapp.providers.sketch.arrays import F32, Array
from webapp.providers.sketch.frame import ALL_ROWS, Frame
from webapp.providers.sketch.raster import resize

Generator = np.random.Generator
Fold = Callable[[Array], Array]

_PER_CELL = 4  # samples; a bicubic filter needs no more to show a cell
_SKYLINE_SAMPLES = 2048
_BORDER = 1  # extra cells around the grid, so that the filter never sees its edge


def fractal(
    rng: Generator,
    size: tuple[int, int],
    cells: tuple[float, float],
    octaves: int,
    gain: float,
    fold: Fold | None = None,
) -> Array:
    """Return noise of about 0..1 as a plane of `size` (width, height) with `cells` (across, down).

    Each octave has twice the cells of the last and `gain` times its weight. The octaves are added
    on the smallest grid that can hold the finest of them, and enlarged once at the end. A `fold`
    is applied to each octave.
    """
    finest = 2 ** (octaves - 1) * _PER_CELL
    width = min(size[0], max(1, round(cells[0])) * finest)
    height = min(size[1], max(1, round(cells[1])) * finest)
    total = np.zeros((height, width), F32)
    weights = gain ** np.arange(octaves)
    for octave, weight in enumerate(weights / weights.sum()):
        across, down = (max(1, round(count * 2**octave)) for count in cells)
        noise = _value_noise(rng, (across, down), (width, height))
        total += F32(weight) * (fold(noise) if fold else noise)
    return total if (width, height) == size else resize(total, *size)


def field(
    rng: Generator,
    frame: Frame,
    per_height: float,
    octaves: int,
    gain: float = 0.5,
    *,
    rows: slice = ALL_ROWS,
) -> Array:
    """Return fractal noise over a frame with square cells, so many to the picture's height.

    With `rows`, only those are returned: the same noise, less work.
    """
    cells = (max(1.0, per_height * frame.aspect), per_height)
    finest = 2 ** (octaves - 1) * _PER_CELL
    grid = (
        min(frame.width, round(cells[0]) * finest),
        min(frame.height, max(1, round(cells[1])) * finest),
    )
    return frame.enlarge(fractal(rng, grid, cells, octaves, gain), rows)


def skyline(
    rng: Generator, cells: float, octaves: int, gain: float = 0.5, ridged: float = 0.0
) -> Array:
    """Return a line of 2048 heights from exactly 0 to exactly 1.

    `ridged` 1 folds the noise into sharp peaks, 0 leaves rolling hills.
    """
    line = np.zeros(_SKYLINE_SAMPLES, F32)
    for octave in range(octaves):
        across = max(2, round(cells * 2**octave))
        noise = _value_noise(rng, (across, 1), (_SKYLINE_SAMPLES, 1))[0]
        line += F32(gain**octave) * (ridge(noise) * F32(ridged) + noise * F32(1 - ridged))
    line -= line.min()
    return line / max(float(line.max()), 1e-6)


def ridge(noise: Array) -> Array:
    """Fold noise at its middle, so that it rises to sharp crests."""
    return 1 - np.abs(2 * noise - 1)


def tile(rng: Generator, size: int, cells: int, octaves: int, gain: float) -> Array:
    """Return a square of noise that goes on at its right and lower edge as it begins."""
    total = np.zeros((size, size), F32)
    weights = gain ** np.arange(octaves)
    for octave, weight in enumerate(weights / weights.sum()):
        count = cells * 2**octave
        grid = np.pad(rng.random((count, count), dtype=F32), _BORDER + 1, "wrap")
        box = (_BORDER + 1,) * 2 + (_BORDER + 1 + count,) * 2
        total += F32(weight) * resize(grid, size, size, box=box)
    return total


def _value_noise(rng: Generator, cells: tuple[int, int], size: tuple[int, int]) -> Array:
    across, down = cells
    grid = rng.random((down + 2 * _BORDER + 1, across + 2 * _BORDER + 1), dtype=F32)
    box = (_BORDER, _BORDER, across + _BORDER, down + _BORDER)
    return resize(grid, *size, box=box)
