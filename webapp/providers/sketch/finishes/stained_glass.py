"""Stained glass: panes held by lead that follows the picture's shapes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from webapp.providers.sketch.arrays import F32, Array, smoothstep
from webapp.providers.sketch.colour import luma
from webapp.providers.sketch.finishes.inks import distances, main_colours, shown, to_oklab
from webapp.providers.sketch.frame import Frame
from webapp.providers.sketch.noise import Generator, field
from webapp.providers.sketch.raster import blur, resize

_ROWS = 17  # of panes, in a square picture
_BAND = 64  # rows of pixels worked on at a time
_GLASSES = 7  # colours of glass
_ROUNDING = 0.011  # natural units; finer shapes get no lead of their own
_EDGE = 0.0045
_BOLDER = 1.5  # lead along shapes is thicker than between panes
_SHAPE_ROWS = 48
_CONTOUR_ROWS = 480
_LEAD = 0.0021  # half the width of the lead, in natural units
_LEAD_COLOUR = 0.045
_NEIGHBOURS = [(down, across) for down in (-1, 0, 1) for across in (-1, 0, 1)]


@dataclass(frozen=True, slots=True)
class _Panes:
    """One point in each square of a grid; a pane is what lies nearest to it.

    `x` and `y` are in squares, with one more square on every side of the picture; `tone` is each
    pane's own brightness.
    """

    x: Array
    y: Array
    tone: Array


def stained_glass(image: Array, frame: Frame, rng: Generator, touch: float = 1.0) -> Array:
    """Set the picture in stained glass."""
    unit = frame.unit * touch
    panes = _panes(frame, rng, unit)
    glass, to_contour = _shapes(image, frame, unit)
    streaks = field(rng, frame, 26 / unit, 3) - F32(0.5)
    lead, half_pixel = _LEAD * unit, max(0.0008 * unit, frame.pixel) / 2
    for first in range(0, frame.height, _BAND):
        rows = slice(first, min(first + _BAND, frame.height))
        to_pane, tone = _cells(panes, frame, rows)
        to_lead = np.minimum(to_pane, to_contour[rows])
        light = (
            tone
            + streaks[rows] * F32(0.34)
            + smoothstep(0.007 * unit, 0.002 * unit, to_lead) * F32(0.10)
        )
        clear = smoothstep(lead - half_pixel, lead + half_pixel, to_lead)
        band = glass[:, rows] * light
        glass[:, rows] = band + (F32(_LEAD_COLOUR) - band) * (1 - clear)
    return glass


def _panes(frame: Frame, rng: Generator, unit: float) -> _Panes:
    rows = max(1, round(_ROWS / unit))
    columns = max(1, round(rows * frame.aspect))
    shape = rows + 2, columns + 2
    x = np.arange(-1, columns + 1) + rng.uniform(0.12, 0.88, shape)
    y = np.arange(-1, rows + 1)[:, None] + rng.uniform(0.12, 0.88, shape)
    tone = 1.04 + rng.normal(0, 0.085, shape)
    return _Panes(x.astype(F32), y.astype(F32), tone.astype(F32))


def _shapes(image: Array, frame: Frame, unit: float) -> tuple[Array, Array]:
    """Return the picture in few glasses, and each pixel's distance from where two of them meet."""
    soft = frame.soft(_CONTOUR_ROWS)
    small = np.clip(resize(image, *soft.size), 0, 1)
    inks = main_colours(image, frame, _GLASSES)
    nearest = np.stack(list(distances(to_oklab(small), inks))).argmin(0)
    # Blurring who is nearest, not the colours, rounds the shapes and adds no borders of its own.
    rounded = _memberships(nearest, _ROUNDING * unit * soft.height).argmax(0)
    second, most = np.partition(_memberships(rounded, _EDGE * unit * soft.height), -2, axis=0)[-2:]
    # Across a border the blurred planes are error functions: this is their slope's inverse.
    to_contour = (most - second) * F32(1.25 * _EDGE * unit / _BOLDER)
    colours = shown(inks).T[:, rounded] * F32(0.68)
    colours += resize(resize(small, *frame.soft(_SHAPE_ROWS).size), *soft.size) * F32(0.32)
    grey = luma(colours)
    vivid = grey + (colours - grey) * F32(1.30)
    return resize(vivid, *frame.size), resize(to_contour, *frame.size)


def _memberships(glass: NDArray[np.intp], radius: float) -> Array:
    """Return for each glass how much of every pixel's surroundings it fills."""
    return np.stack([blur((glass == n).astype(F32), radius) for n in range(_GLASSES)])


def _cells(panes: _Panes, frame: Frame, rows: slice) -> tuple[Array, Array]:
    """Return a band's distance from the borders of the panes, in heights, and the panes' tones."""
    down, across = panes.x.shape[0] - 2, panes.x.shape[1] - 2
    x, y = np.broadcast_arrays(frame.x * F32(across / frame.aspect), frame.y[rows] * F32(down))
    own, other, distance = _nearest(panes, x, y)
    apart = np.hypot(
        panes.x.ravel()[own] - panes.x.ravel()[other], panes.y.ravel()[own] - panes.y.ravel()[other]
    )
    # How far the line half-way between the two nearest points is away.
    to_border = (distance[1] - distance[0]) / (2 * apart + F32(1e-6))
    return to_border / F32(down), panes.tone.ravel()[own] - distance[0] * F32(0.14)


def _nearest(panes: _Panes, x: Array, y: Array) -> tuple[Array, Array, tuple[Array, Array]]:
    """Return the indexes of the two nearest points, and the squares of their distances."""
    columns = panes.x.shape[1]
    home = (y.astype(np.int32) + 1) * columns + x.astype(np.int32) + 1
    flat_x, flat_y = panes.x.ravel(), panes.y.ravel()
    first, second = np.full(x.shape, 9, F32), np.full(x.shape, 9, F32)
    own, other = home.copy(), home.copy()
    for down, across in _NEIGHBOURS:
        index = home + (down * columns + across)
        distance = (x - flat_x[index]) ** 2 + (y - flat_y[index]) ** 2
        closest, closer = distance < first, distance < second
        np.copyto(second, np.where(closest, first, distance), where=closer)
        np.copyto(other, np.where(closest, own, index), where=closer)
        np.copyto(first, distance, where=closest)
        np.copyto(own, index, where=closest)
    return own, other, (first, second)
