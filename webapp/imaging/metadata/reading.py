"""Find out how a picture was made, whichever tool has written it down."""

import mmap
from contextlib import suppress
from pathlib import Path

from webapp.imaging.metadata import jpeg, png, webp
from webapp.imaging.metadata.notes import Notes
from webapp.imaging.metadata.parts import Data
from webapp.imaging.metadata.readers import READERS
from webapp.imaging.metadata.recipe import FoundRecipe, bounded
from webapp.imaging.provenance import digital_source_type


def read_recipe(source: bytes | Path) -> FoundRecipe | None:
    """Return how a PNG, JPEG or WebP was made, None where it doesn't say so.

    Never raises: what can't be read is as good as absent. No pixel is decoded, of a file only the
    parts that say something are read, and texts are bounded, see `bounds`.
    """
    notes = notes_of(source) if isinstance(source, bytes) else _notes_in(source)
    for read in READERS:
        # Strangers wrote this, and it must never keep their picture from being shown.
        with suppress(Exception):
            found = read(notes)
            if found and not (recipe := bounded(found)).is_empty:
                return recipe
    return None


def read_label(data: bytes) -> str | None:
    """Return the IPTC term that labels a picture, such as `trainedAlgorithmicMedia`, or None."""
    return digital_source_type(notes_of(data).xmp)


def _notes_in(path: Path) -> Notes:
    with (
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        return notes_of(data)


def notes_of(data: Data) -> Notes:
    """Return what is written in a picture, as far as it can be read; nothing for other formats."""
    if data[: len(png.SIGNATURE)] == png.SIGNATURE:
        return png.notes(data)
    if data[: len(jpeg.SIGNATURE)] == jpeg.SIGNATURE:
        return jpeg.notes(data)
    return webp.notes(data) if webp.is_webp(data) else Notes()
