"""Originals on their way out: looked at once more, so that nothing damaged leaves as if whole."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from webapp.errors import CorruptImageError, NotFoundError
from webapp.services.exports.archive import PIECE
from webapp.services.images.images import ImageManager
from webapp.services.pictures import Picture

MISSING = "Its file is missing."
DAMAGED = "Its file is damaged: it is not what was kept."


@contextmanager
def intact(images: ImageManager, picture: Picture) -> Iterator[BinaryIO]:
    """Give a picture's original as an open file.

    Raises NotFoundError where it is missing, CorruptImageError where its bytes are others than
    those that were kept.
    """
    source = images.original(picture)
    try:
        file = source.open("rb") if isinstance(source, Path) else source
    except FileNotFoundError as error:  # purged since somebody has found it
        raise NotFoundError(MISSING) from error
    with file:
        if hashlib.file_digest(file, "sha256").hexdigest() != picture.digest:
            raise CorruptImageError(DAMAGED)
        file.seek(0)
        yield file


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """Give what is left of a file, a little at a time."""
    while piece := file.read(PIECE):
        yield piece
