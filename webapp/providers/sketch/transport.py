"""Giving a picture the colours of others: as little change as possible, all colours in their share.

Each colour of the picture is sent to colours of the others so that these are used as much as there,
at the least cost ("optimal transport", with M. Cuturi's entropic term, 2013). Cost is difference in
lightness, hue and height in the picture: a bright sky takes the colours of a bright sky.
"""

from dataclasses import dataclass

import numpy as np

from webapp.providers.sketch.arrays import F32, Array
from webapp.providers.sketch.colour_table import Recolour, recoloured
from webapp.providers.sketch.pillow import as_pillow
from webapp.providers.sketch.swatches import Swatches, swatches

_HUE_COST = 0.6
_HEIGHT_COST = 0.030
_SPREAD = 0.002  # how many colours one colour is sent to; little keeps them pure
_ROUNDS = 120
_REACH = 0.05  # in Oklab: how far a swatch speaks for the colours around it
_OWN_SHADES = 0.35  # how much of the differences within a swatch is kept
_BRIGHTNESS = 0.45  # how far light and shadow follow: night stays night
_PURE = 0.9  # how far averages get their chroma back


@dataclass(frozen=True, slots=True)
class Scheme:
    """The colours that a picture is to have, and how far it is to go there, 0..1."""

    wanted: Swatches
    strength: float

    def applied(self, image: Array) -> Array:
        """Return an sRGB image (3, rows, columns) in the scheme's colours."""
        if not self.strength:
            return image
        own = swatches([as_pillow(image)])
        return recoloured(image, recolouring(own, self.wanted, self.strength))


def recolouring(own: Swatches, wanted: Swatches, strength: float) -> Recolour:
    """Return what turns a picture's own colours into those wanted, as far as `strength` (0..1)."""
    plan = _plan(own, wanted)
    targets = _targets(plan, wanted.colours)

    def recolour(lab: Array) -> Array:
        hues = _hues(lab, own, targets)
        bright = np.interp(lab[0], *_increasing(own.lightness, wanted.lightness))
        lightness = lab[0] + (bright - lab[0]) * (_BRIGHTNESS * strength)
        return np.asarray(np.stack([lightness, *(lab[1:] + (hues - lab[1:]) * F32(strength))]), F32)

    return recolour


def _plan(own: Swatches, wanted: Swatches) -> Array:
    """Return the share of the picture that goes from each swatch to each other, (own, wanted)."""
    # Brightness is compared by rank: the brightest of a night is its match to the brightest of day.
    ranked = np.interp(own.colours[:, 0], *_increasing(own.lightness, wanted.lightness))
    cost = (ranked[:, None] - wanted.colours[None, :, 0]) ** 2
    cost += _HUE_COST * ((own.colours[:, None, 1:] - wanted.colours[None, :, 1:]) ** 2).sum(2)
    cost += _HEIGHT_COST * (own.heights[:, None] - wanted.heights[None]) ** 2
    kernel = np.exp(-cost / _SPREAD) + 1e-30
    across = np.ones(len(wanted.shares))
    for _ in range(_ROUNDS):
        down = own.shares / (kernel @ across)
        across = wanted.shares / (kernel.T @ down)
    return np.asarray(down[:, None] * kernel * across[None])


def _targets(plan: Array, colours: Array) -> Array:
    """Return the hues (count, 2) that each own swatch turns into."""
    shares = plan / plan.sum(1, keepdims=True)
    hues = shares @ colours[:, 1:]
    chroma = shares @ np.hypot(colours[:, 1], colours[:, 2])
    now = np.hypot(hues[:, 0], hues[:, 1])
    vivid = np.minimum(chroma / np.maximum(now, 1e-4), 2.5)
    return np.asarray(hues * (1 + _PURE * (vivid - 1))[:, None])


def _hues(lab: Array, own: Swatches, targets: Array) -> Array:
    """Return the hues (2, count) of colours (3, count) after the change."""
    total = np.full(lab.shape[1], 1e-12, F32)
    hues = np.zeros((2, lab.shape[1]), F32)
    away = np.stack([((lab.T - colour) ** 2).sum(1) for colour in own.colours])
    away -= away.min(0)  # colours that are far from every swatch follow the nearest
    for distance, share, colour, target in zip(away, own.shares, own.colours, targets, strict=True):
        weight = np.exp(distance * F32(-0.5 / _REACH**2)) * F32(share**0.5)
        total += weight
        moved = target[:, None] + (lab[1:] - colour[1:, None]) * _OWN_SHADES
        hues += weight * moved
    return np.asarray(hues / total, F32)


def _increasing(lightness: Array, others: Array) -> tuple[Array, Array]:
    """Return both quantiles with the first strictly rising, as interpolation needs it."""
    return lightness + np.arange(len(lightness)) * 1e-5, others
