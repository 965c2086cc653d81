"""Print: a woodblock print in a few inks, with the grain of the blocks and a dark key line."""

import numpy as np

from webapp.providers.sketch.arrays import F32, Array, smoothstep
from webapp.providers.sketch.colour import luma
from webapp.providers.sketch.finishes.inks import distances, main_colours, shown, to_oklab
from webapp.providers.sketch.finishes.surface import softened
from webapp.providers.sketch.frame import Frame
from webapp.providers.sketch.noise import Generator, field, fractal

_INKS = 9
_SHARPNESS = 900.0  # how abruptly one ink ends where the next begins
_PAPER = (0.965, 0.935, 0.870)
_MARGIN = 0.022


def woodblock(image: Array, frame: Frame, rng: Generator, touch: float = 1.0) -> Array:
    """Print the picture from blocks."""
    flat = softened(image, frame, 340 / touch)
    inks = main_colours(image, frame, _INKS)
    uneven = (field(rng, frame, 20 / frame.unit, 3) - F32(0.5)) * F32(0.035)
    printed = np.empty_like(flat)
    for first in range(0, frame.height, 128):
        rows = slice(first, first + 128)
        printed[:, rows] = _inked(flat[:, rows], inks, uneven[rows])
    printed *= 1 - _key_lines(image, frame, touch) * F32(0.55)
    wood = fractal(
        rng, frame.size, (5 * frame.aspect / frame.unit, 200 / frame.unit), 2, 0.6
    ) - F32(0.5)
    printed *= 1 + wood * F32(0.13)
    return _on_paper(printed, frame, rng)


def _inked(image: Array, inks: Array, uneven: Array) -> Array:
    """Return a band of the picture in the inks alone; borders between inks are antialiased."""
    lab = to_oklab(image)
    lab[0] += uneven
    total = np.zeros(image.shape[1:], F32)
    mixed = np.zeros_like(image)
    for distance, colour in zip(distances(lab, inks), shown(inks), strict=True):
        weight = np.exp(np.maximum(distance * F32(-_SHARPNESS), -60))
        total += weight
        mixed += weight * colour[:, None, None]
    return mixed / total


def _key_lines(image: Array, frame: Frame, touch: float) -> Array:
    """Return dark lines along the edges of shapes, 0..1."""
    tone = luma(image)
    return smoothstep(
        0.018, 0.060, softened(tone, frame, 150 / touch) - softened(tone, frame, 460 / touch)
    )


def _on_paper(printed: Array, frame: Frame, rng: Generator) -> Array:
    """Put the print on a sheet with a narrow margin."""
    unit = frame.unit
    fibre = (field(rng, frame, 150 / unit, 2) - F32(0.5)) * F32(0.05)
    sideways = np.minimum(frame.x, F32(frame.aspect) - frame.x)
    border = np.minimum(sideways, np.minimum(frame.y, 1 - frame.y))
    edge = (field(rng, frame, 70 / unit, 3) - F32(0.5)) * F32(0.004)
    inside = smoothstep(_MARGIN - 0.0008, _MARGIN + 0.0008, border / F32(unit) + edge)
    for channel, white in enumerate(_PAPER):
        sheet = white + fibre
        inked = printed[channel] * (0.93 + 0.07 * sheet)
        printed[channel] = sheet + (inked - sheet) * inside
    return printed
