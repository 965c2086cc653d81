"""From arrays to Pillow's images and back."""

import numpy as np
from PIL import Image

from webapp.providers.sketch.arrays import F32, Array


def as_pillow(image: Array) -> Image.Image:
    """Return an image (3, height, width) of 0..1 in Pillow's own form."""
    pixels = np.empty((*image.shape[1:], 3), np.uint8)
    for channel, plane in enumerate(image):
        pixels[..., channel] = np.clip(plane * 255 + F32(0.5), 0, 255)
    return Image.fromarray(pixels)


def as_array(image: Image.Image) -> Array:
    """Return an RGB image as (3, height, width) of 0..1, float32."""
    pixels = np.asarray(image)
    planes = np.empty((3, *pixels.shape[:2]), F32)
    for channel in range(3):
        np.multiply(pixels[..., channel], F32(1 / 255), out=planes[channel])
    return planes
