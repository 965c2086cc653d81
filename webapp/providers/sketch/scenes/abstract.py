"""Abstract: silk in long folds, lit from the side, with fine threads along them."""

import numpy as np

from webapp.providers.sketch.arrays import F32, Array
from webapp.providers.sketch.colour import look_up, mix, oklab, ramp
from webapp.providers.sketch.frame import Frame
from webapp.providers.sketch.noise import Generator, field, fractal
from webapp.providers.sketch.picture import Picture
from webapp.providers.sketch.raster import sample
from webapp.providers.sketch.scenes.stage import Scene, Stage

_SOFT = 900
_THREADS = (256, 2048)  # columns along the folds, rows across them
_SHEEN = "#fff6e8"
_SHADOW = "#0c0f1e"
_SILKEN_LIGHTS = {"sunset", "dusk", "neon", "aurora", "night"}
_CLOTHS = (
    ("#0d2b3a", "#1f8f96", "#e0a83a", "#fbeecb"),
    ("#241a4a", "#6a4fb8", "#f07a66", "#ffe2c4"),
    ("#10302a", "#1f8f6a", "#9fd8a8", "#f4fbe6"),
    ("#35102c", "#a8325e", "#f08ab0", "#fff0e8"),
    ("#101c44", "#2f6fd0", "#b898d8", "#fdf0f4"),
    ("#1c1a2c", "#7a4a3a", "#d89a5c", "#fdeed8"),
)


def paint_silk(picture: Picture) -> None:
    """Paint the whole cloth: its folds, its colours, the light on it."""
    frame, rng = picture.frame.soft(_SOFT), picture.rng("silk")
    along, across = _cloth(frame, rng)
    height = _folds(across, along, rng)
    slope_x = np.gradient(height, axis=1) * frame.height
    slope_y = np.gradient(height, axis=0) * frame.height
    facing = (slope_x * picture.sun_side * 0.75 - slope_y) / np.sqrt(slope_x**2 + slope_y**2 + 9)
    threads = _threads(frame, rng, along, across)
    drift = across * F32(0.55) + along * F32(0.22) + (field(rng, frame, 1.5, 2) - 0.5) * F32(0.5)
    drift = (drift - drift.min()) / (drift.max() - drift.min())
    tone = 0.5 - 0.5 * np.cos(2 * np.pi * (drift * F32(1.2) + F32(rng.uniform(0, 1))))
    tone = np.clip(0.10 + 0.62 * tone + 0.20 * (height - 0.5) + threads * F32(0.016), 0, 1)
    colour = look_up(_dyes(picture), tone)
    colour *= np.clip(0.72 + 0.60 * facing + threads * F32(0.032), 0.06, 2)
    sheen = (
        np.maximum(facing, 0) ** 5 * (0.30 + 0.06 * threads) + np.maximum(height - 0.8, 0) * 0.25
    )
    colour += sheen * F32(0.45)
    picture.image[:] = picture.enlarge(colour.astype(F32))


def _cloth(frame: Frame, rng: Generator) -> tuple[Array, Array]:
    """Return coordinates along and across the folds: a turned grid, bent by broad noise."""
    turn = float(rng.uniform(0.35, 1.2) * rng.choice([-1, 1]))
    x, y = frame.x - F32(frame.aspect / 2), frame.y - F32(0.5)
    along = x * F32(np.cos(turn)) + y * F32(np.sin(turn))
    across = y * F32(np.cos(turn)) - x * F32(np.sin(turn))
    bend = field(rng, frame, 1.3, 2, 0.35) - F32(0.5)
    curl = field(rng, frame, 2.4, 2, 0.35) - F32(0.5)
    across = across + bend * F32(0.95) + curl * F32(0.16)
    return along + curl * F32(0.35), across


def _folds(across: Array, along: Array, rng: Generator) -> Array:
    """Return the height of the cloth, about 0..1: folds of several widths that come and go."""
    phase = rng.uniform(0, 6.28, 4)
    broad = np.sin(across * F32(13) + np.sin(along * 2.6 + phase[0]) * 0.9 + phase[1])
    fine = np.sin(across * F32(31) + np.sin(along * 3.7 + phase[2]) * 1.3 + phase[3])
    swell = 0.5 + 0.5 * np.sin(along * 3.1 + across * 5 + phase[2])
    # A power makes crests narrow and valleys wide, as hanging cloth has them.
    crests = (0.5 + 0.5 * broad) ** 1.5
    return np.asarray(crests * (0.74 + 0.12 * swell) + (0.5 + 0.5 * fine) * 0.17 * swell, F32)


def _threads(frame: Frame, rng: Generator, along: Array, across: Array) -> Array:
    """Return fine threads that follow the folds, around 0 with a deviation of 1."""
    weave = fractal(rng, _THREADS, (5, 300), 3, 0.7)
    weave = (weave - weave.mean()) / weave.std()
    x = (along * F32(0.28) + F32(0.5)) * (_THREADS[0] - 1)
    y = (across * F32(0.28) + F32(0.5)) * (_THREADS[1] - 1)
    return sample(weave, np.broadcast_to(x, (frame.height, frame.width)), y)


def _dyes(picture: Picture) -> Array:
    """Return the cloth's colours from its deepest to its palest place."""
    palette, rng = picture.palette, picture.rng("dyes")
    if palette.pigments:
        first, last = palette.pigments[0], palette.pigments[-1]
        stops = [
            mix(first, oklab(_SHADOW), 0.62),
            first,
            mix(last, first, 0.15),
            mix(last, oklab(_SHEEN), 0.55),
        ]
    elif picture.reading.light in _SILKEN_LIGHTS:
        stops = [mix(palette.near, palette.sky[0], 0.4), *palette.sky[1:]]
    else:
        stops = [oklab(colour) for colour in _CLOTHS[int(rng.integers(len(_CLOTHS)))]]
    return ramp(list(zip((0, 0.35, 0.7, 1), stops, strict=True)))


SCENE = Scene(horizon=1.0, stages=(Stage("Silk", paint_silk),))
