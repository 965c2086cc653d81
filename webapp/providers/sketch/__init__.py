"""Sketch, Easel's built-in picture maker: words choose a scene, a seed places everything. Not AI.

Importing this loads neither numpy nor Pillow: an idle Easel should stay small.
"""

from typing import TYPE_CHECKING

from webapp.providers.sketch.provider import SketchProvider
from webapp.providers.sketch.sizes import dimensions
from webapp.providers.sketch.vocabulary import vocabulary
from webapp.providers.sketch.words import Reading, read

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["Reading", "SketchProvider", "dimensions", "read", "render", "vocabulary"]


def render(prompt: str, width: int, height: int, seed: int, negative_prompt: str = "") -> "Image":
    """Draw a picture of that many pixels, for scripts and tests."""
    from webapp.providers.sketch.painter import paint  # noqa: PLC0415 (loads numpy and Pillow)

    return paint(read(prompt, negative_prompt, seed), (width, height), seed)
