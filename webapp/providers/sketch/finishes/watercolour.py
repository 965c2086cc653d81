"""Watercolour: washes that wander over rough paper, with pigment gathered at their edges."""

import numpy as np

from webapp.providers.sketch.arrays import F32, Array, smoothstep
from webapp.providers.sketch.colour import luma
from webapp.providers.sketch.finishes.surface import paper, softened
from webapp.providers.sketch.frame import Frame
from webapp.providers.sketch.noise import Generator, field
from webapp.providers.sketch.raster import sample

_PAPER = (0.985, 0.970, 0.940)
_WASHES = 8  # layers of tone
_WANDER = 0.030  # natural units


def watercolour(image: Array, frame: Frame, rng: Generator, touch: float = 1.0) -> Array:
    """Paint the picture in watercolour."""
    bleed = _bleed(frame, rng, touch), _bleed(frame, rng, touch)
    pigment = _wandered(softened(image, frame, 420 / touch), frame, bleed, touch)
    pigment *= _layered(luma(pigment), bleed[0] + bleed[1])
    tone = luma(pigment)
    edge = np.clip((softened(tone, frame, 130 / touch) - tone) * 2.0, -0.05, 0.26)
    wash = field(rng, frame, 5 / frame.unit, 5, 0.55)
    grain, relief = paper(frame, rng)
    inside = _brushed_area(frame, wash, bleed[0])
    for channel, white in enumerate(_PAPER):
        paint = 1 - (1 - pigment[channel]) * (F32(0.78) + F32(0.36) * wash)
        paint *= 1 - edge
        paint += F32(0.10) * (white - paint) + (grain - F32(0.5)) * F32(0.05)
        paint *= 1 + relief * F32(0.022)
        bare = white * (1 + relief * F32(0.014))
        pigment[channel] = bare + (paint - bare) * inside
    return pigment


def _bleed(frame: Frame, rng: Generator, touch: float) -> Array:
    """Return how paint runs on wet paper, around 0."""
    return field(rng, frame, 16 / (frame.unit * touch), 5, 0.6) - F32(0.5)


def _wandered(image: Array, frame: Frame, bleed: tuple[Array, Array], touch: float) -> Array:
    """Move every place a little, as wet paint does."""
    wander = F32(_WANDER * frame.unit * touch)
    x = (frame.x + bleed[0] * wander) * F32(frame.width / frame.aspect) - F32(0.5)
    y = (frame.y + bleed[1] * wander) * F32(frame.height) - F32(0.5)
    return sample(image, x, y)


def _layered(tone: Array, noise: Array) -> Array:
    """Return what turns even tones into steps of washes, their borders frayed by the noise."""
    level = tone * _WASHES + noise * F32(1.1)
    whole = np.floor(level)
    stepped = (whole + smoothstep(0.36, 0.64, level - whole)) / _WASHES
    return np.clip((stepped + F32(0.06)) / (tone + F32(0.06)), 0.76, 1.24)


def _brushed_area(frame: Frame, wash: Array, bleed: Array) -> Array:
    """Return 1 where the brush went and 0 on the bare border of the sheet."""
    sideways = np.minimum(frame.x, F32(frame.aspect) - frame.x)
    border = np.minimum(sideways, np.minimum(frame.y, 1 - frame.y)) / F32(frame.unit)
    return smoothstep(0.019, 0.033, border + (wash - F32(0.5)) * F32(0.05) + bleed * F32(0.02))
