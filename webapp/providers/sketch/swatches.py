"""What colours a picture has: a few swatches of them, and how bright it is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from webapp.providers.sketch.arrays import F32, Array
from webapp.providers.sketch.finishes.inks import clusters, to_oklab
from webapp.providers.sketch.pillow import as_array

_COUNT = 20
_SIDE = 56  # pixels looked at, across and down
_QUANTILES = 33
_HUE_WEIGHT = 1.6  # colours of one lightness part sooner than shades of one colour
_HEIGHT_WEIGHT = 0.15  # the sky and the sea may share a colour


@dataclass(frozen=True, slots=True)
class Swatches:
    """The colours of one or more pictures.

    `colours` are in Oklab, (count, 3); `shares` of the area add up to 1; `heights` say where a
    colour is found on average, 0 at the top and 1 at the bottom. `lightness` holds quantiles.
    """

    colours: Array
    shares: Array
    heights: Array
    lightness: Array


def swatches(images: Sequence[Image.Image]) -> Swatches:
    """Return the colours of RGB images together; each counts as much as any other."""
    samples = np.concatenate([_samples(image) for image in images])
    middles, nearest = clusters(samples * _weights(), _COUNT)
    counts = np.bincount(nearest, minlength=_COUNT)
    found = counts > 0
    middles = (middles / _weights())[found]
    return Swatches(
        colours=middles[:, :3],
        shares=counts[found] / len(samples),
        heights=middles[:, 3],
        lightness=np.quantile(samples[:, 0], np.linspace(0, 1, _QUANTILES)),
    )


def _samples(image: Image.Image) -> Array:
    """Return lightness, the two hues and the height of some places, as (count, 4)."""
    # Reduced first, so that a sample stands for its surroundings, but not so far that all is grey.
    small = image.resize((_SIDE * 3, _SIDE * 3), Image.Resampling.BOX)
    lab = to_oklab(as_array(small.resize((_SIDE, _SIDE), Image.Resampling.NEAREST)))
    height = np.broadcast_to(np.linspace(0, 1, _SIDE, dtype=F32)[:, None], lab[:1].shape)
    return np.concatenate([lab, height]).reshape(4, -1).T


def _weights() -> Array:
    return np.array([1, _HUE_WEIGHT, _HUE_WEIGHT, _HEIGHT_WEIGHT], F32)
