"""What grows on a hillside: furrows in perspective, grass blades, flowers in drifts."""

from collections.abc import Iterator

import numpy as np

from webapp.providers.sketch.arrays import F32, Array, smoothstep
from webapp.providers.sketch.colour import mix, oklab
from webapp.providers.sketch.land import paint_stencil
from webapp.providers.sketch.noise import Generator, skyline
from webapp.providers.sketch.picture import Picture
from webapp.providers.sketch.stencil import Point, Stencil

_FLOWERS = ("#d8404a", "#f2c040", "#e890b8", "#f4f0e4", "#8a78d8")
_BANDS = 4  # of distance; the nearest last, over the others


def furrows(x: Array, depth: Array, vanishing: float, count: float) -> Array:
    """Return rows of crop that run towards a vanishing point, as relative light around 0.

    They fade near the skyline, where they would be finer than a pixel.
    """
    run = (x - F32(vanishing)) / (np.maximum(depth, 0) + F32(0.16))
    return np.sin(run * F32(count)) * smoothstep(0.0, 0.05, depth)


def paint_flowers(picture: Picture, edge: Array) -> None:
    """Paint drifts of flowers below an edge (y of 2048 places): small far away, big near."""
    rng, top = picture.rng("flowers"), float(edge.min())
    colours = _petal_colours(picture, rng)
    drifts = [_drift(picture, rng, top) for _ in range(round(46 * picture.frame.aspect**0.5))]
    drifts.sort(key=lambda drift: drift[1])
    for band in range(_BANDS):
        chosen = drifts[band * len(drifts) // _BANDS : (band + 1) * len(drifts) // _BANDS]
        for place, colour in enumerate(colours):
            stencil, hearts = Stencil(picture.frame, top - 0.05), Stencil(picture.frame, top - 0.05)
            for middle in chosen[place :: len(colours)]:
                for centre, size in _blossoms(picture, rng, middle, edge):
                    _blossom(stencil, hearts, rng, centre, size)
            near = 0.55 + 0.45 * band / (_BANDS - 1)
            petals = picture.palette.hazed(colour, near)
            paint_stencil(picture, stencil, petals, mix(petals, picture.palette.near, 0.12))
            heart = mix(petals, picture.palette.near, 0.55)
            paint_stencil(picture, hearts, heart, heart)


def paint_grass(picture: Picture, y: float, colour: Array) -> None:
    """Paint blades of grass right before the viewer, in two tones."""
    frame, rng = picture.frame, picture.rng("grass")
    for tone, count, tall in ((0.22, 800, 0.060), (0.50, 600, 0.075)):
        stencil = Stencil(frame, y - 0.2)
        clumps = skyline(rng, 5 * max(frame.aspect, 1), 4)
        for x in rng.random(round(count * frame.aspect)):
            height = tall * frame.unit * (0.35 + clumps[int(x * 2047)]) * rng.uniform(0.5, 1.1)
            _blade(stencil, (float(x) * frame.aspect, 1.01), height, rng.normal(0, 0.35))
        shade = mix(colour, picture.palette.near, tone)
        paint_stencil(picture, stencil, shade, mix(shade, picture.palette.near, 0.3))


def _petal_colours(picture: Picture, rng: Generator) -> list[Array]:
    palette = picture.palette
    chosen = list(palette.pigments) or [oklab(_FLOWERS[n]) for n in rng.permutation(5)[:3]]
    pale = [mix(chosen[0], oklab("#fff4e8"), 0.5)]
    shade = 0.5 if palette.dark else 0.05
    return [mix(colour, palette.near, shade) for colour in [*chosen, *pale]]


def _drift(picture: Picture, rng: Generator, top: float) -> Point:
    """Return the middle of a drift; far drifts crowd together as the ground flattens out."""
    y = top + (1.03 - top) * float(rng.random()) ** 1.6
    return float(rng.uniform(-0.05, 1.05)) * picture.frame.aspect, y


def _blossoms(
    picture: Picture, rng: Generator, middle: Point, edge: Array
) -> Iterator[tuple[Point, float]]:
    """Yield places and sizes of one drift: wide and shallow like all that lies on the ground."""
    top = float(edge.min())
    spread, count = 0.03 + 0.13 * (middle[1] - top) / (1 - top), int(rng.integers(36, 80))
    x, y = middle[0] + rng.normal(0, spread, count), middle[1] + rng.normal(0, spread * 0.16, count)
    depth = (y - top) / (1 - top)
    sizes = (0.0011 + 0.0078 * np.maximum(depth, 0) ** 1.5) * rng.uniform(0.6, 1.15, count)
    here = np.interp(x / picture.frame.aspect, np.linspace(0, 1, edge.size), edge)
    for n in np.flatnonzero((y > here + 0.004) & (depth < 1.1)):
        yield (float(x[n]), float(y[n])), float(sizes[n])


def _blossom(stencil: Stencil, hearts: Stencil, rng: Generator, centre: Point, size: float) -> None:
    """Draw a blossom: a dot far away, petals around a heart close by."""
    x, y = centre
    if size < 0.0032:
        stencil.ellipse(centre, size, size * 0.7)
        return
    turn = rng.uniform(0, 6.28)
    for petal in range(5):
        angle = turn + petal * 1.2566
        offset = x + np.cos(angle) * size * 0.55, y + np.sin(angle) * size * 0.38
        stencil.ellipse(offset, size * 0.52, size * 0.40)
    hearts.ellipse(centre, size * 0.27, size * 0.20)


def _blade(stencil: Stencil, foot: Point, height: float, bend: float) -> None:
    """Draw a blade of grass in three bent pieces."""
    x, y = foot
    wide = height * 0.055 + 0.0004
    points = [(x + bend * height * t * t, y - height * t) for t in (0, 0.4, 0.75, 1.0)]
    widths = (wide, wide * 0.8, wide * 0.45, 0.0002)
    for place in range(3):
        stencil.stroke(points[place], points[place + 1], widths[place], widths[place + 1])
