"""Placeholders: pictures that stand in for others, kept for an hour."""

import hashlib
from dataclasses import dataclass

from webapp.errors import EaselError
from webapp.imaging.formats import FORMATS, by_extension, negotiate
from webapp.imaging.geometry import fit_inside
from webapp.imaging.placeholder import error_placeholder, pending_placeholder, placeholder
from webapp.services.pictures import Picture
from webapp.services.ports import Cache
from webapp.services.renderer import Renderer

HOUR = 3600
DEFAULT_SIDE = 400
LONGEST_TEXT = 200
LONGEST_SIDE, MOST_PIXELS = 2000, 640 * 480
"""Of an error: its longest side, and where it stops being drawn in the format asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceholderRequest:
    """A placeholder of some size in pixels. Colours are hex digits; no text means the size."""

    width: int
    height: int
    extension: str = "png"
    background: str = "000000"
    foreground: str = "ffffff"
    text: str | None = None

    @property
    def format(self) -> str:
        """The format that the extension names; raises InvalidError for an unknown one."""
        return by_extension(self.extension or "png").name

    @property
    def key(self) -> str:
        """Where it is kept: a digest, since the text may be anything."""
        parts = (self.width, self.height, self.format, self.background, self.foreground, self.text)
        return "placeholder/" + hashlib.sha256(repr(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Stand:
    """The bytes of a placeholder and what they are."""

    data: bytes
    mime: str


class Placeholders:
    """Draws placeholders; those that people ask for by size are kept for an hour."""

    def __init__(self, cache: Cache, renderer: Renderer) -> None:
        self._cache = cache
        self._renderer = renderer

    def show(self, wish: PlaceholderRequest) -> Stand:
        """Return a placeholder; raises InvalidError for sizes, colours or formats that are none.

        Raises OverloadedError where too many pictures are being rendered.
        """
        mime = FORMATS[wish.format].mime
        kept = self._cache.get(wish.key)
        if kept is not None:
            return Stand(kept, mime)
        with self._renderer.turn():
            data = placeholder(
                wish.width,
                wish.height,
                format=wish.format,
                background=wish.background,
                foreground=wish.foreground,
                text=None if wish.text is None else wish.text[:LONGEST_TEXT],
            )
        self._cache.set(wish.key, data, HOUR)
        return Stand(data, mime)

    def pending(self, picture: Picture, size: tuple[int, int], kind: str) -> Stand:
        """Return what stands where a picture will be, in its size and format."""
        return Stand(pending_placeholder(*size, kind, picture.preview or None), FORMATS[kind].mime)

    def error(self, size: tuple[int, int], extension: str, accept: str, text: str) -> Stand:
        """Return what stands where a picture can't be shown.

        Nothing bounds how many are asked for, so none is dear: a large one is a PNG, whatever was
        asked for, and a very large one is smaller.
        """
        width, height = fit_inside(size, (LONGEST_SIDE, LONGEST_SIDE))
        kind = _format(extension, accept) if width * height <= MOST_PIXELS else "png"
        return Stand(error_placeholder(width, height, kind, text), FORMATS[kind].mime)


def _format(extension: str, accept: str) -> str:
    """Return the format asked for; a wrong one is no reason to fail twice."""
    try:
        return by_extension(extension).name if extension else negotiate(accept, alpha=False)
    except EaselError:
        return "png"
