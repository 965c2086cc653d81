"""Hills: six folds of farmland with furrows and trees, and a meadow before the viewer."""

from dataclasses import dataclass

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
from webapp.providers.sketch.trees import broadleaf, conifer, cypress, sunlit_leaves
from webapp.providers.sketch.water import Water, paint_water
from webapp.providers.sketch.weather import paint_weather

_FOLDS = 6
_CROPS = ("#6f9440", "#8fa845", "#c4a94e", "#7f9a4a", "#a8a050", "#5d8a48")
_RIPE_CROPS = ("#b8953c", "#7c8c38", "#d0a848", "#8c8a3a", "#c8a64c", "#64803a")
_SNOW = "#e4eaf2"
_LEAF = "#38551f"
_DIM_LIGHTS = {"sunset", "storm"}
_SAMPLES = 2048


@dataclass(frozen=True, slots=True)
class _Fold:
    """One fold of land: how near it is (0..1), its crop (Oklab) and its skyline (2048 samples)."""

    n: int
    near: float
    crop: Array
    line: Array

    def height_at(self, share: float) -> float:
        """Return the skyline's y at a share of the width."""
        return float(np.interp(share, np.linspace(0, 1, self.line.size), self.line))


def paint_hills(picture: Picture) -> None:
    """Paint the folds from the farthest to the nearest, with mist and trees between them."""
    folds = [_fold(picture, n) for n in range(_FOLDS)]
    for fold, nearer in zip(folds, [*folds[1:], None], strict=True):
        _paint_surface(picture, fold, 1.0 if nearer is None else float(nearer.line.max()) + 0.01)
        if fold.n == 1 and picture.reading.wants("water"):
            paint_water(picture, Water(picture.horizon + 0.085, 0.85, 0.35))
        elif 0 < fold.n < 4:
            amount = 0.30 - 0.05 * fold.n
            paint_fog(picture, picture.horizon + 0.03 + 0.055 * fold.n, 0.035, amount)
        if 0 < fold.n < _FOLDS - 1 and picture.reading.allows("trees"):
            _paint_trees(picture, fold)


def paint_meadow(picture: Picture) -> None:
    """Paint grass before the viewer, and flowers if a prompt speaks of them."""
    if picture.reading.wants("snow"):
        return
    if _blooming(picture):
        nearest = _fold(picture, _FOLDS - 1)
        paint_flowers(picture, nearest.line)
    paint_grass(picture, 1.0, _crop(picture, _FOLDS - 1))


def _blooming(picture: Picture) -> bool:
    return picture.chance("flowers", 0.25)


def _fold(picture: Picture, n: int) -> _Fold:
    near, wide = n / (_FOLDS - 1), max(picture.frame.aspect, 0.7) ** 0.7
    line = skyline(picture.rng(f"fold {n}"), (1.3 + 0.5 * near) * wide, 4, 0.36)
    tall = (0.13 - 0.03 * near) * picture.frame.unit
    top = F32(picture.horizon + 0.03 + 0.26 * near**1.2) - line * F32(tall)
    if n == _FOLDS - 1 and _blooming(picture):
        top -= F32(0.06)  # room for the flowers
    return _Fold(n, near, _crop(picture, n), top)


def _crop(picture: Picture, n: int) -> Array:
    """Return the Oklab colour of what grows on a fold."""
    palette, reading = picture.palette, picture.reading
    if reading.wants("snow"):
        return mix(oklab(_SNOW), palette.near, 0.5 * palette.dark)
    crops = _RIPE_CROPS if reading.light == "golden" else _CROPS
    order = picture.rng("crops").permutation(len(crops))
    crop = mix(oklab(crops[order[n]]), oklab(crops[order[0]]), 0.35)
    if palette.dark or reading.light in _DIM_LIGHTS:
        crop = mix(crop, palette.near, 0.55 if palette.dark else 0.30)
    if reading.wants("flowers") and not reading.wants("furrows"):
        return crop
    return palette.dyed(crop, 0.8 if n != 0 else 0.3) * [1.0, 1.15, 1.15]


def _paint_surface(picture: Picture, fold: _Fold, bottom: float) -> None:
    palette, frame, near = picture.palette, picture.frame, fold.near
    colour = palette.hazed(fold.crop, 0.22 + 0.74 * near**0.8)
    upper = mix(colour, palette.sun, 0.10 * (1 - near))
    lower = mix(colour, palette.near, 0.16 + 0.30 * near)
    ground = Ground(frame.across(fold.line), upper, lower, 0.13 + 0.16 * near, min(1.0, bottom))
    depth = ground.depth(frame)
    crest = np.exp(np.maximum(depth, 0) * -110) * (0.30 * palette.glow * (1 - 0.7 * near))
    paint_ground(picture, ground, (_relief(picture, fold, ground, depth) + crest).astype(F32))


def _relief(picture: Picture, fold: _Fold, ground: Ground, depth: Array) -> Array:
    """Return relative light: the slope of the land, patches, grass, and furrows."""
    frame, rng, rows = picture.frame, picture.rng(f"surface {fold.n}"), ground.rows(picture.frame)
    shade = (field(rng, frame, 46, 3, 0.65, rows=rows) - 0.5) * F32(0.12 + 0.34 * fold.near)
    shade += (field(rng, frame, 3.2, 3, rows=rows) - 0.5) * F32(0.55)
    slope = np.gradient(blur(fold.line[None], _SAMPLES * 0.012)[0]) * (_SAMPLES / frame.aspect)
    shade += frame.across(np.clip(slope * picture.sun_side, -0.5, 0.5).astype(F32)) * F32(0.75)
    planted = picture.reading.wants("furrows")
    if not fold.n or picture.reading.wants("snow") or not (planted or rng.random() < 0.75):
        return shade
    bend = (field(rng, frame, 2.0, 2, rows=rows) - 0.5) * F32(0.10)
    vanishing, count = float(rng.uniform(-0.1, 1.1)) * frame.aspect, float(rng.uniform(46, 66))
    edge = smoothstep(0.47, 0.52, field(rng, frame, 1.6, 2, rows=rows))
    rows_of_crop = furrows(frame.x + bend, depth, vanishing, count)
    return shade + rows_of_crop * (F32(0.36) if planted else edge * F32(0.12))


def _paint_trees(picture: Picture, fold: _Fold) -> None:
    """Set a few groups of trees on a fold; cypresses, if asked for."""
    rng, frame, near = picture.rng(f"trees on {fold.n}"), picture.frame, fold.near
    palette, cypresses = picture.palette, picture.reading.wants("cypresses")
    dark, lit = Stencil(frame, picture.horizon - 0.2), Stencil(frame, picture.horizon - 0.2)
    height = (0.016 + 0.085 * near**1.2) * frame.unit
    for share in _groups(rng, near, wild=picture.reading.wants("trees") or cypresses):
        tall = height * rng.uniform(0.55, 1.2)
        foot = (
            share * frame.aspect,
            fold.height_at(share) + 0.004 + 0.05 * near * float(rng.random()),
        )
        if cypresses:
            cypress(dark, rng, foot, tall * 1.8)
        elif picture.reading.wants("snow"):
            conifer(dark, rng, foot, tall * 1.5)
        else:
            broadleaf(dark, rng, foot, tall)
            sunlit_leaves(lit, rng, foot, tall, picture.sun_side)
    green = mix(palette.dyed(oklab(_LEAF), 0.2), palette.near, 0.55 if palette.dark else 0.30)
    leaf = palette.hazed(green, 0.34 + 0.62 * near)
    paint_stencil(picture, dark, leaf, leaf)
    sunny = light(mix(mix(leaf, fold.crop, 0.35), palette.sun, 0.22 * min(1.0, palette.glow)))
    picture.cover(lit.plane() * dark.plane(), sunny, lit.rows)


def _groups(rng: Generator, near: float, *, wild: bool) -> list[float]:
    """Return where trees stand, as shares of the width: in loose groups, closer when far away."""
    groups = int(rng.integers(2, 5)) + 2 * wild
    spread = 0.025 + 0.045 * near
    places = [
        float(middle + away)
        for middle in rng.random(groups)
        for away in rng.normal(0, spread, int(rng.integers(2, 9)))
    ]
    return sorted(places)


SCENE = Scene(
    horizon=0.62,
    sway=0.04,
    stages=(
        Stage("Sky", paint_sky),
        Stage("Hills", paint_hills),
        Stage("Meadow", paint_meadow),
        Stage("Birds", paint_birds),
        Stage("Weather", paint_weather),
    ),
)
