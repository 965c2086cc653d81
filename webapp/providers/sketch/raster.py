"""Resampling of float planes: resize, blur, sample. Pillow does the heavy lifting in C."""

import numpy as np
from PIL import Image

from webapp.providers.sketch.arrays import F32, Array

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


def sample(plane: Array, x: Array, y: Array) -> Array:
    """Return the plane at float pixel positions, bilinear; beyond its edges it is repeated."""
    height, width = plane.shape
    column = np.clip(x, 0, width - 1.001)
    row = np.clip(y, 0, height - 1.001)
    left, top = column.astype(np.int32), row.astype(np.int32)
    column -= left
    row -= top
    index = top * width + left
    flat = np.ascontiguousarray(plane).ravel()
    upper = flat[index]
    upper += (flat[index + 1] - upper) * column
    index += width
    lower = flat[index]
    lower += (flat[index + 1] - lower) * column
    upper += (lower - upper) * row
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
