"""The one door for pictures: known formats, bounded pixels, nothing damaged."""

import importlib
import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from webapp.errors import NotFoundError, TooLargeError
from webapp.imaging import heic
from webapp.imaging.frames import MAX_FRAMES, count_frames
from webapp.imaging.operations.orient import shown_size
from webapp.imaging.refusal import DAMAGED, EMPTY, refusing, unknown, unreadable

Source = bytes | Path
"""An encoded picture, or the file that holds one."""

DEFAULT_MAX_PIXELS = 100_000_000

ANIMATION_FACTOR = 4
"""All frames of an animation together may have this many times the pixels of a still picture."""

# Loaded here, since Pillow's own loading at first use is not safe with threads; and only these,
# so that no other format's reader is even in memory.
for _plugin in ("Avif", "Bmp", "Gif", "Jpeg", "Mpo", "Png", "Tiff", "WebP"):
    importlib.import_module(f"PIL.{_plugin}ImagePlugin")

_PILLOW = re.compile(r"PIL\.")


@dataclass(frozen=True, slots=True)
class InputFormat:
    """A format that Easel reads: its own name for it, media type and usual file extension."""

    name: str
    mime: str
    extension: str


_JPEG = InputFormat("jpeg", "image/jpeg", "jpg")

# Pillow's names. Nothing else is ever tried: an EPS named .jpg would start Ghostscript.
READABLE: dict[str, InputFormat] = {
    "JPEG": _JPEG,
    "MPO": _JPEG,  # what many phones write: a JPEG with a second one behind it
    "PNG": InputFormat("png", "image/png", "png"),
    "WEBP": InputFormat("webp", "image/webp", "webp"),
    "GIF": InputFormat("gif", "image/gif", "gif"),
    "AVIF": InputFormat("avif", "image/avif", "avif"),
    "TIFF": InputFormat("tiff", "image/tiff", "tif"),
    "BMP": InputFormat("bmp", "image/bmp", "bmp"),
    heic.NAME: InputFormat("heic", "image/heic", "heic"),
}


# Pillow's JPEG reader gives MPO by itself; asked for it by name, it raises KeyError.
_WANTED = [name for name in READABLE if name != "MPO"]


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """What a picture is; `width` and `height` are pixels as shown, after EXIF orientation.

    `alpha` is true where anything may be transparent.
    """

    format: str
    width: int
    height: int
    frames: int
    mime: str
    extension: str
    alpha: bool = False


def inspect(source: Source, *, max_pixels: int = DEFAULT_MAX_PIXELS) -> ImageInfo:
    """Return what the picture is, having decoded it once to know that it is whole.

    Raises InvalidError (`invalid_image`) for what is no picture or is damaged, and
    TooLargeError (`too_many_pixels`), the latter before anything is decoded.
    """
    with opened(source, max_pixels=max_pixels) as image:
        info = facts(image)
        decode(image)
        compare_checksums(image.format, source, max_pixels)
        return replace(info, alpha=image.has_transparency_data)


def facts(image: Image.Image) -> ImageInfo:
    """Return what the header of an opened picture says; whether it has alpha is not known yet."""
    width, height = shown_size(image)
    kind = READABLE[image.format or ""]
    return ImageInfo(
        kind.name, width, height, count_frames(image), kind.mime, kind.extension, alpha=False
    )


@contextmanager
def opened(source: Source, *, max_pixels: int = DEFAULT_MAX_PIXELS) -> Iterator[Image.Image]:
    """Give the picture with its header read and its pixel count checked, not yet decoded.

    Call `decode` on it before touching pixels. Raises InvalidError or TooLargeError as `inspect`.
    """
    _silence_pillow()
    _raise_ceiling(max_pixels)
    _refuse_empty(source)
    heic.make_readable(source)
    with refusing(unknown(has_heic=heic.is_installed())):
        file = io.BytesIO(source) if isinstance(source, bytes) else source
        image = Image.open(file, formats=_loaded())
    with image:
        with refusing(DAMAGED):
            _refuse_bomb(image, max_pixels)
        yield image


def decode(image: Image.Image) -> None:
    """Decode the pixels of an opened picture, the first frame of an animation.

    Raises InvalidError where they are damaged or cut off.
    """
    with refusing(DAMAGED):
        image.load()


def _loaded() -> list[str]:
    """Return those formats whose readers are loaded: for any other, Pillow loads all it has."""
    return [name for name in _WANTED if name in Image.OPEN]


def _refuse_empty(source: Source) -> None:
    try:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
    except FileNotFoundError as error:  # deleted since somebody has found it
        message = "The file of this picture is missing."
        raise NotFoundError(message) from error
    if not size:
        raise unreadable(EMPTY)


def _refuse_bomb(image: Image.Image, max_pixels: int) -> None:
    pixels = image.width * image.height
    frames = count_frames(image)
    still, moving = max_pixels, max_pixels * ANIMATION_FACTOR
    if pixels <= still and frames <= MAX_FRAMES and (frames == 1 or pixels * frames <= moving):
        return
    size = f"{image.width} x {image.height} pixels" + (f" x {frames} frames" * (frames > 1))
    message = (
        f"The picture is too large: {size}; the limit is {still / 1e6:g} million pixels, "
        f"for an animation {moving / 1e6:g} million in at most {MAX_FRAMES} frames."
    )
    raise TooLargeError(message, code="too_many_pixels")


def compare_checksums(kind: str | None, source: Source, max_pixels: int) -> None:
    """Raise InvalidError where a PNG's checksums don't match.

    Decoding leaves them unread: damage would pass as odd pixels.
    """
    if kind == "PNG":
        with opened(source, max_pixels=max_pixels) as image, refusing(DAMAGED):
            image.verify()


def _raise_ceiling(max_pixels: int) -> None:
    # Pillow's own limit guards what it reads inside `open`. It must never be the lower of the
    # two, or a setting above it would have no effect; it is only ever raised, so threads agree.
    if (Image.MAX_IMAGE_PIXELS or max_pixels) < max_pixels:
        Image.MAX_IMAGE_PIXELS = max_pixels


def _silence_pillow() -> None:
    # Odd metadata makes Pillow warn; that is the uploader's business, not the log's. A filter
    # that stays is safe with threads, `warnings.catch_warnings` is not.
    if not any(entry[3] == _PILLOW for entry in warnings.filters):
        warnings.filterwarnings("ignore", module=_PILLOW.pattern)
