"""HEIC, the pictures of many phones: read where pillow-heif is installed, else refused politely."""

import importlib
import importlib.util
from functools import cache
from pathlib import Path

from webapp.imaging.refusal import unreadable

NAME = "HEIF"
"""Pillow's name of the format."""

MISSING = (
    "This is a HEIC picture. Install Easel with the extra `heic`, or save the picture as JPEG."
)
_LIBRARY = "pillow_heif"
_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_HEAD = 12


def make_readable(source: bytes | Path) -> None:
    """Let Pillow read a picture that is a HEIC; the library is loaded with the first one.

    Raises InvalidError (`invalid_image`) where it is not installed.
    """
    if is_heic(source) and not _is_loaded():
        raise unreadable(MISSING)


def is_heic(source: bytes | Path) -> bool:
    """Say whether a picture begins as HEIC does; some AVIF begins alike, and is read as such."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            head = file.read(_HEAD + 4 * 16)
    else:
        head = source[: _HEAD + 4 * 16]
    return head[4:8] == b"ftyp" and head[8:12] in _BRANDS and b"avif" not in head


@cache
def is_installed() -> bool:
    """Say whether the library is there; it is not loaded for that."""
    return importlib.util.find_spec(_LIBRARY) is not None


@cache
def _is_loaded() -> bool:
    try:
        library = importlib.import_module(_LIBRARY)
    except ImportError:
        return False
    library.register_heif_opener()
    return True
