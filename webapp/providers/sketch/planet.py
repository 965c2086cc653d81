"""A banded planet, lit from one side, with an atmosphere and rings that pass behind and before."""

from dataclasses import dataclass

import numpy as np

from webapp.providers.sketch.arrays import F32, Array, smoothstep
from webapp.providers.sketch.colour import light, look_up, mix, oklab, ramp
from webapp.providers.sketch.noise import Generator, field, skyline
from webapp.providers.sketch.picture import Picture

_SURFACES = ("#d8a070", "#7fa0c8", "#c07a6a", "#8fb8a8")
_AIR = "#bcd8ff"
_TILTS = (-0.62, 0.62)  # radians
_RING_FLATNESS = (0.14, 0.36)  # of their ellipse, for the more or less level view
_RING_EDGES = (1.38, 2.2)  # planet radii


@dataclass(frozen=True, slots=True)
class _Ball:
    """The planet's pixels: offsets from its centre in radii, straight and along its tilted axis."""

    x: Array
    y: Array
    along: Array
    down: Array
    radius: float
    flatness: float
    rows: slice

    @property
    def distance(self) -> Array:
        """Distance from the centre, in radii."""
        return np.asarray(np.hypot(self.x, self.y), F32)


def paint_planet(picture: Picture) -> None:
    """Paint air, the far half of the rings, the globe, and the near half of the rings."""
    rng = picture.rng("planet")
    ball, to_light = _placed(picture, rng)
    base = (
        picture.palette.pigments[0]
        if picture.palette.pigments
        else oklab(_SURFACES[int(rng.integers(len(_SURFACES)))])
    )
    edge = max(0.004, picture.frame.pixel / ball.radius)
    globe = smoothstep(1 + edge / 2, 1 - edge / 2, ball.distance)
    _paint_air(picture, ball, to_light, base)
    ringed = picture.chance("rings", 0.6)
    rings, ring_colour = _rings(ball, rng), light(mix(base, oklab("#efe0c8"), 0.6)) * F32(0.55)
    shadow = 1 - 0.85 * smoothstep(1.05, 0.9, np.hypot(ball.x + to_light[0], ball.y + to_light[1]))
    if ringed:
        picture.cover(rings * (ball.down < 0), [ink * shadow for ink in ring_colour], ball.rows)
    picture.cover(globe, _surface(picture, ball, rng, to_light, base), ball.rows)
    if ringed:
        picture.cover(rings * (ball.down >= 0), ring_colour, ball.rows)


def _placed(picture: Picture, rng: Generator) -> tuple[_Ball, tuple[float, float]]:
    frame = picture.frame
    right = bool(rng.random() < 0.5)
    centre = (0.67 if right else 0.33) * frame.aspect, float(rng.uniform(0.42, 0.62))
    radius = float(rng.uniform(0.13, 0.25)) * frame.unit
    rows = frame.rows(centre[1] - radius * 2.3, centre[1] + radius * 2.3)
    x = (frame.x - F32(centre[0])) / F32(radius)
    y = (frame.y[rows] - F32(centre[1])) / F32(radius)
    tilt = float(rng.uniform(*_TILTS))
    along = x * np.cos(tilt) - y * np.sin(tilt)
    down = x * np.sin(tilt) + y * np.cos(tilt)
    flatness = float(rng.uniform(*_RING_FLATNESS))
    ball = _Ball(x, y, along.astype(F32), down.astype(F32), radius, flatness, rows)
    return ball, (-0.62 if right else 0.62, -0.5)


def _paint_air(picture: Picture, ball: _Ball, to_light: tuple[float, float], base: Array) -> None:
    """Let the air glow around the lit edge."""
    lit = np.clip(ball.x * to_light[0] + ball.y * to_light[1] + 0.35, 0, 1)
    halo = np.exp(np.minimum(1 - ball.distance, 0) * 22) * lit * F32(0.35)
    picture.shine(halo, light(mix(base, oklab(_AIR), 0.5)), ball.rows)


def _surface(
    picture: Picture, ball: _Ball, rng: Generator, to_light: tuple[float, float], base: Array
) -> Array:
    """Return the globe's colours: wavy bands, daylight that ends at a soft edge, a bright rim."""
    depth = np.sqrt(np.maximum(1 - ball.distance**2, 0))
    wavy = (field(rng, picture.frame, 10, 4, rows=ball.rows) - 0.5) * depth * F32(0.07)
    bands = skyline(rng, 14, 5, 0.6)
    latitude = np.clip((ball.down * 0.5 + 0.5 + wavy) * (bands.size - 1), 0, bands.size - 1)
    dark, pale = mix(base, oklab("#2a1a20"), 0.55), mix(base, oklab("#fff0dc"), 0.6)
    colour = look_up(ramp([(0, dark), (0.5, base), (1, pale)]), bands[latitude.astype(np.intp)])
    day = np.clip(ball.x * to_light[0] + ball.y * to_light[1] + depth * 0.55, 0, 1)
    rim = (1 - depth) ** 3 * np.clip(day + 0.15, 0, 1) * F32(0.8)
    air = light(mix(base, oklab(_AIR), 0.6))
    return colour * (day**0.9 * 1.15 + 0.015) + rim * air[:, None, None]


def _rings(ball: _Ball, rng: Generator) -> Array:
    """Return how dense the rings are at each pixel."""
    out = np.hypot(ball.along, ball.down / F32(ball.flatness))
    inner, outer = _RING_EDGES
    grooves = skyline(rng, 30, 4, 0.7)
    place = np.clip(out / 2.4 * (grooves.size - 1), 0, grooves.size - 1).astype(np.intp)
    edges = smoothstep(inner - 0.03, inner + 0.04, out) * smoothstep(
        outer + 0.05, outer - 0.05, out
    )
    return np.asarray(edges * (0.25 + 0.75 * grooves[place]) * 0.85, F32)
