"""Pictures to measure with, drawn here."""

import io
import random

from PIL import Image


def photo() -> bytes:
    """Return a JPEG of 12 megapixels that is neither noise nor flat."""
    noise = Image.effect_noise((400, 300), 80).resize((4000, 3000), Image.Resampling.BICUBIC)
    grain = Image.effect_noise((4000, 3000), 12)
    return _jpeg(Image.merge("RGB", (noise, grain, noise)))


def small_picture(chance: random.Random) -> bytes:
    """Return a JPEG of 900 x 600 pixels unlike any other."""
    corners = Image.frombytes("RGB", (3, 2), chance.randbytes(18))
    return _jpeg(corners.resize((900, 600), Image.Resampling.BICUBIC))


def _jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()
