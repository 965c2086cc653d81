"""Hills: six folds of farmland with furrows, hedges and trees, and a meadow before the viewer."""

import numpy as np

from webapp.providers.sketch.arrays import F32, Array, smoothstep
from webapp.providers.sketch.birds import paint_birds
from webapp.providers.sketch.colour import light, mix, oklab
from webapp.providers.sketch.fields import furrows, paint_flowers, paint_grass
from webapp.providers.sketch.land import Ground, paint_fog, paint_ground, paint_stencil
from webapp.providers.sketch.noise import Generator, field, skyline
from webapp.providers.sketch.picture import Picture
from webapp.providers.sketch.raster import blur
from webapp.providers.sketch.scenes.stage import Scene, Stage
from webapp.providers.sketch.sky import paint_sky
from webapp.providers.sketch.stencil import Stencil
from webapp.providers.sketch.trees import broadleaf, cypress
from webapp.providers.sketch.water import Water, paint_water

_FOLDS = 6
_CROPS = ("#6f9440", "#8fa845", "#c4a94e", "#7f9a4a", "#a8a050", "#5d8a48")
_RIPE_CROPS = ("#b8953c", "#8f8a3c", "#d0a848", "#a07a34", "#c2a24a", "#86803a")
_SNOW = "#e4eaf2"


def paint_hills(picture: Picture) -> None:
    """Paint the folds from the farthest to the nearest, with mist and trees between them."""
    for n in range(_FOLDS):
        ground, line = _fold(picture, n)
        _paint_fold(picture, n, ground)
        if n == 1 and picture.reading.wants("water"):
            paint_water(picture, Water(picture.horizon + 0.085, 0.85, 0.35))
            continue
        if 0 < n < 4:
            paint_fog(picture, picture.horizon + 0.03 + 0.055 * n, 0.035, 0.30 - 0.05 * n)
        if 1 < n < _FOLDS - 1 and picture.reading.allows("trees"):
            _paint_trees(picture, n, line)


def paint_meadow(picture: Picture) -> None:
    """Paint grass before the viewer, and flowers if a prompt speaks of them."""
    if picture.chance("flowers", 0.25):
        paint_flowers(picture, picture.horizon + 0.205)
    paint_grass(picture, 1.0, _crop(picture, _FOLDS - 1))


def _near(n: int) -> float:
    return n / (_FOLDS - 1)


def _crop(picture: Picture, n: int) -> Array:
    """Return the Oklab colour of what grows on a fold."""
    palette, reading = picture.palette, picture.reading
    if reading.wants("snow"):
        return mix(oklab(_SNOW), palette.near, 0.5 * palette.dark)
    crops = _RIPE_CROPS if reading.light == "golden" else _CROPS
    order = picture.rng("crops").permutation(len(crops))
    crop = mix(oklab(crops[order[n]]), oklab(crops[order[0]]), 0.35)
    if palette.dark or reading.light in {"sunset", "storm"}:
        crop = mix(crop, palette.near, 0.55 if palette.dark else 0.35)
    return palette.dyed(crop, 0.62 if n != 0 else 0.3)


def _fold(picture: Picture, n: int) -> tuple[Ground, Array]:
    """Return one fold of land, and its skyline on 2048 samples."""
    near, frame, palette = _near(n), picture.frame, picture.palette
    wide = max(frame.aspect, 0.7) ** 0.7
    line = skyline(picture.rng(f"fold {n}"), (1.3 + 0.5 * near) * wide, 4, 0.36)
    tall = (0.13 - 0.03 * near) * frame.unit
    line = F32(picture.horizon + 0.03 + 0.26 * near**1.2) - line * F32(tall)
    crop = palette.hazed(_crop(picture, n), 0.22 + 0.74 * near**0.8)
    upper = mix(crop, palette.sun, 0.10 * (1 - near))
    lower = mix(crop, palette.near, 0.16 + 0.30 * near)
    bottom = min(1.0, picture.horizon + 0.06 + 0.26 * _near(n + 1) ** 1.2)
    return Ground(frame.across(line), upper, lower, 0.13 + 0.16 * near, bottom), line


def _paint_fold(picture: Picture, n: int, ground: Ground) -> None:
    frame, near, rng = picture.frame, _near(n), picture.rng(f"surface {n}")
    rows, depth = ground.rows(frame), ground.depth(frame)
    slope = np.gradient(blur(ground.top[None], frame.width * 0.012)[0]) * frame.height
    slope = np.clip(slope * picture.sun_side * (frame.width / frame.height / frame.aspect), -0.5, 0.5)
    light_on_slope = slope[None] * F32(0.75)
    texture = (field(rng, frame, 46, 3, 0.65)[rows] - 0.5) * (0.12 + 0.34 * near)
    patches = (field(rng, frame, 3.2, 3)[rows] - 0.5) * 0.55
    shade = light_on_slope + texture + patches
    if n and rng.random() < 0.75 and not picture.reading.wants("snow"):
        bend = (field(rng, frame, 2.0, 2)[rows] - 0.5) * 0.10
        vanishing = float(rng.uniform(-0.2, 1.2)) * frame.aspect
        rows_of_crop = furrows(frame.x + bend, depth, vanishing, float(rng.uniform(9, 16)))
        edge = smoothstep(0.47, 0.52, field(rng, frame, 1.6, 2)[rows])
        shade += rows_of_crop * edge * F32(0.11 * (1.2 - 0.5 * near))
    crest = np.exp(np.maximum(depth, 0) * -110) * (0.30 * picture.palette.glow * (1 - 0.7 * near))
    paint_ground(picture, ground, (shade + crest).astype(F32))


def _paint_trees(picture: Picture, n: int, line: Array) -> None:
    """Set a few groups of trees on the skyline of a fold; cypresses in rows, if asked for."""
    rng, frame, near = picture.rng(f"trees on {n}"), picture.frame, _near(n)
    palette = picture.palette
    dark, lit = Stencil(frame, picture.horizon - 0.2), Stencil(frame, picture.horizon - 0.2)
    height = (0.022 + 0.070 * near) * frame.unit
    for x in _groups(rng, frame.aspect, wild=picture.reading.wants("trees")):
        y = float(np.interp(x / frame.aspect, np.linspace(0, 1, line.size), line))
        tall = height * rng.uniform(0.55, 1.2)
        foot = x, y + 0.004 + 0.05 * near * float(rng.random())
        if picture.reading.wants("cypresses"):
            cypress(dark, rng, foot, tall * 1.9)
            continue
        broadleaf(dark, rng, foot, tall)
        sunny = foot[0] + tall * 0.10 * picture.sun_side, foot[1] - tall * 0.12
        broadleaf(lit, rng, sunny, tall * 0.72, 0.75)
    leaf = palette.hazed(mix(_crop(picture, n), palette.near, 0.62), 0.35 + 0.62 * near)
    paint_stencil(picture, dark, leaf, leaf)
    glow = light(mix(leaf, palette.sun, 0.22 * min(1.0, palette.glow)))
    picture.cover(lit.plane() * smoothstep(0.0, 1.0, dark.plane()), glow, lit.rows)


def _groups(rng: Generator, aspect: float, *, wild: bool) -> list[float]:
    """Return where trees stand: in loose groups along the hill."""
    groups = int(rng.integers(2, 4)) + 2 * wild
    trees: list[float] = []
    for middle in rng.random(groups) * aspect:
        trees.extend(float(middle + away) for away in rng.normal(0, 0.06, int(rng.integers(2, 8))))
    return sorted(trees)


SCENE = Scene(
    horizon=0.62,
    stages=(
        Stage("Sky", paint_sky),
        Stage("Hills", paint_hills),
        Stage("Meadow", paint_meadow),
        Stage("Birds", paint_birds),
    ),
)
