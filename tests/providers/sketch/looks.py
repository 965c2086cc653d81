"""What the tests measure pictures with."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.float64]

ONE_OF_EACH = (
    "mountain lake at dawn with snow and pines",
    "city at night",
    "autumn forest",
    "desert mesas and cacti at sunset",
    "sea at dusk with a boat",
    "hills with flowers and trees at noon",
    "ringed planet in space",
    "teal silk",
    "rainy beach with palms",
    "watercolour hills",
    "oil painting of the sea at sunset",
    "low poly mountains",
    "stained glass sunrise over mountains",
    "woodblock print of a mountain lake",
)


def pixels(image: Image.Image) -> Pixels:
    """Return an image as (height, width, 3) of 0..255."""
    return np.asarray(image, np.float64)


def difference(image: Image.Image, other: Image.Image) -> float:
    """Return the mean difference, of 255, after shrinking the other to the image's size."""
    shrunk = other.resize(image.size, Image.Resampling.BOX)
    return float(np.abs(pixels(image) - pixels(shrunk)).mean())


def brightness_of_rows(image: Image.Image) -> NDArray[np.float64]:
    """Return the mean brightness of every row, of 255."""
    return np.asarray(pixels(image).mean((1, 2)))
