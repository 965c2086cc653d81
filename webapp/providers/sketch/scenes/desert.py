"""A desert: dunes with a lit and a shadowed side, mesas behind them, cacti before them."""

from dataclasses import dataclass

import numpy as np

from webapp.providers.sketch.arrays import F32, Array, smoothstep
from webapp.providers.sketch.birds import paint_birds
from webapp.providers.sketch.colour import light, mix, oklab
from webapp.providers.sketch.land import Ground, facets, paint_fog, paint_ground, paint_stencil
from webapp.providers.sketch.noise import Generator, field, fractal, skyline
from webapp.providers.sketch.picture import Picture
from webapp.providers.sketch.scenes.stage import Scene, Stage
from webapp.providers.sketch.sky import paint_sky
from webapp.providers.sketch.stencil import Point, Stencil
from webapp.providers.sketch.trees import palm
from webapp.providers.sketch.weather import paint_weather

_SAND = "#e2a565"
_NIGHT_SAND = "#8a6a60"
_ROCK = "#b5623c"
_DUNES = 6
_SAMPLES = 2048


@dataclass(frozen=True, slots=True)
class _Dune:
    """One dune: its skyline (2048 samples), summit (share of the width) and how near it is."""

    line: Array
    roll: Array
    summit: float
    near: float
    sway: float


def paint_mesas(picture: Picture) -> None:
    """Paint two rows of table mountains with layered rock, if asked for."""
    if not picture.chance("mesas", 0.12):
        return
    for n, (height, nearness) in enumerate(((0.15, 0.42), (0.24, 0.66))):
        _paint_mesa_row(picture, n, height * picture.frame.unit, nearness)
        paint_fog(picture, picture.horizon - 0.01 + 0.02 * n, 0.05, 0.30)


def paint_dunes(picture: Picture) -> None:
    """Paint the dunes from the farthest to the nearest."""
    for n in range(_DUNES):
        _paint_dune(picture, n, _dune(picture.rng(f"dune {n}"), n / (_DUNES - 1), picture.sun_side))
        if n < 3:
            paint_fog(picture, picture.horizon + 0.05 + 0.07 * n, 0.035, 0.22)


def paint_plants(picture: Picture) -> None:
    """Set cacti or palms into the sand, if asked for."""
    palette, frame, rng = picture.palette, picture.frame, picture.rng("plants")
    stencil = Stencil(frame, 0.2)
    if picture.reading.wants("cacti"):
        for slot in (0.06, 0.22, 0.35, 0.68, 0.80, 0.93):
            y = picture.horizon + 0.10 + 0.26 * float(rng.random()) * (abs(slot - 0.5) + 0.4)
            size = 0.19 * frame.unit * ((y - picture.horizon) / 0.2)
            _cactus(stencil, rng, ((slot + rng.uniform(-0.05, 0.05)) * frame.aspect, y), size)
    if picture.reading.wants("palms"):
        for place in (0.78, 0.84, 0.91):
            palm(
                stencil, rng, (place * frame.aspect, picture.horizon + 0.22), rng.uniform(0.2, 0.3)
            )
    paint_stencil(picture, stencil, palette.at_distance(0.85), palette.at_distance(0.97))


def _sand(picture: Picture) -> Array:
    palette = picture.palette
    sand = mix(oklab(_NIGHT_SAND), palette.near, 0.35) if palette.dark else oklab(_SAND)
    return palette.dyed(sand, 0.45)


def _dune(rng: Generator, near: float, sun_side: int) -> _Dune:
    """Return a dune with one crest, steeper on its lee side, where the light does not reach."""
    x = np.linspace(0, 1, _SAMPLES)
    summit, width = float(rng.uniform(0.1, 0.9)), rng.uniform(0.30, 0.55) * (1.25 - 0.4 * near)
    windward = np.exp(-(np.abs((x - summit) / width) ** 1.35))
    lee = np.exp(-(np.abs((x - summit) / (width * 0.62)) ** 1.25))
    roll = skyline(rng, 1.3, 3, 0.32)
    crest = np.where((x - summit) * sun_side > 0, windward, lee)
    height = crest * (0.07 + 0.13 * near) + roll * (0.05 - 0.02 * near)
    return _Dune(height.astype(F32), roll.astype(F32), summit, near, float(rng.random()))


def _paint_dune(picture: Picture, n: int, dune: _Dune) -> None:
    frame, palette, side, near = picture.frame, picture.palette, picture.sun_side, dune.near
    top = frame.across(F32(picture.horizon + 0.02 + 0.37 * near**1.15) - dune.line * frame.unit)
    rows = frame.rows(float(top.min()), 1.0)
    depth = frame.y[rows] - top
    x, roll = frame.x / F32(frame.aspect), frame.across(dune.roll)
    # The crest wanders down from the summit towards the viewer and parts light from shadow.
    crest = (
        dune.summit
        + side * (-0.02 - depth * (0.55 + 0.5 * dune.sway) - 0.10 * np.sin(depth * 9 + n))
        + (roll - 0.5) * F32(0.10)
    )
    soft = 0.012 + 0.16 * np.clip(depth * 3, 0, 1)
    sunny = np.clip(((x - crest) * side + 0.012 + 0.10 * near) / (soft + 0.012 + 0.10 * near), 0, 1)
    sunny = sunny * sunny * (3 - 2 * sunny) * (1 - 0.35 * smoothstep(0, 0.35, depth))
    bright, dim = _dune_colours(picture, near)
    ripples = _ripples(picture, n, depth, near) * (0.35 + 0.65 * sunny)
    rim = np.exp(np.maximum(depth, 0) * -260) * sunny * (0.35 * palette.glow * (1 - 0.6 * near))
    alpha = np.clip(depth * frame.height + F32(0.5), 0, 1)
    inks = [
        (low + (high - low) * sunny) * (1 + ripples) + rim * shine
        for low, high, shine in zip(dim, bright, palette.sunlight, strict=True)
    ]
    picture.cover(alpha, inks, rows)


def _dune_colours(picture: Picture, near: float) -> tuple[Array, Array]:
    """Return the linear colours of the sunny and the shadowed side."""
    palette, sand = picture.palette, _sand(picture)
    sunny = mix(palette.hazed(sand, 0.40 + 0.55 * near), palette.sun, 0.14 * (1 - near))
    shadow = mix(palette.hazed(sand, 0.35 + 0.35 * near), palette.near, 0.30 + 0.28 * near)
    return light(sunny), light(shadow)


def _ripples(picture: Picture, n: int, depth: Array, near: float) -> Array:
    """Return wind ripples as relative light: wandering lines that fade into the distance."""
    frame, rng = picture.frame, picture.rng(f"ripples {n}")
    rows = slice(frame.height - depth.shape[0], frame.height)
    wander = (field(rng, frame, 3.5, 3, rows=rows) - 0.5) * 9
    waves = np.sin(depth * (430 - 210 * near) + wander + np.sin(frame.x * 9) * 1.4)
    patches = smoothstep(0.35, 0.62, field(rng, frame, 2.5, 3, rows=rows))
    return waves * patches * smoothstep(0.01, 0.07, depth) * F32(0.055 * (0.3 + near))


def _paint_mesa_row(picture: Picture, n: int, height: float, nearness: float) -> None:
    frame, rng, palette = picture.frame, picture.rng(f"mesas {n}"), picture.palette
    noise = skyline(rng, 3.2 * max(1.0, frame.aspect), 5, 0.45)
    tables = smoothstep(0.50, 0.54, noise) * (0.72 + 0.28 * smoothstep(0.68, 0.71, noise))
    line = tables + 0.22 * smoothstep(0.30, 0.52, noise) + 0.02 * skyline(rng, 60, 3)
    top = frame.across((picture.horizon + 0.03 - line / 1.24 * height).astype(F32))
    rock = palette.dyed(oklab(_ROCK), 0.4)
    if palette.dark:
        rock = mix(rock, palette.near, 0.6)
    upper, lower = palette.hazed(rock, nearness), palette.hazed(rock, nearness * 0.7)
    ground = Ground(top, upper, lower, height, picture.horizon + 0.14)
    rows = ground.rows(frame)
    layers = fractal(rng, frame.size, (2 * frame.aspect, 60), 3, 0.6)[rows] - 0.5
    relief = facets(picture, ground, rng, 0.5)
    paint_ground(picture, ground, layers * 0.55 + relief * 0.9)


def _cactus(stencil: Stencil, rng: Generator, foot: Point, height: float) -> None:
    """Draw a saguaro: a column and one or two raised arms, all with round tops."""
    x, y = foot
    thick = height * 0.105
    _column(stencil, x, y, y - height, thick)
    for side in (-1, 1)[: int(rng.integers(1, 3))]:
        elbow, bend = x + side * height * 0.22, y - height * rng.uniform(0.35, 0.55)
        stencil.stroke((x, bend), (elbow, bend), thick * 0.75, thick * 0.75)
        stencil.ellipse((elbow, bend), thick * 0.37, thick * 0.37)
        _column(stencil, elbow, bend, bend - height * rng.uniform(0.22, 0.38), thick * 0.75)


def _column(stencil: Stencil, x: float, foot: float, top: float, thick: float) -> None:
    stencil.stroke((x, foot), (x, top), thick, thick)
    stencil.ellipse((x, top), thick / 2, thick / 2)


SCENE = Scene(
    horizon=0.60,
    sway=0.04,
    stages=(
        Stage("Sky", paint_sky),
        Stage("Mesas", paint_mesas),
        Stage("Dunes", paint_dunes),
        Stage("Plants", paint_plants),
        Stage("Birds", paint_birds),
        Stage("Weather", paint_weather),
    ),
)
