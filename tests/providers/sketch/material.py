"""Pictures for Sketch to work on, and requests to do so."""

import io
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from webapp.providers.base import ImageRequest, Reference
from webapp.providers.sketch import SketchProvider, render
from webapp.providers.sketch.finishes.inks import to_oklab
from webapp.providers.sketch.pillow import as_array

FINISHES = ("watercolour", "oil", "low-poly", "stained glass", "print")


def encoded(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def reference(image, kind="PNG", **options):
    return Reference(encoded(image, kind, **options), f"image/{kind.lower()}", *image.size)


def photograph(width, height):
    """Return a picture with shapes, gradients and noise, as no scene of Sketch has them."""
    across = np.linspace(0, 1, width)[None]
    down = np.linspace(0, 1, height)[:, None]
    disc = np.hypot(across - 0.4, down - 0.5) < 0.25
    noise = np.random.default_rng(3).normal(0, 0.02, (height, width))
    red = across + 0 * down + noise
    planes = np.stack([red, np.where(disc, 0.8, 0.3), 0.2 + 0.6 * down + 0 * across], -1)
    return Image.fromarray((np.clip(planes, 0, 1) * 255).astype(np.uint8))


def gradient(*colours):
    """Return a picture that runs from colour to colour, downwards."""
    strip = Image.new("RGB", (1, len(colours)))
    strip.putdata(colours)
    return strip.resize((60, 60), Image.Resampling.BICUBIC)


def generate(request, progress=lambda *_: None, cancelled=lambda: False):
    return SketchProvider().generate(request, progress, cancelled)


def finish_request(image, prompt="", **changes):
    references = (reference(image),) if isinstance(image, Image.Image) else (image,)
    wish: dict[str, Any] = {"size": "original", "seed": 5, "references": references} | changes
    return ImageRequest(prompt, "sketch-finish", "original", **wish)


def finished(image, prompt="", **changes):
    return shown(generate(finish_request(image, prompt, **changes)))


def scene(prompt, *references, **changes):
    wish: dict[str, Any] = {
        "size": "512",
        "seed": 5,
        "references": tuple(map(reference, references)),
    } | changes
    return shown(generate(ImageRequest(prompt, "sketch-1", **wish)))


@cache
def small_scene(prompt, seed=1):
    return render(prompt, 96, 64, seed)


def shown(result):
    with Image.open(io.BytesIO(result.data)) as image:
        image.load()
        return image


def colours(image):
    """Return the colours of a picture in Oklab, as (count, 3)."""
    return to_oklab(as_array(image.convert("RGB").resize((48, 48)))).reshape(3, -1).T


def hues_apart(image, other):
    """Return how far two pictures' hues are from each other on average, whatever their places.

    The earth mover's distance along some directions, in units of Oklab.
    """
    turns = np.linspace(0, np.pi, 8, endpoint=False)
    directions = np.stack([np.cos(turns), np.sin(turns)])
    these, those = (np.sort(colours(one)[:, 1:] @ directions, 0) for one in (image, other))
    return float(np.abs(these - those).mean())
