"""A forest: trunks in five depths with mist between them, leaves overhead, shafts of light."""

import numpy as np

from webapp.providers.sketch.arrays import F32, Array, smoothstep
from webapp.providers.sketch.colour import light, mix, oklab
from webapp.providers.sketch.land import Ground, paint_fog, paint_ground, paint_stencil
from webapp.providers.sketch.noise import Generator, field, skyline
from webapp.providers.sketch.picture import Picture
from webapp.providers.sketch.scenes.stage import Scene, Stage
from webapp.providers.sketch.sky import paint_gradient, paint_sky
from webapp.providers.sketch.stencil import Stencil
from webapp.providers.sketch.trunks import Trunk, birch_bark, furrowed_bark, paint_trunk
from webapp.providers.sketch.weather import paint_weather

_DEPTHS = 5
_TRUNKS = (34, 25, 15, 9, 5)  # per picture height of width
_LEAVES = {
    "golden": "#c07a28",
    "sunset": "#8a3a2a",
    "day": "#4f8f3a",
    "dawn": "#6f8a4a",
    "mist": "#7f9a8a",
    "night": "#16343a",
    "storm": "#3f564a",
}
_OTHER_LEAVES = "#2f5a48"
_BIRCH = "#d8d4c8"
_REDWOOD = "#7a3f2a"
_SUN_THROUGH_LEAVES = "#e3e8b4"
_SUNNY = {"day"}
_WITH_SKY = {"night", "aurora"}


def paint_backdrop(picture: Picture) -> None:
    """Paint the light behind the trees; the stars only where they would be seen."""
    if picture.reading.light in _WITH_SKY:
        paint_sky(picture)
    else:
        paint_gradient(picture)


def paint_wood(picture: Picture) -> None:
    """Paint the wood from the farthest trees to the nearest, with mist and light between."""
    leaf = _leaf_colour(picture)
    mist = mix(picture.palette.haze, picture.palette.sky[3], 0.4)
    if picture.reading.light in _SUNNY:
        mist = mix(mist, picture.palette.dyed(oklab(_SUN_THROUGH_LEAVES)), 0.6)
    for n in range(_DEPTHS):
        near = n / (_DEPTHS - 1)
        _paint_floor(picture, n, leaf, mist)
        _paint_trunks(picture, n, mist)
        if n < _DEPTHS - 1:
            _paint_canopy(picture, n, leaf, mist)
        veil = np.full((1, 1), 0.20 * (1 - near) ** 1.2, F32)
        picture.cover(veil, light(mist))
        if n in {1, 2}:
            _paint_rays(picture, n)


def paint_undergrowth(picture: Picture) -> None:
    """Paint mist over the forest floor, and ferns before the viewer."""
    paint_fog(picture, picture.horizon + 0.02, 0.10, 0.30)
    frame, rng, palette = picture.frame, picture.rng("ferns"), picture.palette
    leaf = _leaf_colour(picture)
    for row, (y, size, nearness) in enumerate(((0.93, 0.055, 0.5), (1.01, 0.10, 0.85))):
        stencil = Stencil(frame, y - size * 1.6)
        for x in rng.random(int((26 - 8 * row) * frame.aspect / frame.unit)) * frame.aspect:
            _fern(stencil, rng, float(x), y + rng.uniform(-0.02, 0.02), size * frame.unit)
        colour = mix(palette.hazed(leaf, 0.8), palette.near, nearness)
        paint_stencil(picture, stencil, colour, mix(colour, palette.near, 0.4))


def _leaf_colour(picture: Picture) -> Array:
    leaf = oklab(_LEAVES.get(picture.reading.light, _OTHER_LEAVES))
    return picture.palette.dyed(leaf, 0.75)


def _paint_floor(picture: Picture, n: int, leaf: Array, mist: Array) -> None:
    near, frame, rng = n / (_DEPTHS - 1), picture.frame, picture.rng(f"floor {n}")
    line = skyline(rng, 2, 5, 0.45)
    top = frame.across((_floor(picture, n) - line * 0.035).astype(F32))
    upper = mix(mix(mist, leaf, 0.20 + 0.55 * near), picture.palette.near, 0.18 + 0.3 * near)
    ground = Ground(top, upper, mix(picture.palette.near, leaf, 0.22), 0.28)
    rows = ground.rows(frame)
    litter = (field(rng, frame, 44, 4, 0.68, rows=rows) - 0.5) * (0.25 + 0.55 * near)
    pools = (field(rng, frame, 3, 3, rows=rows) - 0.5) * 0.7
    paint_ground(picture, ground, litter + pools)


def _floor(picture: Picture, n: int) -> float:
    return float(picture.horizon - 0.06 + 0.20 * (n / (_DEPTHS - 1)) ** 1.3)


def _paint_trunks(picture: Picture, n: int, mist: Array) -> None:
    rng, frame, near = picture.rng(f"trunks {n}"), picture.frame, n / (_DEPTHS - 1)
    bark = birch_bark(rng) if picture.reading.wants("birch") else furrowed_bark(rng)
    colour = mix(mist, _wood_colour(picture), 0.10 + 0.86 * near**1.2)
    wide = 2.0 if picture.reading.wants("redwood") else 1.0
    stencil = Stencil(frame)
    trunks = _planted(picture, rng, n, wide)
    for trunk in trunks:
        for _ in range(int(rng.integers(4, 9))):
            _branch(stencil, rng, trunk, near)
    paint_stencil(picture, stencil, colour, colour)
    for trunk in trunks:
        paint_trunk(picture, trunk, colour, bark, 0.15 + 0.75 * near)


def _wood_colour(picture: Picture) -> Array:
    near = picture.palette.near
    if picture.reading.wants("birch"):
        return mix(oklab(_BIRCH), near, 0.55 if picture.palette.dark else 0.12)
    return mix(near, oklab(_REDWOOD), 0.6 if picture.reading.wants("redwood") else 0.16)


def _planted(picture: Picture, rng: Generator, n: int, wide: float) -> list[Trunk]:
    """Return the trunks of one depth; the nearest leave the middle of the picture open."""
    near, frame = n / (_DEPTHS - 1), picture.frame
    count = max(3, round(_TRUNKS[n] * frame.aspect / frame.unit / wide**0.5))
    slots = (np.arange(count) + rng.uniform(0.1, 0.9, count)) / count * 1.1 - 0.05
    half_widths = (0.003 + 0.022 * near**2) * wide * rng.uniform(0.6, 1.35, count) * frame.unit
    leans, feet = rng.normal(0, 0.014, count), rng.uniform(0.0, 0.03, count)
    open_middle = 0.5 + (0.06 if picture.sun[0] > frame.aspect / 2 else -0.06)
    return [
        Trunk(x * frame.aspect, _floor(picture, n) + 0.01 + foot * near, half, lean)
        for x, half, lean, foot in zip(
            *map(np.ndarray.tolist, (slots, half_widths, leans, feet)), strict=True
        )
        if n < _DEPTHS - 2 or abs(x - open_middle) > 0.10 + 0.08 * (n == _DEPTHS - 1)
    ]


def _branch(stencil: Stencil, rng: Generator, trunk: Trunk, near: float) -> None:
    """Draw a dead branch in three strokes, bent upwards."""
    y, side = rng.uniform(0.02, 0.62), rng.choice([-1, 1])
    x, length = trunk.x + (trunk.y - y) * trunk.lean, rng.uniform(0.02, 0.07) * (0.4 + near)
    thick = trunk.half_width * 0.30
    elbow = x + side * length * 0.6, y - length * rng.uniform(0.15, 0.40)
    tip = x + side * length, elbow[1] - length * rng.uniform(0.2, 0.5)
    stencil.stroke((x, y), elbow, thick, thick * 0.6)
    stencil.stroke(elbow, tip, thick * 0.6, thick * 0.2)
    twig = elbow[0] + side * length * 0.35, elbow[1] + length * 0.05
    stencil.stroke(elbow, twig, thick * 0.4, thick * 0.15)


def _paint_canopy(picture: Picture, n: int, leaf: Array, mist: Array) -> None:
    """Paint the leaves overhead: clumps of noise with a speckle of single leaves."""
    near, frame, rng = n / (_DEPTHS - 1), picture.frame, picture.rng(f"canopy {n}")
    rows = frame.rows(0.0, 0.62)
    clumps = field(rng, frame, 14 - 2 * n, 4, 0.6, rows=rows)
    leaves = field(rng, frame, 150 - 18 * n, 3, 0.65, rows=rows) - 0.5
    thin = (frame.y[rows] - F32(0.13 + 0.05 * near)) * F32(0.95 - 0.1 * near)
    alpha = smoothstep(0.50, 0.57, clumps + leaves * 0.42 - thin) * F32(0.50 + 0.40 * near)
    colour = light(mix(mist, mix(leaf, picture.palette.near, 0.15 + 0.3 * near), 0.35 + 0.6 * near))
    glow = 1 + leaves * (0.9 + 0.8 * near) + (clumps - 0.5) * 0.8
    picture.cover(alpha, [channel * glow for channel in colour], rows)


def _paint_rays(picture: Picture, n: int) -> None:
    """Let shafts of light fall from above the picture."""
    frame, rng = picture.frame.soft(400), picture.rng(f"rays {n}")
    turn = np.arctan2(frame.x - F32(picture.sun[0]), frame.y + F32(0.12))
    shafts = skyline(rng, 36, 4, 0.6)
    place = np.clip((turn / np.pi + 0.5) * (shafts.size - 1), 0, shafts.size - 1).astype(np.int32)
    strength = 0.24 * min(1.0, picture.palette.glow + 0.2)
    amount = smoothstep(0.45, 0.95, shafts[place]) * smoothstep(1.05, 0.1, frame.y) * F32(strength)
    colour = light(mix(picture.palette.sun, picture.palette.haze, 0.45))
    picture.shine(picture.enlarge(amount), colour)


def _fern(stencil: Stencil, rng: Generator, x: float, y: float, size: float) -> None:
    """Draw a fern: a fan of bent fronds with short leaflets."""
    for turn in rng.uniform(-1.15, 1.15, int(rng.integers(5, 9))):
        length = size * rng.uniform(0.7, 1.25)
        steps = np.linspace(0, 1, 9)
        rib = [
            (x + np.sin(turn) * length * t, y - length * (t - 0.45 * abs(np.sin(turn)) * t * t))
            for t in steps
        ]
        for t, start, end in zip(steps, rib, rib[1:], strict=False):
            stencil.stroke(start, end, size * 0.03, size * 0.02)
            leaflet = size * 0.20 * (1 - t)
            for side in (-1, 1):
                tip = end[0] + side * leaflet, end[1] - leaflet * 0.25
                stencil.stroke(end, tip, size * 0.045, size * 0.005)


SCENE = Scene(
    horizon=0.80,
    stages=(
        Stage("Light", paint_backdrop),
        Stage("Trees", paint_wood),
        Stage("Undergrowth", paint_undergrowth),
        Stage("Weather", paint_weather),
    ),
)
