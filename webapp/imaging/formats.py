"""The formats that Easel writes, one small class each, and which of them a browser asks for."""

import io
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from PIL import Image, PngImagePlugin

from webapp.errors import InvalidError
from webapp.imaging.colour import flattened, normalised
from webapp.imaging.effort import AVIF_SPEEDS, WEBP_METHODS, Effort
from webapp.imaging.gif_label import labelled

DEFAULT_QUALITY = 80


class Format(ABC):
    """An output format. `quality`, 1 to 100, is one scale: equal numbers look alike everywhere.

    `longest` is the most pixels that a side can have in it.
    """

    name: ClassVar[str]
    mime: ClassVar[str]
    extensions: ClassVar[tuple[str, ...]]
    alpha: ClassVar[bool]
    longest: ClassVar[int] = 65_535

    @abstractmethod
    def encode(
        self,
        image: Image.Image,
        quality: int = DEFAULT_QUALITY,
        *,
        xmp: bytes | None = None,
        effort: Effort = "request",
    ) -> bytes:
        """Return the encoded picture of any mode; no metadata but the `xmp` packet given.

        With the effort `background`, some take longer to save bytes.
        """


class Jpeg(Format):
    """Optimized, and progressive only where nobody waits: that takes twice the time."""

    name, mime, extensions, alpha = "jpeg", "image/jpeg", ("jpg", "jpeg"), False

    def encode(
        self,
        image: Image.Image,
        quality: int = DEFAULT_QUALITY,
        *,
        xmp: bytes | None = None,
        effort: Effort = "request",
    ) -> bytes:
        """Return a JPEG; what is transparent becomes white."""
        image = flattened(normalised(image))
        progressive = effort == "background"
        return _saved(
            image, "JPEG", quality=quality, optimize=True, progressive=progressive, xmp=xmp
        )


class Png(Format):
    """Lossless: the quality has no effect."""

    name, mime, extensions, alpha = "png", "image/png", ("png",), True

    def encode(
        self,
        image: Image.Image,
        quality: int = DEFAULT_QUALITY,
        *,
        xmp: bytes | None = None,
        effort: Effort = "request",
    ) -> bytes:
        """Return a PNG; a plain palette is kept, since it is much smaller."""
        del quality, effort
        if image.mode != "P" or image.info or image.has_transparency_data:
            image = normalised(image)
        chunks = PngImagePlugin.PngInfo()
        if xmp:
            chunks.add_itxt("XML:com.adobe.xmp", xmp.decode())
        return _saved(image, "PNG", pnginfo=chunks)


class WebP(Format):
    """Lossy, with whatever alpha there is."""

    name, mime, extensions, alpha = "webp", "image/webp", ("webp",), True
    longest = 16_383

    def encode(
        self,
        image: Image.Image,
        quality: int = DEFAULT_QUALITY,
        *,
        xmp: bytes | None = None,
        effort: Effort = "request",
    ) -> bytes:
        """Return a lossy WebP."""
        method = WEBP_METHODS[effort]
        return _saved(normalised(image), "WEBP", quality=quality, method=method, xmp=xmp or b"")


class Avif(Format):
    """The smallest, and the slowest: five times a WebP, even at speed 8."""

    name, mime, extensions, alpha = "avif", "image/avif", ("avif",), True

    def encode(
        self,
        image: Image.Image,
        quality: int = DEFAULT_QUALITY,
        *,
        xmp: bytes | None = None,
        effort: Effort = "request",
    ) -> bytes:
        """Return an AVIF. Its own 60 looks like 80 of the others, and 100 stays 100."""
        own = quality * 3 // 4 if quality <= 80 else 2 * quality - 100
        # One thread a picture: with many at once, more only get in each other's way.
        speed = AVIF_SPEEDS[effort]
        return _saved(
            normalised(image), "AVIF", quality=own, speed=speed, max_threads=1, xmp=xmp or b""
        )


class Gif(Format):
    """256 colours, each wholly there or not."""

    name, mime, extensions, alpha = "gif", "image/gif", ("gif",), True

    def encode(
        self,
        image: Image.Image,
        quality: int = DEFAULT_QUALITY,
        *,
        xmp: bytes | None = None,
        effort: Effort = "request",
    ) -> bytes:
        """Return a still GIF; the quality has no effect."""
        del quality, effort
        return labelled(_saved(normalised(image), "GIF"), xmp)


_ALL: tuple[Format, ...] = (Jpeg(), Png(), WebP(), Avif(), Gif())

FORMATS = {output.name: output for output in _ALL}


_BY_EXTENSION = {
    extension: output for output in FORMATS.values() for extension in output.extensions
}
EXTENSIONS = tuple(_BY_EXTENSION)

# WebP before AVIF, which is too slow to be made while someone waits.
_NEGOTIABLE = ("webp", "avif")


def by_extension(extension: str) -> Format:
    """Return the output format of a file extension such as `jpg` or `WebP`.

    Raises InvalidError (`unknown_format`) that names the extensions there are.
    """
    found = _BY_EXTENSION.get(extension.lower())
    if found is None:
        message = f"Unknown format {extension[:40]!r}: there are {', '.join(_BY_EXTENSION)}."
        raise InvalidError(message, code="unknown_format")
    return found


def negotiate(accept: str, *, alpha: bool) -> str:
    """Return the name of the format for an Accept header: webp, avif, or else jpeg (png for alpha).

    Only media types spelt out count: `*/*` comes from clients that show neither WebP nor AVIF.
    """
    accepted = _accepted(accept)
    for name in _NEGOTIABLE:
        if FORMATS[name].mime in accepted:
            return name
    return "png" if alpha else "jpeg"


def _accepted(accept: str) -> set[str]:
    """Return the media types that the header takes, those with q=0 left out."""
    types = set()
    for entry in accept.lower().split(","):
        mime, *parameters = (part.strip() for part in entry.split(";"))
        qualities = [part[2:].strip() for part in parameters if part.startswith("q=")]
        if all(_positive(quality) for quality in qualities):
            types.add(mime)
    return types


def _positive(quality: str) -> bool:
    try:
        return float(quality) > 0
    except ValueError:
        return False


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
