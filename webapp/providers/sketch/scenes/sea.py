"""The sea: a wide horizon, islands, and what a prompt puts before them: a beach, palms, a boat."""

import numpy as np

from webapp.providers.sketch.arrays import F32, bell, smoothstep
from webapp.providers.sketch.birds import paint_birds
from webapp.providers.sketch.colour import light, mix, oklab
from webapp.providers.sketch.land import Ground, facets, paint_ground, paint_stencil
from webapp.providers.sketch.noise import field, skyline
from webapp.providers.sketch.picture import Picture
from webapp.providers.sketch.scenes.stage import Scene, Stage
from webapp.providers.sketch.sky import paint_sky
from webapp.providers.sketch.stencil import Stencil
from webapp.providers.sketch.trees import palm
from webapp.providers.sketch.water import Water, paint_water
from webapp.providers.sketch.weather import paint_weather

_SAND = "#dcc49a"
_FOAM = "#f6f8f4"
_CHANCE_OF_ISLANDS = 0.7
_CHANCE_OF_A_BOAT = 0.25


def paint_far_shore(picture: Picture) -> None:
    """Paint a low coast on the horizon, and mostly an island to one side."""
    palette, frame = picture.palette, picture.frame
    coast = skyline(picture.rng("coast"), 2, 6, 0.5, 0.3) ** 3 * 0.035
    top = picture.horizon - frame.across(coast.astype(F32))
    paint_ground(picture, Ground(top, palette.at_distance(0.25), palette.at_distance(0.15), 0.1))
    if not picture.chance("islands", _CHANCE_OF_ISLANDS):
        return
    rng = picture.rng("island")
    place = float(rng.choice([0.18, 0.30, 0.72, 0.82]))
    line = skyline(rng, 3, 8, 0.5, 0.6)
    hump = bell(np.linspace(0, 1, line.size), place, 0.2) * line * 0.16 * frame.unit
    top = picture.horizon + 0.02 - frame.across(hump.astype(F32))
    island = Ground(top, palette.at_distance(0.62), palette.at_distance(0.34), 0.12)
    paint_ground(picture, island, facets(picture, island, rng, 0.15) * F32(0.8))


def paint_sea(picture: Picture) -> None:
    """Fill the picture with water up to the horizon."""
    paint_water(picture, Water(picture.horizon + 0.002, 0.82, 0.50, 0.9))


def paint_boat(picture: Picture) -> None:
    """Put a sailing boat on the water, with a broken mirror image below it."""
    if not picture.chance("boat", _CHANCE_OF_A_BOAT):
        return
    rng, frame = picture.rng("boat"), picture.frame
    x, y = (frame.aspect - picture.sun[0]) + rng.normal(0, 0.05), picture.horizon + 0.075
    x, size = float(np.clip(x, 0.12, frame.aspect - 0.12)), 0.105 * frame.unit
    stencil = Stencil(frame, y - size * 1.3, y + size)
    for flip, reach, tone in ((-1, 1.0, 1.0), (1, 0.62, 0.30)):
        for shape in _BOAT:
            stencil.polygon([(x + a * size, y + flip * b * size * reach) for a, b in shape], tone)
    shadow = picture.palette.at_distance(0.85)
    paint_stencil(picture, stencil, shadow, shadow)


def paint_near_shore(picture: Picture) -> None:
    """Paint what the viewer stands on: a beach if asked for, else dark rocks; palms over it."""
    if picture.reading.wants("beach"):
        _paint_beach(picture)
    else:
        _paint_rocks(picture)
    if picture.reading.wants("palms"):
        _paint_palms(picture)


def _paint_beach(picture: Picture) -> None:
    """Paint wet and dry sand with the foam of two waves running out on it."""
    frame, rng, palette = picture.frame, picture.rng("beach"), picture.palette
    slant = rng.uniform(0.05, 0.11) * rng.choice([-1, 1])
    across = np.linspace(-1, 1, 2048)
    edge = 0.865 + slant * across + (skyline(rng, 3, 3) - 0.5) * 0.035
    ragged = (field(rng, frame, 18, 4) - 0.5) * 0.014
    rows = frame.rows(float(edge.min()) - 0.12)
    depth = frame.y[rows] - frame.across(edge.astype(F32)) + ragged[rows]
    sand = light(mix(palette.hazed(oklab(_SAND), 0.72), palette.near, 0.45 * palette.dark))
    wet = sand * F32(0.45) + light(palette.sky[2]) * F32(0.35)
    dry = smoothstep(0.02, 0.11, depth)
    grain = 1 + (field(rng, frame, 160, 3, 0.7, rows=rows) - 0.5) * 0.16
    inks = [(damp + (warm - damp) * dry) * grain for damp, warm in zip(wet, sand, strict=True)]
    picture.cover(smoothstep(-0.004, 0.006, depth), inks, rows)
    lace = smoothstep(0.42, 0.60, field(rng, frame, 40, 4, 0.6, rows=rows))
    foam = bell(depth, -0.004, 0.007) + bell(depth, -0.055, 0.006) * lace * 0.7
    foam += smoothstep(-0.05, 0.0, depth) * smoothstep(0.006, -0.004, depth) * lace * 0.5
    white = light(mix(palette.hazed(oklab(_FOAM), 0.75), palette.near, 0.3 * palette.dark))
    picture.cover(np.minimum(foam, 0.92), white, rows)


def _paint_rocks(picture: Picture) -> None:
    frame, rng, palette = picture.frame, picture.rng("rocks"), picture.palette
    dip = 0.03 * np.abs(np.linspace(-1, 1, 2048)) - skyline(rng, 2, 7, 0.5, 0.2) * 0.05
    top = frame.across((0.955 - dip).astype(F32) - F32(0.03))
    rock = Ground(top, palette.at_distance(0.95), palette.near * [0.6, 1, 1], 0.1)
    paint_ground(picture, rock, (field(rng, frame, 50, 4, 0.65, rows=rock.rows(frame)) - 0.5) * 0.5)


def _paint_palms(picture: Picture) -> None:
    frame, rng = picture.frame, picture.rng("palms")
    stencil, side = Stencil(frame), float(rng.choice([0.06, 0.94]))
    for away, height in ((0.0, 0.70), (0.13, 0.50), (0.20, 0.62)):
        x = (side + away * (1 if side < 0.5 else -1)) * frame.aspect
        palm(stencil, rng, (x, 1.02), height * frame.unit)
    shadow = picture.palette.at_distance(0.97)
    paint_stencil(picture, stencil, shadow, picture.palette.near)


_BOAT = (
    ((-0.42, 0.10), (0.46, 0.12), (0.30, -0.02), (-0.30, -0.02)),
    ((0.015, 0.10), (0.03, 0.10), (0.03, 1.16), (0.015, 1.16)),
    ((0.06, 0.18), (0.44, 0.20), (0.05, 1.12)),
    ((-0.03, 0.18), (-0.34, 0.20), (-0.02, 0.98)),
)
"""Hull, mast and two sails, in boat heights from the waterline."""

SCENE = Scene(
    horizon=0.56,
    sway=0.05,
    stages=(
        Stage("Sky", paint_sky),
        Stage("Far shore", paint_far_shore),
        Stage("Sea", paint_sea),
        Stage("Boat", paint_boat),
        Stage("Near shore", paint_near_shore),
        Stage("Birds", paint_birds),
        Stage("Weather", paint_weather),
    ),
)
