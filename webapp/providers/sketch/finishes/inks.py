"""Few inks for many colours: k-means in Oklab."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from webapp.providers.sketch.arrays import F32, Array
from webapp.providers.sketch.colour import light, linear_to_oklab, linear_to_srgb, srgb_to_linear
from webapp.providers.sketch.frame import Frame
from webapp.providers.sketch.raster import resize

_ROUNDS = 12  # few colours settle quickly
_SAMPLE_ROWS = 96
_RICHER = (1.0, 1.12, 1.12)  # means are duller than what they stand for


def to_oklab(image: Array) -> Array:
    """Convert an sRGB image (3, height, width) to Oklab."""
    return linear_to_oklab(srgb_to_linear(image).astype(F32))


def main_colours(image: Array, frame: Frame, count: int) -> Array:
    """Return the main colours of an sRGB image in Oklab, as (count, 3)."""
    colours = to_oklab(resize(image, *frame.soft(_SAMPLE_ROWS).size)).reshape(3, -1).T
    return np.asarray(clusters(colours, count)[0] * _RICHER, F32)


def clusters(points: Array, count: int) -> tuple[Array, NDArray[np.intp]]:
    """Return the middles (count, n) of points (many, n), and the middle that each belongs to.

    The points' first number is their lightness: the search starts with middles spread along it.
    """
    by_lightness = points[np.argsort(points[:, 0], kind="stable")]
    places = (np.arange(count) + 0.5) / count * (len(points) - 1)
    middles = by_lightness[places.astype(int)].copy()
    nearest = np.zeros(len(points), np.intp)
    for _ in range(_ROUNDS):
        nearest = ((points[:, None] - middles[None]) ** 2).sum(2).argmin(1)
        for ink in range(count):
            if (nearest == ink).any():
                middles[ink] = points[nearest == ink].mean(0)
    return middles, nearest


def distances(lab: Array, inks: Array) -> Iterator[Array]:
    """Yield each ink's squared distance from every pixel of an Oklab image."""
    for lightness, red, yellow in inks:
        yield (lab[0] - lightness) ** 2 + (lab[1] - red) ** 2 + (lab[2] - yellow) ** 2


def shown(inks: Array) -> Array:
    """Return the inks in sRGB, as (count, 3)."""
    return np.asarray(linear_to_srgb(light(inks.T)).T, F32)
