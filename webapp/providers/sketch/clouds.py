"""Clouds: one flat layer overhead, seen in perspective and lit from the side of the sun."""

import numpy as np

from webapp.providers.sketch.arrays import F32, Array, smoothstep
from webapp.providers.sketch.colour import light, mix
from webapp.providers.sketch.frame import Frame
from webapp.providers.sketch.noise import Generator, tile
from webapp.providers.sketch.picture import Picture
from webapp.providers.sketch.raster import resize, sample

_SOFT = 760  # rows of the coarse frame clouds are made on
_TEXTURE = 1024
_SPAN = 4.5  # how much of the cloud layer the texture holds, in heights of the sky
_ZENITH = 1.18  # the eye looks up at this slope at the top of the sky
_TOWARDS_LIGHT = 0.018  # how far along the layer its shadow is looked for


def paint_clouds(picture: Picture) -> None:
    """Lay clouds over the sky: more of them in a storm."""
    cover = 0.66 if picture.reading.light == "storm" else 0.52
    frame, rng = picture.frame.soft(_SOFT), picture.rng("clouds")
    cover += float(rng.uniform(-0.09, 0.07)) + 0.05 * picture.reading.wants("clouds")
    density, lit = _layer(picture, frame, rng)
    height = frame.y / F32(picture.horizon)
    visible = smoothstep(-0.35, 0.25, height) * smoothstep(1.0, 0.70, height)
    alpha = smoothstep(1 - cover, 1.2 - cover, density) * visible * F32(0.85)
    palette = picture.palette
    bright = light(mix(palette.sky[3], palette.sun, 0.6))
    shade = light(mix(palette.sky[1], palette.haze, 0.5) * [0.95, 1, 1])
    coloured = shade[:, None, None] + (bright - shade)[:, None, None] * lit
    _blend(picture, alpha, coloured)


def _layer(picture: Picture, frame: Frame, rng: Generator) -> tuple[Array, Array]:
    """Return how dense the layer is, and how much light each place gets (0..1)."""
    texture = np.pad(tile(rng, _TEXTURE, 14, 6, 0.55), (0, 1), "wrap")
    slope = F32(_ZENITH) - np.minimum(frame.y / F32(picture.horizon), 1)
    scale = _TEXTURE / _SPAN / picture.frame.unit
    # A ray at that slope meets the layer so far away: the whole perspective is in this division.
    along = (frame.x - F32(frame.aspect / 2)) / slope * F32(0.9 / picture.horizon)
    away = np.broadcast_to(F32(1.35) / slope, along.shape)
    centre = float(rng.uniform(0, _TEXTURE))
    density = _wrapped(texture, along * scale + centre, away * scale)
    nearer = _TOWARDS_LIGHT * picture.sun_side
    beyond = _wrapped(
        texture, (along + F32(nearer)) * scale + centre, (away + F32(_TOWARDS_LIGHT)) * scale
    )
    return density, np.clip((density - beyond) * 6 + 0.5, 0, 1)


def _wrapped(texture: Array, x: Array, y: Array) -> Array:
    return sample(texture, np.mod(x, _TEXTURE), np.mod(y, _TEXTURE))


def _blend(picture: Picture, alpha: Array, coloured: Array) -> None:
    size = picture.frame.size
    large = resize(alpha, *size)
    picture.cover(large, (resize(ink, *size) for ink in coloured))
