"""What shines in a dark sky: stars, the Milky Way, the aurora."""

import numpy as np

from webapp.providers.sketch.arrays import F32, Array, bell, smoothstep
from webapp.providers.sketch.colour import lights, look_up, oklab, ramp
from webapp.providers.sketch.frame import Frame
from webapp.providers.sketch.noise import Generator, field, skyline
from webapp.providers.sketch.picture import Picture
from webapp.providers.sketch.raster import blur

_STAR_ROWS = 1024  # stars are set on a frame of this size, so that they are as big in any picture
_SOFT = 512
_AURORA = ("#5dffb0", "#2fd0b0", "#8a4fd8")
_MILKY_WAY = ("#8fa8e8", "#e8b8a0")


def paint_stars(picture: Picture, count: int) -> None:
    """Scatter stars, a few of them bright with a halo; they fade towards the horizon."""
    frame, rng = picture.frame.soft(_STAR_ROWS), picture.rng("stars")
    count = round(count * max(frame.aspect, 0.6))
    x, y = rng.random(count) * frame.aspect, rng.random(count) ** 1.4 * picture.horizon
    brightness = np.minimum(rng.pareto(2.6, count) * 0.10 + 0.03, 1.3)
    tint = 0.12 * rng.normal(0, 1, count)
    bright = brightness > 0.3
    for channel, hue in enumerate((1 + tint, np.ones(count), 1 - tint)):
        points = _dots(frame, x, y, brightness * hue * 9)
        halos = _dots(frame, x[bright], y[bright], hue[bright] * 9)
        sky = blur(points, 0.62) + blur(halos, 8) * F32(1.1)
        fade = smoothstep(picture.horizon, picture.horizon * 0.45, frame.y)
        picture.image[channel] += picture.enlarge(sky * fade)


def paint_milky_way(picture: Picture) -> None:
    """Lay a slanting band of faint stars and dust over the sky."""
    frame, rng = picture.frame.soft(_SOFT), picture.rng("milky way")
    lean = float(rng.uniform(0.5, 1.1) * rng.choice([-1, 1]))
    wander = (field(rng, frame, 2.5, 4) - 0.5) * 0.22
    off = ((frame.x - frame.aspect / 2) + lean * (frame.y - 0.35) + wander) / np.hypot(1, lean)
    clouds = smoothstep(0.30, 0.75, field(rng, frame, 6, 6, 0.6))
    dust = smoothstep(0.48, 0.66, field(rng, frame, 7, 6, 0.6)) * bell(off, 0.0, 0.10)
    fade = smoothstep(picture.horizon, picture.horizon * 0.6, frame.y) * (1 - 0.8 * dust)
    cool, warm = lights(_MILKY_WAY)
    picture.shine(picture.enlarge(bell(off, 0.0, 0.20) * clouds * fade * 0.34), cool)
    picture.shine(picture.enlarge(bell(off, 0.0, 0.09) * clouds * fade * 0.42), warm)


def paint_aurora(picture: Picture) -> None:
    """Hang three curtains of light, green at the foot and violet where they thin out."""
    frame, rng = picture.frame.soft(_SOFT), picture.rng("aurora")
    total = np.zeros((frame.height, frame.width), F32)
    weighted_height = np.zeros_like(total)
    for fold in range(3):
        above, curtain = _curtain(frame, rng, 0.24 + 0.13 * fold, picture.horizon / 0.66)
        total += curtain
        weighted_height += curtain * np.clip(above * 3.2, 0, 1)
    height = weighted_height / np.maximum(total, 1e-3)
    colours = [oklab(colour) for colour in _AURORA]
    if picture.palette.pigments:
        colours[-1] = picture.palette.pigments[-1]
    glow = look_up(ramp(list(zip((0, 0.45, 1), colours, strict=True))), height) * (total * F32(0.6))
    picture.image[:] += picture.enlarge(glow)


def _curtain(frame: Frame, rng: Generator, foot: float, stretch: float) -> tuple[Array, Array]:
    """Return the height above the curtain's foot, and its light."""
    foot_line = foot + (skyline(rng, 2, 4) - 0.5) * 0.24
    rays = frame.across(skyline(rng, 26 * max(frame.aspect, 1), 4, 0.6))
    bright = frame.across(skyline(rng, 3, 3) ** 2)
    above = frame.across(foot_line.astype(F32)) * F32(stretch) - frame.y
    light = np.exp(-np.maximum(above, 0) / (0.10 + 0.18 * rays)) * smoothstep(-0.06, 0.03, above)
    return above, light * (0.2 + 0.8 * bright) * (0.4 + 0.6 * rays)


def _dots(frame: Frame, x: Array, y: Array, energy: Array) -> Array:
    """Return a plane with each dot's energy shared among the four pixels around it."""
    plane = np.zeros((frame.height + 1, frame.width + 1), F32)
    across = np.clip(x * frame.width / frame.aspect - 0.5, 0, frame.width - 1)
    down = np.clip(y * frame.height - 0.5, 0, frame.height - 1)
    left, top = across.astype(int), down.astype(int)
    right, low = across - left, down - top
    for column, row, share in (
        (left, top, (1 - right) * (1 - low)),
        (left + 1, top, right * (1 - low)),
        (left, top + 1, (1 - right) * low),
        (left + 1, top + 1, right * low),
    ):
        np.add.at(plane, (row, column), energy * share)
    return plane[:-1, :-1]
