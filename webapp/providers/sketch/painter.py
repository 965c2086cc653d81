"""Painting a picture: the scene's stages one after the other, then developing."""

from collections.abc import Callable
from math import ceil

from PIL import Image

from webapp.providers.sketch.develop import develop
from webapp.providers.sketch.frame import Frame
from webapp.providers.sketch.picture import Picture
from webapp.providers.sketch.scenes import SCENES
from webapp.providers.sketch.transport import Scheme
from webapp.providers.sketch.words import Reading

ORIGINAL_ROWS = 800
LEAST_SIDE = 600  # pixels; the square root of the smallest area painted

Checkpoint = Callable[[float, str], None]
"""Called before each stage with the share done (0..1) and the stage's title; may raise."""


def paint(
    reading: Reading,
    size: tuple[int, int],
    seed: int,
    checkpoint: Checkpoint | None = None,
    scheme: Scheme | None = None,
) -> Image.Image:
    """Paint what was read, as an RGB image of (width, height) pixels, in a scheme of colours."""
    checkpoint = checkpoint or _carry_on
    scene = SCENES[reading.scene]
    horizon = scene.horizon_for(reading, seed)
    # Small pictures are painted large and reduced: fine things keep their brightness that way.
    scale = ceil(LEAST_SIDE / (size[0] * size[1]) ** 0.5)
    frame = Frame.of(size[0] * scale, size[1] * scale)
    # A finish works on an original that is equally fine at every size, or its lines would move.
    canvas = frame.soft(ORIGINAL_ROWS) if reading.finish else frame
    picture = Picture.blank(reading, canvas, seed, horizon)
    for done, stage in enumerate(scene.stages):
        checkpoint(done / (len(scene.stages) + 1), stage.title)
        stage.paint(picture)
    checkpoint(len(scene.stages) / (len(scene.stages) + 1), reading.finish.capitalize() or "Finish")
    return develop(picture, frame, scheme).reduce(scale)


def _carry_on(_share: float, _stage: str) -> None:
    """Ask nobody."""
