"""Space: a nebula with dust, stars, and a planet, perhaps with rings."""

from webapp.providers.sketch.arrays import F32, Array, bell, smoothstep
from webapp.providers.sketch.colour import light, mix, oklab
from webapp.providers.sketch.frame import Frame
from webapp.providers.sketch.night import paint_stars
from webapp.providers.sketch.noise import Generator, field, tile
from webapp.providers.sketch.picture import Picture
from webapp.providers.sketch.planet import paint_planet
from webapp.providers.sketch.raster import sample
from webapp.providers.sketch.scenes.stage import Scene, Stage
from webapp.providers.sketch.sky import paint_gradient

_SOFT = 760
_TEXTURE = 768
_PAIRS = (
    ("#b03a8f", "#2f7fd0"),
    ("#d0603a", "#3a8fa0"),
    ("#6a4fd0", "#d04f7a"),
    ("#2a9a8a", "#7a4fd0"),
)
_CORE = "#ffd9a8"
_CHANCE_OF_A_PLANET = 0.55


def paint_nebula(picture: Picture) -> None:
    """Paint two clouds of gas and a bright core along a slanting band, then dust before them."""
    frame, rng = picture.frame.soft(_SOFT), picture.rng("nebula")
    bend_x, bend_y = field(rng, frame, 3, 4) - 0.5, field(rng, frame, 3, 4) - 0.5
    slant = float(rng.uniform(-0.55, 0.55))
    across = frame.x - F32(frame.aspect / 2)
    image = picture.image
    off = (frame.y - F32(0.5)) + across * F32(slant) + bend_x * F32(0.28)
    for n, colour in enumerate(_gases(picture, rng)):
        density = _turbulence(frame, rng, bend_x, bend_y)
        band = bell(off, (n - 1) * 0.06, 0.34 if n < 2 else 0.12)
        amount = smoothstep(0.42, 0.80, density) ** 1.25 * band
        picture.shine(picture.enlarge(amount * F32(1.2 if n < 2 else 0.85)), light(colour))
    dust = smoothstep(0.48, 0.68, field(rng, frame, 6, 6, 0.55) + bend_x * F32(0.3))
    image *= picture.enlarge(1 - F32(0.6) * dust)


def paint_field_of_stars(picture: Picture) -> None:
    """Scatter stars over the whole picture."""
    if picture.reading.allows("stars"):
        paint_stars(picture, 1500)


def paint_planets(picture: Picture) -> None:
    """Paint a planet where one was asked for, and in half of the other pictures."""
    if picture.chance("planet", _CHANCE_OF_A_PLANET):
        paint_planet(picture)


def _gases(picture: Picture, rng: Generator) -> list[Array]:
    pigments = list(picture.palette.pigments)
    pair = _PAIRS[int(rng.integers(len(_PAIRS)))]
    if not pigments:
        pigments = [oklab(colour) for colour in pair]
    if len(pigments) == 1:
        pigments.append(mix(pigments[0], oklab("#3a7fd0"), 0.6))
    return [*pigments, oklab(_CORE)]


def _turbulence(frame: Frame, rng: Generator, bend_x: Array, bend_y: Array) -> Array:
    """Return fine noise dragged along by coarse noise, as gas by its own eddies."""
    texture = tile(rng, _TEXTURE, 5, 7, 0.55)
    x = ((frame.x / max(frame.aspect, 1.0) + bend_x * F32(0.5)) % 1) * (_TEXTURE - 1)
    y = ((frame.y * min(1.0, 1 / frame.aspect) + bend_y * F32(0.5)) % 1) * (_TEXTURE - 1)
    return sample(texture, x, y)


SCENE = Scene(
    horizon=1.0,
    stages=(
        Stage("Darkness", paint_gradient),
        Stage("Nebula", paint_nebula),
        Stage("Stars", paint_field_of_stars),
        Stage("Planet", paint_planets),
    ),
)
