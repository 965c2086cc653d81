"""Trees as silhouettes: conifers, broad crowns, cypresses, palms."""

from itertools import pairwise
from math import cos, pi, sin

import numpy as np

from webapp.providers.sketch.colour import mix
from webapp.providers.sketch.land import paint_stencil
from webapp.providers.sketch.noise import Generator, skyline
from webapp.providers.sketch.picture import Picture
from webapp.providers.sketch.stencil import Point, Stencil


def conifer(stencil: Stencil, rng: Generator, foot: Point, height: float) -> None:
    """Draw a fir: boughs that widen downwards, each with a drooping tip."""
    x, y = foot
    boughs = int(rng.integers(12, 18))
    lean, slim = rng.normal(0, 0.02) * height, rng.uniform(0.17, 0.24)
    stencil.polygon([(x - height * 0.016, y), (x + height * 0.016, y), (x + lean, y - height)])
    for side in (-1, 1):
        outline = [(x + lean, y - height * 1.04)]
        for bough in range(boughs):
            down = (bough + rng.uniform(0.2, 0.8)) / boughs
            axis, level = x + lean * (1 - down), y - height * (1 - down * 0.90)
            reach = height * (slim * down**0.85 * rng.uniform(0.65, 1.2) + 0.012)
            outline.append((axis + side * reach, level + height * 0.035 * rng.uniform(0.4, 1.3)))
            outline.append((axis + side * reach * 0.38, level + height * 0.004))
        stencil.polygon([*outline, (x, y - height * 0.08)])


def broadleaf(stencil: Stencil, rng: Generator, foot: Point, height: float) -> None:
    """Draw a round-crowned tree as a cloud of leaves over a short trunk."""
    x, y = foot
    stencil.stroke((x, y), (x, y - height * 0.6), height * 0.08, height * 0.05)
    crown = (x, y - height * 0.58)
    stencil.ellipse(crown, height * 0.36, height * 0.28)
    for _ in range(44):
        turn, out = rng.uniform(0, 2 * pi), rng.uniform(0.75, 1.05)
        leaves = (
            crown[0] + cos(turn) * out * height * 0.38,
            crown[1] + sin(turn) * out * height * 0.31,
        )
        radius = height * rng.uniform(0.04, 0.09)
        stencil.ellipse(leaves, radius, radius * 0.85)


def sunlit_leaves(stencil: Stencil, rng: Generator, foot: Point, height: float, side: int) -> None:
    """Draw the tufts of a round crown that face the light."""
    x, y = foot
    for _ in range(34):
        turn, out = rng.uniform(0, 2 * pi), rng.random() ** 0.5
        across = 0.13 * side + cos(turn) * out * 0.25
        up = 0.66 - sin(turn) * out * 0.20 + 0.10 * abs(across)
        radius = height * rng.uniform(0.02, 0.055)
        place = x + across * height, y - up * height
        stencil.ellipse(place, radius, radius * 0.7, float(rng.uniform(0.35, 0.8)))


def cypress(stencil: Stencil, rng: Generator, foot: Point, height: float) -> None:
    """Draw a cypress: a tall, slim flame."""
    x, y = foot
    slim = height * rng.uniform(0.075, 0.105)
    heights = np.linspace(0, 1, 14)
    widths = np.sin(np.pi * np.clip(heights * 0.93 + 0.10, 0, 1)) ** 0.7 * slim
    widths = widths * rng.uniform(0.88, 1.12, 14)
    right = [(x + w, y - t * height) for t, w in zip(heights, widths, strict=True)]
    left = [(x - w, y - t * height) for t, w in zip(heights, widths, strict=True)]
    stencil.polygon([*right, (x, y - height * 1.04), *reversed(left)])


def palm(stencil: Stencil, rng: Generator, foot: Point, height: float) -> None:
    """Draw a palm: a bent trunk and a head of feathered fronds."""
    x, y = foot
    bend = rng.uniform(0.08, 0.30) * rng.choice([-1, 1]) * height
    steps = np.linspace(0, 1, 9)
    trunk = [(x + bend * t**1.8, y - height * t) for t in steps]
    for step, (low, high) in enumerate(pairwise(trunk)):
        stencil.stroke(low, high, height * (0.034 - 0.002 * step), height * (0.032 - 0.002 * step))
    for turn in np.linspace(-0.4, pi + 0.4, 10) + rng.normal(0, 0.10, 10):
        _frond(stencil, trunk[-1], float(turn), height * rng.uniform(0.34, 0.46))


def _frond(stencil: Stencil, root: Point, turn: float, length: float) -> None:
    """Draw one frond: a drooping rib with leaflets hanging on both sides."""
    across, up = cos(turn), sin(turn)
    steps = np.linspace(0, 1, 34)
    rib = [
        (root[0] + across * length * t, root[1] - up * length * t * 0.75 + length * 0.62 * t * t)
        for t in steps
    ]
    for low, high in pairwise(rib):
        stencil.stroke(low, high, length * 0.024, length * 0.020)
    for t, (x, y) in zip(steps[2:], rib[2:], strict=True):
        leaflet = length * 0.30 * (1.05 - 0.75 * t) * min(1, 0.4 + 3 * t)
        for sideways, down in ((0.55, 0.95), (0.95, 0.12)):
            tip = x + across * leaflet * sideways, y + leaflet * down
            stencil.stroke((x, y), tip, length * 0.019, 0.0004)


def paint_treeline(picture: Picture, y: float, size: float, density: float) -> None:
    """Paint two rows of firs along a bank, taller and denser away from a clearing."""
    palette, frame, rng = picture.palette, picture.frame, picture.rng(f"treeline at {y:.2f}")
    size *= frame.unit * float(rng.uniform(0.75, 1.3))
    clearing = float(rng.uniform(0.25, 0.75))
    for lift, scale, distance in ((-0.035, 0.7, 0.24), (0.0, 1.0, 0.0)):
        bank = y + lift + 0.05 - skyline(rng, 3, 3) * 0.04
        count = int(70 * frame.aspect / frame.unit * density * scale**-0.7)
        stencil = Stencil(frame, float(bank.min()) - size * scale * 1.6)
        xs, heights = rng.random(count) * 1.1 - 0.05, rng.uniform(0.4, 1.15, count)
        kept = rng.random(count) < 0.28 + 0.85 * np.abs(xs - clearing) * 1.9
        places = np.linspace(0, 1, bank.size)
        edge = list(zip((places * frame.aspect)[::16], bank[::16], strict=True))
        stencil.polygon([(0, 1.1), *edge, (frame.aspect, float(bank[-1])), (frame.aspect, 1.1)])
        for x, height in zip(xs[kept], heights[kept], strict=True):
            foot = x * frame.aspect, float(np.interp(x, places, bank)) + 0.008
            conifer(stencil, rng, foot, height * size * scale * (1 + 0.6 * abs(x - clearing)))
        upper = mix(palette.near, palette.haze, distance)
        lower = mix(palette.near * [0.6, 1, 1], palette.haze, distance * 0.3)
        paint_stencil(picture, stencil, upper, lower)


def paint_park(picture: Picture, y: float) -> None:
    """Paint a row of round-crowned trees with a dark lawn below them."""
    rng, frame = picture.rng(f"park at {y:.2f}"), picture.frame
    stencil = Stencil(frame, y - 0.2)
    stencil.polygon([(0, y), (frame.aspect, y), (frame.aspect, 1.1), (0, 1.1)])
    for x in np.arange(-0.02, frame.aspect + 0.05, 0.035):
        height = rng.uniform(0.05, 0.10) * frame.unit
        broadleaf(stencil, rng, (x + rng.normal(0, 0.012), y + 0.01), height)
    green = picture.palette.dyed(picture.palette.near, 0.4)
    paint_stencil(picture, stencil, mix(green, picture.palette.haze, 0.10), green)
