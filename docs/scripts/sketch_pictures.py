"""Draw the pictures of docs/sketch.md: `python docs/scripts/sketch_pictures.py`."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from webapp.providers.base import ImageRequest, Reference
from webapp.providers.sketch import SketchProvider

FOLDER = Path(__file__).parents[1] / "img" / "sketch"
TILE = 300, 200
GAP = 4
HILLS = "hills with flowers and trees at noon"
BEACH = "sea with palm trees and a boat at sunset"
LAKE = "mountain lake at noon with clouds"


def main() -> None:
    """Draw all sheets."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    beach, hills = drawn(BEACH, 7), drawn(HILLS, 4)
    finishes = ("watercolour", "oil", "low-poly", "stained glass", "print")
    save("finishes", 3, [beach, *(finished(beach, finish) for finish in finishes)])
    save(
        "lights",
        2,
        [
            finished(hills, words)
            for words in (
                "oil at night",
                "watercolour, golden hour",
                "low-poly in teal and orange",
                "print at sunset",
            )
        ],
    )
    save(
        "strength",
        2,
        [
            finished(hills, "stained glass", strength=0.25),
            finished(hills, "stained glass", strength=0.6),
            finished(hills, "stained glass"),
            finished(hills, "oil at night", mask=disc()),
        ],
    )
    wanted = [drawn("neon city at night", 2), drawn("autumn forest", 1)]
    save(
        "palettes",
        3,
        [
            drawn(LAKE, 5),
            *wanted,
            drawn("sea at dawn with a boat", 7, beach),
            *(drawn(LAKE, 5, reference) for reference in wanted),
        ],
    )


def drawn(prompt: str, seed: int, *references: bytes) -> bytes:
    """Return a scene, in the palette of the references, as PNG."""
    wish = ImageRequest(prompt, "sketch-1", "3:2", "1024", seed, references=asked(*references))
    return generated(wish)


def finished(picture: bytes, prompt: str, **options: Any) -> bytes:
    """Return a picture in another medium, as PNG."""
    return generated(
        ImageRequest(
            prompt, "sketch-finish", "original", "original", 1, references=asked(picture), **options
        )
    )


def asked(*pictures: bytes) -> tuple[Reference, ...]:
    """Return pictures as references."""
    return tuple(Reference(data, "image/png", 1248, 832) for data in pictures)


def generated(request: ImageRequest) -> bytes:
    """Return what Sketch makes of a request."""
    return SketchProvider().generate(request, lambda *_: None, lambda: False).data


def disc() -> bytes:
    """Return a mask with a white disc."""
    mask = Image.new("L", (1248, 832))
    ImageDraw.Draw(mask).ellipse((374, 166, 874, 666), fill=255)
    buffer = io.BytesIO()
    mask.save(buffer, "PNG")
    return buffer.getvalue()


def save(name: str, columns: int, pictures: Sequence[bytes]) -> None:
    """Put pictures side by side into a WebP."""
    width, height = TILE[0] + GAP, TILE[1] + GAP
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * width - GAP, rows * height - GAP), "white")
    for place, data in enumerate(pictures):
        with Image.open(io.BytesIO(data)) as image:
            tile = image.resize(TILE, Image.Resampling.LANCZOS)
        sheet.paste(tile, (place % columns * width, place // columns * height))
    path = FOLDER / f"{name}.webp"
    for quality in range(80, 20, -6):
        sheet.save(path, quality=quality, method=6)
        if path.stat().st_size < 58_000:
            break
    print(path.name, path.stat().st_size, quality)


if __name__ == "__main__":
    main()
