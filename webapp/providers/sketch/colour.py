"""Colour: Oklab for mixing, linear light for painting, sRGB for the file.

Oklab is by Björn Ottosson, "A perceptual color space for image processing" (2020); its matrices
are copied from there. Colours are arrays of three: (lightness, green-red, blue-yellow) in Oklab,
(red, green, blue) from 0 to 1 in linear light.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from webapp.providers.sketch.arrays import F32, Array

_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_CONES = np.linalg.inv(_TO_CONES)
_FROM_OKLAB = np.linalg.inv(_TO_OKLAB)
_RAMP_STEPS = 512
_REC709_LUMA = np.array([0.2126, 0.7152, 0.0722], F32)


def oklab(hex_colour: str) -> Array:
    """Return the Oklab colour of `#rrggbb`."""
    srgb = np.array([int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return linear_to_oklab(srgb_to_linear(srgb))


def srgb_to_linear(srgb: Array) -> Array:
    """Undo the sRGB curve (IEC 61966-2-1)."""
    # Resampling may leave a little less than black.
    return np.where(srgb <= 0.04045, srgb / 12.92, ((np.maximum(srgb, 0) + 0.055) / 1.055) ** 2.4)


def linear_to_srgb(linear: Array) -> Array:
    """Apply the sRGB curve to light of 0 and more."""
    curve = 1.055 * np.power(np.maximum(linear, 1e-8), F32(1 / 2.4)) - 0.055
    return np.where(linear <= 0.0031308, linear * 12.92, curve)


def linear_to_oklab(linear: Array) -> Array:
    """Convert linear light to Oklab; the channels come first, as (3, ...)."""
    cones = np.tensordot(_TO_CONES.astype(linear.dtype), linear, 1)
    return np.tensordot(_TO_OKLAB.astype(linear.dtype), np.cbrt(np.maximum(cones, 0)), 1)


def light(lab: Array) -> Array:
    """Convert Oklab to linear light as float32, clipped at black; channels first."""
    return np.asarray(np.maximum(oklab_to_linear(lab), 0), F32)


def oklab_to_linear(lab: Array) -> Array:
    """Convert Oklab to linear light, below 0 and above 1 where no screen can show it."""
    cones = np.tensordot(_FROM_OKLAB.astype(lab.dtype), lab, 1) ** 3
    return np.asarray(np.tensordot(_FROM_CONES.astype(lab.dtype), cones, 1))


def mix(colour: Array, other: Array, share: float) -> Array:
    """Return `colour` with that share (0..1) of the other; both in the same space."""
    return colour * (1 - share) + other * share


def dye(colour: Array, pigment: Array, share: float) -> Array:
    """Pull the hue of an Oklab colour towards a pigment and keep its lightness.

    A dark colour takes little chroma: at full strength it would leave the gamut and turn into a
    glaring band between its neighbours.
    """
    strength = float(np.clip(colour[0] / max(float(pigment[0]), 0.2), 0.25, 1.0))
    return mix(colour, np.array([colour[0], *(pigment[1:] * strength)]), share)


def ramp(stops: Sequence[tuple[float, Array]]) -> Array:
    """Return a table (3, 512) of linear light through Oklab stops [(position 0..1, colour), ...].

    The stops are joined by straight lines in Oklab and then eased, so that none shows as a crease.
    """
    at, colours = [stop[0] for stop in stops], np.array([stop[1] for stop in stops])
    steps = np.linspace(0, 1, _RAMP_STEPS)
    lines = np.stack([np.interp(steps, at, channel) for channel in colours.T])
    return light(np.stack([_eased(line) for line in lines]))


def look_up(table: Array, position: Array) -> Array:
    """Return the colours of a ramp at positions 0..1; the channels come first."""
    index = np.clip(position * (_RAMP_STEPS - 1), 0, _RAMP_STEPS - 1).astype(np.intp)
    return np.stack([np.take(channel, index) for channel in table])


def luma(rgb: Array) -> Array:
    """Return the Rec. 709 weighted sum of the channels, which come first."""
    red, green, blue = _REC709_LUMA
    return np.asarray(rgb[0] * red + rgb[1] * green + rgb[2] * blue, F32)


def lights(hex_colours: Iterable[str]) -> list[Array]:
    """Return several `#rrggbb` colours in linear light."""
    return [light(oklab(colour)) for colour in hex_colours]


def _eased(line: Array) -> Array:
    radius = _RAMP_STEPS // 24
    kernel = np.hanning(2 * radius + 1)
    padded = np.pad(line, radius, "edge")
    return np.convolve(padded, kernel / kernel.sum(), "valid")
