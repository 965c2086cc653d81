"""Weather before everything else: rain and mist."""

import numpy as np

from webapp.providers.sketch.arrays import F32, smoothstep
from webapp.providers.sketch.colour import light, mix
from webapp.providers.sketch.land import paint_fog
from webapp.providers.sketch.noise import fractal
from webapp.providers.sketch.picture import Picture
from webapp.providers.sketch.raster import resize, sample

_RAIN_ROWS = 900
_SLANT = 0.16  # sideways for each unit down
_CURTAINS = ((170, 8, 0.09), (80, 4.5, 0.09))  # streaks across, streaks down, strength


def paint_weather(picture: Picture) -> None:
    """Paint the rain and the mist that a prompt asks for."""
    if picture.reading.wants("fog"):
        # A forest has mist between its trees already.
        share = 0.35 if picture.reading.scene == "forest" else 1.0
        for lift, amount in ((0.0, 0.45), (0.14, 0.30)):
            paint_fog(picture, picture.horizon + lift, 0.12, amount * share)
    if picture.reading.wants("rain"):
        _paint_rain(picture)


def _paint_rain(picture: Picture) -> None:
    """Paint two curtains of slanting streaks, a fine far one and a coarse near one."""
    frame, rng = picture.frame.soft(_RAIN_ROWS), picture.rng("rain")
    colour = light(mix(picture.palette.haze, picture.palette.sun, 0.5))
    across = (frame.x + (1 - frame.y) * F32(_SLANT)) / F32(frame.aspect + _SLANT)
    down = np.broadcast_to(frame.y * F32(frame.height), across.shape)
    for per_height, streaks, strength in _CURTAINS:
        cells = per_height * (frame.aspect + _SLANT), streaks
        drops = fractal(rng, (round(frame.width * 1.5), frame.height), cells, 2, 0.6)
        upright = smoothstep(0.60, 0.85, drops) * F32(strength)
        slanting = sample(upright, across * F32(upright.shape[1]), down)
        picture.shine(resize(slanting, *picture.frame.size), colour)
