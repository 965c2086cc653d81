"""Mountains: five ranges behind each other, with a lake or a fir wood before them."""

import numpy as np

from webapp.providers.sketch.arrays import F32, Array, bell, smoothstep
from webapp.providers.sketch.birds import paint_birds
from webapp.providers.sketch.land import Ground, facets, paint_fog, paint_ground
from webapp.providers.sketch.noise import field, skyline
from webapp.providers.sketch.picture import Picture
from webapp.providers.sketch.scenes.stage import Scene, Stage
from webapp.providers.sketch.sky import paint_sky
from webapp.providers.sketch.trees import paint_treeline
from webapp.providers.sketch.water import Water, paint_water
from webapp.providers.sketch.weather import paint_weather

_RANGES = 5
_HEIGHT = (0.40, 0.27, 0.17, 0.12, 0.10)
_FOOT = (-0.015, 0.0, 0.03, 0.08, 0.17)  # below the horizon
_NEAR_TOP = (0.34, 0.46, 0.62, 0.80, 0.97)
_NEAR_FOOT = (0.02, 0.12, 0.30, 0.55, 0.97)
_RELIEF = (0.95, 0.72, 0.5, 0.35, 0.0)
_SNOWY_LIGHTS = {"day", "dawn", "golden"}


def paint_ranges(picture: Picture) -> None:
    """Paint the ranges from the farthest to the nearest, with mist between them."""
    lake = picture.reading.wants("water")
    feet = [picture.horizon + foot - 0.0125 * n * lake for n, foot in enumerate(_FOOT)]
    for n, foot in enumerate(feet):
        below = feet[n + 1] + 0.01 if n + 1 < _RANGES else 1.0
        _paint_range(picture, n, foot, below)
        if n in {1, 2, 3}:
            paint_fog(picture, foot + 0.02, 0.05 + 0.02 * n, 0.34 - 0.07 * n)


def paint_foreground(picture: Picture) -> None:
    """Lay a lake before the mountains if one was asked for, and firs along the bank."""
    reading = picture.reading
    if reading.wants("water"):
        paint_water(picture, Water(picture.horizon + 0.10))
        if reading.allows("trees"):
            paint_treeline(picture, 0.955, 0.19, 0.75)
    elif picture.chance("trees", 0.8):
        paint_treeline(picture, picture.horizon + 0.24, 0.16, 1.0)


def _paint_range(picture: Picture, n: int, foot: float, below: float) -> None:
    frame, palette, rng = picture.frame, picture.palette, picture.rng(f"range {n}")
    height = _height(picture, n)
    top = foot - frame.across(_crest(picture, n)) * F32(height)
    ground = Ground(
        top,
        palette.at_distance(_NEAR_TOP[n]),
        palette.at_distance(_NEAR_FOOT[n]),
        0.30 - 0.025 * n,
        below,
    )
    shade = facets(picture, ground, rng, 0.24 - 0.025 * n) * F32(_RELIEF[n]) if _RELIEF[n] else None
    paint_ground(picture, ground, shade, _snow(picture, ground, n, foot - height))


def _height(picture: Picture, n: int) -> float:
    """Return how high a range rises at most, in picture heights; some pictures have taller ones."""
    stretch = picture.rng(f"height {n}").uniform(0.72, 1.22)
    return float(_HEIGHT[n] * picture.frame.unit * stretch)


def _crest(picture: Picture, n: int) -> Array:
    """Return the skyline of a range; the farthest rises to one summit away from the sun."""
    near, rng = n / (_RANGES - 1), picture.rng(f"crest {n}")
    wide = max(picture.frame.aspect, 0.7) ** 0.6
    line = skyline(rng, (1.6 + 1.5 * near) * wide, 9, 0.5, 0.85 * (1 - near) ** 0.8)
    if n:
        return line
    summit = 1 - picture.sun[0] / picture.frame.aspect
    if picture.reading.wants("volcano"):
        return _cone(picture, line, summit)
    return line * (0.45 + 0.75 * bell(np.linspace(0, 1, line.size), summit, 0.26))


def _cone(picture: Picture, line: Array, summit: float) -> Array:
    """Return the skyline of a volcano: flanks that grow steeper up to a broken rim."""
    away = np.abs(np.linspace(0, 1, line.size) - summit) * picture.frame.aspect
    flanks = 1.12 * np.exp(-((away / (0.40 * picture.frame.unit)) ** 0.95))
    return np.asarray(np.minimum(flanks, 0.93) + 0.05 * line * (0.4 + flanks), F32)


def _snow(picture: Picture, ground: Ground, n: int, summit: float) -> Array | None:
    """Return how much snow lies on a range: a ragged line some way below the summits."""
    reading = picture.reading
    asked = reading.wants("snow")
    if not reading.allows("snow") or n > asked or not (asked or reading.light in _SNOWY_LIGHTS):
        return None
    rows, frame = ground.rows(picture.frame), picture.frame
    ragged = field(picture.rng(f"snow {n}"), frame, 12, 5, 0.62, rows=rows) - 0.5
    height = _height(picture, n)
    line = summit + height * (0.58 if asked else 0.40)
    melt = frame.y[rows] - F32(line) + ragged * F32(0.75 * height)
    return smoothstep(0.03, -0.09, melt) * F32(0.95 if asked else 0.6)


SCENE = Scene(
    horizon=0.66,
    sway=0.035,
    stages=(
        Stage("Sky", paint_sky),
        Stage("Mountains", paint_ranges),
        Stage("Foreground", paint_foreground),
        Stage("Birds", paint_birds),
        Stage("Weather", paint_weather),
    ),
    waterside_horizon=0.62,
)
