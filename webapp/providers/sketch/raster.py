"""Resampling of float planes: resize, blur, sample. Pillow does the heavy lifting in C."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from webapp.providers.sketch.arrays import F32, Array

IntArray = NDArray[np.int32]

_EXACT_BLUR = 2.5  # pixels; wider blurs are made on a smaller plane


def resize(plane: Array, width: int, height: int, box: tuple[float, ...] | None = None) -> Array:
    """Resample a plane (or an image, channel by channel) smoothly; shrinking averages."""
    if plane.ndim == 3:
        return np.stack([resize(channel, width, height, box) for channel in plane])
    source = Image.fromarray(np.ascontiguousarray(plane, F32))
    edges = None if box is None else (box[0], box[1], box[2], box[3])
    return np.asarray(source.resize((width, height), Image.Resampling.BICUBIC, box=edges))


def blur(plane: Array, radius: float) -> Array:
    """Blur with a Gaussian of that standard deviation in pixels, edges repeated."""
    if plane.ndim == 3:
        return np.stack([blur(channel, radius) for channel in plane])
    if radius <= _EXACT_BLUR:
        return _gaussian(_gaussian(plane, radius).T, radius).T
    height, width = plane.shape
    shrink = radius / 1.5
    small = resize(plane, max(2, round(width / shrink)), max(2, round(height / shrink)))
    return resize(_gaussian(_gaussian(small, 1.3).T, 1.3).T, width, height)


def sample(source: Array, x: Array, y: Array) -> Array:
    """Return a plane (or an image) at float pixel positions, bilinear; its edges go on for ever."""
    height, width = source.shape[-2:]
    column, row = np.clip(x, 0, width - 1.001), np.clip(y, 0, height - 1.001)
    left, top = column.astype(np.int32), row.astype(np.int32)
    column, row = column - left, row - top
    index = top * width + left
    if source.ndim == 2:
        return _bilinear(source, index, column, row)
    return np.stack([_bilinear(channel, index, column, row) for channel in source])


def _bilinear(plane: Array, index: IntArray, right: Array, low: Array) -> Array:
    """Mix four neighbours; `index` is that of the upper left one in the flattened plane."""
    flat, width = np.ascontiguousarray(plane).ravel(), plane.shape[1]
    upper = flat[index]
    upper += (flat[index + 1] - upper) * right
    lower = flat[index + width]
    lower += (flat[index + (width + 1)] - lower) * right
    upper += (lower - upper) * low
    return upper


def _gaussian(plane: Array, radius: float) -> Array:
    """Blur along the last axis."""
    if radius < 0.2:
        return plane
    reach = max(1, int(radius * 2.5))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / radius) ** 2).astype(F32)
    kernel /= kernel.sum()
    padded = np.pad(plane, ((0, 0), (reach, reach)), "edge")
    blurred = np.zeros_like(plane, F32)
    for shift, weight in enumerate(kernel):
        blurred += weight * padded[:, shift : shift + plane.shape[1]]
    return blurred
