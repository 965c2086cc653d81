"""The array type and the few curves that every part of the painter uses."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
"""A float32 array. A plane is (height, width), an image (3, height, width) in linear light."""

F32 = np.float32


def smoothstep(start: float, end: float, x: Array) -> Array:
    """Return 0 before `start`, 1 after `end` and a smooth S between; `start` may be the larger."""
    t = np.clip((x - F32(start)) * F32(1 / (end - start)), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), F32)


def bell(x: Array, centre: float, width: float) -> Array:
    """Return a Gaussian bump: 1 at `centre`, 1/e at a distance of `width`."""
    return np.asarray(np.exp(-(((x - centre) / width) ** 2)), F32)
