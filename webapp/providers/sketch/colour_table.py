"""Changing all colours of a picture at once: a function of Oklab, told by a table of sRGB."""

from collections.abc import Callable

import numpy as np
from PIL import ImageFilter

from webapp.providers.sketch.arrays import F32, Array
from webapp.providers.sketch.colour import (
    light,
    linear_to_oklab,
    linear_to_srgb,
    oklab_to_linear,
    srgb_to_linear,
)
from webapp.providers.sketch.pillow import as_array, as_pillow

Recolour = Callable[[Array], Array]
"""Takes Oklab colours (3, count) and returns what they turn into, in Oklab."""

_STEPS = 33  # of each channel; between them the change of a colour is interpolated
_HALVINGS = 9
_OUTSIDE = 1e-3  # of full light: too little to be seen


def recoloured(image: Array, *changes: Recolour) -> Array:
    """Return an sRGB image (3, rows, columns) with the changes made to its colours in order."""
    colours = _grid()
    for change in changes:
        colours = change(colours)
    srgb = np.clip(linear_to_srgb(light(displayable(colours))), 0, 1)
    table = ImageFilter.Color3DLUT(_STEPS, np.ascontiguousarray(srgb.T, F32).ravel())
    return as_array(as_pillow(image).filter(table))


def displayable(lab: Array) -> Array:
    """Return Oklab colours (3, count) that a screen can show: paler where they have to be."""
    lab = np.stack([np.clip(lab[0], 0, 1), lab[1], lab[2]])
    least, most = np.zeros(lab.shape[1], F32), np.ones(lab.shape[1], F32)
    share = most.copy()
    for _ in range(_HALVINGS):
        linear = oklab_to_linear(np.stack([lab[0], lab[1] * share, lab[2] * share]))
        fits = (linear > -_OUTSIDE).all(0) & (linear < 1 + _OUTSIDE).all(0)
        least, most = np.where(fits, share, least), np.where(fits, most, share)
        share = np.where(most == least, share, (least + most) / 2)
    return np.stack([lab[0], lab[1] * least, lab[2] * least])


def _grid() -> Array:
    """Return the Oklab colours of an even grid in sRGB, as (3, 33³); red changes fastest."""
    steps = np.linspace(0, 1, _STEPS, dtype=F32)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    srgb = np.stack([red, green, blue]).reshape(3, -1)
    return linear_to_oklab(srgb_to_linear(srgb).astype(F32))
