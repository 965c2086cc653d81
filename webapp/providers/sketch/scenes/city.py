"""A city at the water: four rows of towers, their windows, a quay with lamps, reflections."""

import numpy as np

from webapp.providers.sketch.arrays import F32, Array
from webapp.providers.sketch.birds import paint_birds
from webapp.providers.sketch.buildings import (
    Block,
    Windows,
    paint_block,
    paint_windows,
    tower,
    window_count,
)
from webapp.providers.sketch.colour import light, lights
from webapp.providers.sketch.land import paint_fog
from webapp.providers.sketch.noise import Generator, skyline
from webapp.providers.sketch.picture import Picture
from webapp.providers.sketch.raster import blur, resize
from webapp.providers.sketch.scenes.stage import Scene, Stage
from webapp.providers.sketch.sky import paint_sky
from webapp.providers.sketch.trees import paint_park
from webapp.providers.sketch.water import Water, paint_water
from webapp.providers.sketch.weather import paint_weather

_ROWS = 4
_NEAR_TOP = (0.34, 0.56, 0.78, 0.95)
_NEAR_FOOT = (0.05, 0.24, 0.52, 0.88)
_LAMPS = ("#ffcf80", "#ffd9a0", "#fff0d8", "#9fd8ff")
_NEON_SIGNS = ("#ff4fb8", "#4fe0ff", "#ffd27a", "#9a6bff")
_WARNING_LAMP = "#ff3020"
_EVENING_LIGHTS = {"sunset", "golden", "storm"}
_GLOW_ROWS = 256


def paint_towers(picture: Picture) -> None:
    """Paint four rows of towers, far to near, with lit air between them."""
    for n in range(_ROWS):
        _paint_row(picture, n)
        amount = 0.20 * (1 - n / (_ROWS - 1)) + (0.08 if picture.palette.dark else 0.04)
        paint_fog(picture, picture.horizon - 0.03 - 0.015 * (_ROWS - n), 0.06, amount)


def paint_glow(picture: Picture) -> None:
    """Let the lit windows shine into the air between the towers."""
    soft = picture.frame.soft(_GLOW_ROWS)
    share = 0.9 if picture.palette.dark else 0.2
    band = np.clip((soft.y - F32(picture.horizon * 0.35)) * 8, 0, 1)
    for channel in range(3):
        bright = np.maximum(resize(picture.image[channel], *soft.size) - F32(0.12), 0) * band
        picture.image[channel] += picture.enlarge(blur(bright, 7)) * F32(share)


def paint_waterfront(picture: Picture) -> None:
    """Paint a quay with lamps and the water before it, or a park where no water is wanted."""
    _paint_quay(picture)
    if picture.reading.allows("water"):
        paint_water(picture, Water(picture.horizon + 0.012, 0.92, 0.40, 1.25))
    else:
        paint_park(picture, picture.horizon + 0.06)


def _paint_row(picture: Picture, n: int) -> None:
    rng, frame, near = picture.rng(f"towers {n}"), picture.frame, n / (_ROWS - 1)
    upper = light(picture.palette.at_distance(_NEAR_TOP[n]))
    lower = light(picture.palette.at_distance(_NEAR_FOOT[n]))
    heights = skyline(rng, 2.5 * max(frame.aspect, 0.8), 3)
    left = -0.02
    while left < frame.aspect:
        width = float(rng.uniform(0.026, 0.060) * (0.75 + 0.6 * near) * frame.unit**0.5)
        place = int(np.clip(left / frame.aspect, 0, 1) * (heights.size - 1))
        tall = (0.10 + 0.32 * heights[place] * rng.uniform(0.55, 1.15)) * (1.15 - 0.42 * near)
        tall *= frame.unit * (1.35 if rng.random() < 0.1 else 1.0)
        blocks = tower(rng, left, width, picture.horizon - float(tall), picture.horizon + 0.012)
        _paint_tower(picture, rng, blocks, (upper, lower), n)
        left += width * float(rng.uniform(0.84, 1.15))


def _paint_tower(
    picture: Picture, rng: Generator, blocks: list[Block], colours: tuple[Array, Array], n: int
) -> None:
    upper, lower = (colour * F32(rng.uniform(0.85, 1.15)) for colour in colours)
    towards_sun = picture.sun[0] > blocks[0].left
    for block in blocks:
        paint_block(picture, block, upper, lower)
        if block.top_right is None and block.width > 0.012:
            lit_side = block.part(0.70, 1) if towards_sun else block.part(0, 0.30)
            paint_block(picture, lit_side, upper * F32(1.22), lower * F32(1.15))
    _paint_windows(picture, rng, blocks[0].below_roof, n)
    dark = picture.palette.dark
    if dark and picture.reading.light == "neon" and n > 1 and rng.random() < 0.35:
        _paint_sign(picture, rng, blocks[0])
    if dark and n > 0 and len(blocks) > 1 and blocks[-1].top_right is not None:
        tip = blocks[-1].left, blocks[-1].highest
        lamp = Block(tip[0] - 0.0012, tip[0] + 0.0012, tip[1] - 0.001, tip[1] + 0.0016)
        paint_block(picture, lamp, *([lights([_WARNING_LAMP])[0] * F32(1.6)] * 2))


def _paint_windows(picture: Picture, rng: Generator, block: Block, n: int) -> None:
    size = (0.0040 + 0.0010 * n) * picture.frame.unit**0.5
    pitch = size * rng.uniform(0.85, 1.3), size * 1.4
    count = window_count(block, pitch)
    neon = picture.reading.light == "neon"
    colours = lights(_NEON_SIGNS if neon else _LAMPS)
    hue = colours[int(rng.choice(4, p=(0.3, 0.3, 0.2, 0.2)))]
    glass = light(picture.palette.sky[1])
    if min(count) < 2:
        return
    if not picture.palette.dark:
        paint_windows(
            picture, block, Windows(pitch, np.full(count, 0.10 + 0.06 * n)), glass * F32(0.8)
        )
    brightness = (0.28 + 0.18 * n) * rng.uniform(0.35, 1, count)
    lit = brightness * (rng.random(count) < _lit_share(picture) * rng.uniform(0.4, 1.3))
    if rng.random() < 0.3:
        lit *= rng.random((count[0], 1)) < 0.6
    paint_windows(picture, block, Windows(pitch, lit), hue * F32(1.15))


def _lit_share(picture: Picture) -> float:
    if picture.palette.dark:
        return 0.46
    return 0.20 if picture.reading.light in _EVENING_LIGHTS else 0.05


def _paint_sign(picture: Picture, rng: Generator, block: Block) -> None:
    """Hang a bright upright sign on a facade."""
    left = block.left + block.width * rng.uniform(0.1, 0.7)
    top = block.top + (block.foot - block.top) * rng.uniform(0.08, 0.4)
    sign = Block(left, left + 0.006, top, top + rng.uniform(0.03, 0.08))
    colour = lights(_NEON_SIGNS)[rng.integers(len(_NEON_SIGNS))] * F32(1.5)
    paint_block(picture, sign, colour, colour)


def _paint_quay(picture: Picture) -> None:
    """Paint the embankment, which also keeps the towers' feet from meeting their mirror image."""
    frame, level, rng = picture.frame, picture.horizon + 0.012, picture.rng("quay")
    stone = light(picture.palette.at_distance(0.96))
    paint_block(
        picture, Block(-0.01, frame.aspect + 0.01, level - 0.009, level + 0.005), stone, stone
    )
    if not picture.palette.dark:
        return
    lamp_light = lights(_LAMPS)[1] * F32(1.3)
    for place in np.arange(float(rng.uniform(0, 0.03)), frame.aspect, 0.034):
        lamp = Block(place, place + 0.0022, level - 0.0145, level - 0.0120)
        paint_block(picture, lamp, lamp_light, lamp_light)


SCENE = Scene(
    horizon=0.70,
    stages=(
        Stage("Sky", paint_sky),
        Stage("Birds", paint_birds),
        Stage("Towers", paint_towers),
        Stage("City lights", paint_glow),
        Stage("Waterfront", paint_waterfront),
        Stage("Weather", paint_weather),
    ),
)
