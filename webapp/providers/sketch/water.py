"""Water: a mirror of what stands above it, broken by ripples that grow towards the viewer."""

from dataclasses import dataclass

import numpy as np

from webapp.providers.sketch.arrays import F32, Array, bell, smoothstep
from webapp.providers.sketch.colour import light, mix, oklab
from webapp.providers.sketch.noise import fractal
from webapp.providers.sketch.picture import Picture

_TEXTURE_ROWS = 1024
_BROKEN_LIGHT = {"storm"}  # the sun is hidden, but glimmers through
_DEEP_GREEN = "#1f5f6a"


@dataclass(frozen=True, slots=True)
class Water:
    """A sheet of water from y = `level` to the bottom edge.

    `mirror` and `far_loss` say how much it reflects at the far shore and how much of that is lost
    right before the viewer; `roughness` scales its ripples.
    """

    level: float
    mirror: float = 0.88
    near_loss: float = 0.44
    roughness: float = 1.0


def paint_water(picture: Picture, water: Water) -> None:
    """Replace everything below the level by water."""
    frame = picture.frame
    first = round(water.level * frame.height)
    if frame.height - first < 4:
        return
    near = ((frame.y[first:] - water.level) / (1 - water.level)).astype(F32)
    ripples, sparkle = _waves(picture, near)
    reflected = _reflection(picture, water, first, near, ripples * F32(water.roughness))
    share = water.mirror - water.near_loss * near**0.8
    glitter = _glitter(picture, near, sparkle + ripples * 0.35)
    body, sunlight = (
        _body_colour(picture),
        light(mix(picture.palette.sun, picture.palette.sky[3], 0.25)),
    )
    swell = 1 + ripples * (0.25 + 0.55 * near)
    for channel in range(3):
        plane = body[channel] + (reflected[channel] - body[channel]) * share
        plane *= swell
        plane += glitter * sunlight[channel]
        picture.image[channel, first:] = plane


def _waves(picture: Picture, near: Array) -> tuple[Array, Array]:
    """Return broad ripples and fine sparkle, each around 0, squeezed towards the far shore."""
    frame = picture.frame
    down = _TEXTURE_ROWS - 1 - np.log1p(near[:, 0] * 22) / np.log(23) * (_TEXTURE_ROWS - 24)
    row = down.astype(np.int32)
    share = (down - row).astype(F32)[:, None]
    size, across = (frame.width, _TEXTURE_ROWS), frame.aspect
    planes = []
    for stage, cells, octaves, gain in (
        ("ripples", (8 * across, 90), 4, 0.6),
        ("sparkle", (40 * across, 200), 3, 0.7),
    ):
        texture = fractal(picture.rng(stage), size, cells, octaves, gain) - F32(0.5)
        planes.append(texture[row] + (texture[row - 1] - texture[row]) * (1 - share))
    return planes[0], planes[1]


def _reflection(picture: Picture, water: Water, first: int, near: Array, ripples: Array) -> Array:
    """Return the picture above the level, upside down, each pixel shifted by the ripples."""
    frame = picture.frame
    below = frame.y[first:] - F32(water.level)
    stretch = min(1.0, water.level / max(1 - water.level, 1e-3))
    source = (water.level - below * F32(stretch) + ripples * (0.012 + 0.10 * near)) * frame.height
    source = np.clip(source - F32(0.5), 0, max(first - 2, 0))
    column = frame.x + ripples * (0.002 + 0.026 * near)
    columns = np.clip(column * F32(frame.width / frame.aspect), 0, frame.width - 1)
    top = source.astype(np.int32)
    share = source - top
    index = top * frame.width + columns.astype(np.int32)
    planes = np.empty((3, *index.shape), F32)
    for channel in range(3):
        flat = picture.image[channel].ravel()
        upper, lower = np.take(flat, index), np.take(flat, index + frame.width)
        planes[channel] = upper + (lower - upper) * share
    return planes


def _glitter(picture: Picture, near: Array, sparkle: Array) -> Array:
    """Return the glittering path under the sun or moon."""
    if not picture.has_disc and picture.reading.light not in _BROKEN_LIGHT:
        return np.zeros_like(sparkle)
    path = bell((picture.frame.x - F32(picture.sun[0])) / (0.018 + 0.16 * near), 0.0, 1.0)
    strength = (1.25 - 0.6 * near) * (1.1 * picture.palette.glow)
    return np.asarray(smoothstep(0.06, 0.20, sparkle) * path * strength, F32)


def _body_colour(picture: Picture) -> Array:
    """Return the light that comes out of the water itself, linear."""
    palette = picture.palette
    green = 0.35 if picture.reading.light in {"day", "dawn"} else 0.08
    body = mix(mix(palette.near, palette.sky[1], 0.5), palette.dyed(oklab(_DEEP_GREEN), 0.5), green)
    return light(body)
