"""A flock of birds, far away."""

from webapp.providers.sketch.colour import mix
from webapp.providers.sketch.land import paint_stencil
from webapp.providers.sketch.noise import Generator
from webapp.providers.sketch.picture import Picture
from webapp.providers.sketch.stencil import Point, Stencil

_LIGHTS = {"dawn", "day", "golden", "sunset", "mist"}


def paint_birds(picture: Picture) -> None:
    """Paint a flock where one was asked for, and now and then in a bright sky."""
    usual = 0.6 if picture.reading.light in _LIGHTS else 0.0
    if not picture.chance("birds", usual):
        return
    rng, frame = picture.rng("birds"), picture.frame
    x, y = rng.uniform(0.25, 0.75) * frame.aspect, picture.horizon * rng.uniform(0.28, 0.5)
    stencil = Stencil(frame, 0.0, picture.horizon)
    for _ in range(rng.integers(6, 13)):
        centre = x + rng.normal(0, 0.08) * frame.unit, y + rng.normal(0, 0.035)
        _bird(stencil, rng, centre, rng.uniform(0.005, 0.011) * frame.unit)
    colour = mix(picture.palette.near, picture.palette.haze, 0.25)
    paint_stencil(picture, stencil, colour, colour)


def _bird(stencil: Stencil, rng: Generator, centre: Point, span: float) -> None:
    """Draw two bent wings that taper to their tips."""
    x, y = centre
    lift = span * rng.uniform(0.25, 0.75)
    thick = span * 0.16
    for side in (-1, 1):
        wrist = x + side * span * 0.42, y - lift
        stencil.stroke((x, y), wrist, thick * 1.25, thick)
        stencil.stroke(wrist, (x + side * span, y - lift * 0.72), thick, thick * 0.15)
