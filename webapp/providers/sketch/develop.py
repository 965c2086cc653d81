"""From painted light to a picture: bloom, tone curve, colours, finish, vignette and grain."""

import numpy as np
from PIL import Image

from webapp.providers.sketch.arrays import F32, Array, smoothstep
from webapp.providers.sketch.colour import linear_to_srgb, luma
from webapp.providers.sketch.finishes import FINISHES
from webapp.providers.sketch.frame import Frame
from webapp.providers.sketch.noise import Generator
from webapp.providers.sketch.picture import Picture
from webapp.providers.sketch.raster import blur, resize
from webapp.providers.sketch.transport import Scheme

_BAND = 128  # rows developed at a time: small enough for the cache, and for little memory
_BLOOM_ROWS = 256
_BLOOM_RADIUS = 0.026
_EXPOSURE = 1.42
_SATURATION = 1.08
_GRAIN_ROWS = 1024
_GRAIN = 0.007


def develop(picture: Picture, frame: Frame, scheme: Scheme | None = None) -> Image.Image:
    """Turn linear light into an RGB image of the frame's size.

    It is in the colours of the scheme, if there is one, and in the finish that was asked for.
    """
    image = picture.image
    _add_bloom(image, picture.frame)
    for first in range(0, picture.frame.height, _BAND):
        rows = slice(first, first + _BAND)
        image[:, rows] = _tone(image[:, rows])
    if scheme:
        image = scheme.applied(image)
    finish = FINISHES.get(picture.reading.finish)
    if finish:
        image = finish(image, frame, picture.rng("finish"))
    return _printed(image, frame, picture.rng("grain"))


def _add_bloom(image: Array, frame: Frame) -> None:
    """Let what is brighter than paper spill into its surroundings."""
    soft = frame.soft(_BLOOM_ROWS)
    for channel in range(3):
        bright = resize(np.maximum(image[channel] - F32(0.75), 0), *soft.size)
        image[channel] += resize(blur(bright, _BLOOM_RADIUS * soft.height), *frame.size) * F32(0.5)


def _tone(linear: Array) -> Array:
    """Compress the highlights with a soft shoulder, expose, and apply the sRGB curve."""
    shoulder = linear * (1 + 0.1375 * linear) / (1 + 0.55 * linear)
    return linear_to_srgb(np.clip(shoulder * F32(_EXPOSURE), 0, 1))


def _printed(image: Array, frame: Frame, rng: Generator) -> Image.Image:
    """Add vignette, grain and a little saturation, band by band, and round to 8 bits."""
    grain_frame = frame.soft(_GRAIN_ROWS)
    grain = rng.standard_normal((grain_frame.height, grain_frame.width), F32) * F32(_GRAIN)
    grain = resize(grain, *frame.size)
    pixels = np.empty((frame.height, frame.width, 3), np.uint8)
    for first in range(0, frame.height, _BAND):
        rows = slice(first, min(first + _BAND, frame.height))
        band = image[:, rows] * _vignette(frame, rows) + grain[rows]
        grey = luma(band)
        for channel, plane in enumerate(band):
            vivid = grey + (plane - grey) * F32(_SATURATION)
            pixels[rows, :, channel] = np.clip(vivid * 255 + F32(0.5), 0, 255)
    return Image.fromarray(pixels)


def _vignette(frame: Frame, rows: slice) -> Array:
    """Return how much light is left towards the corners."""
    across = (frame.x / F32(frame.aspect) - F32(0.5)) * F32(1.05)
    off = np.hypot(across, frame.y[rows] - F32(0.5))
    return 1 - F32(0.20) * smoothstep(0.42, 0.85, off)
