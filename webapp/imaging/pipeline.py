"""Render: from an original to a rendition, one step after the other."""

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from webapp.errors import InvalidError
from webapp.imaging.colour import with_plain_channels
from webapp.imaging.formats import DEFAULT_QUALITY, FORMATS
from webapp.imaging.limits import DEFAULT_MAX_PIXELS, Source, decode, opened
from webapp.imaging.operations import in_order
from webapp.imaging.operations.base import Operation
from webapp.imaging.operations.orient import Orient, shown_size
from webapp.imaging.operations.resize import Resize
from webapp.imaging.operations.srgb import Srgb
from webapp.imaging.provenance import label_of

UPRIGHT, SRGB = Orient(), Srgb()
"""Done to every picture, asked for or not."""


@dataclass(frozen=True, slots=True)
class Output:
    """How to write a rendition: the name of a format and a quality from 1 to 100.

    Raises InvalidError for an unknown format or a quality out of bounds.
    """

    format: str = "jpeg"
    quality: int = DEFAULT_QUALITY

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            message = f"Unknown format {self.format!r}: there are {', '.join(FORMATS)}."
            raise InvalidError(message, code="unknown_format")
        if not 1 <= self.quality <= 100:
            message = "A quality is a number from 1 to 100."
            raise InvalidError(message, code="invalid_quality")

    def key(self) -> str:
        """Return the output's part of a cache key."""
        return f"q_{self.quality},f_{self.format}"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished rendition; `width` and `height` are in pixels."""

    data: bytes
    width: int
    height: int
    format: str
    mime: str


def render(
    source: Source,
    operations: Sequence[Operation],
    output: Output,
    *,
    max_pixels: int = DEFAULT_MAX_PIXELS,
) -> Rendered:
    """Return the picture with the operations applied, in their fixed order, and encoded.

    It is upright, in sRGB, and without metadata but the AI label. Of an animation the first
    frame is taken. Raises InvalidError and TooLargeError for a source that can't be read.
    """
    with opened(source, max_pixels=max_pixels) as image:
        label = label_of(image)
        steps = [step for step in in_order([*operations, SRGB]) if step != UPRIGHT]
        steps = shrink_on_load(image, steps)
        decode(image)
        picture = UPRIGHT.apply(image)
        picture = with_plain_channels(picture)
        for step in steps:
            picture = step.apply(picture)
    return _encoded(picture, output, label)


def shrink_on_load(image: Image.Image, steps: list[Operation]) -> list[Operation]:
    """Let a JPEG that is first resized be decoded at 1/2, 1/4 or 1/8: several times faster.

    Returns the steps to run on what is decoded: the resize as worked out for the full picture,
    so that its result has the same size and shows the same part.
    """
    if image.format not in {"JPEG", "MPO"} or not steps or not isinstance(steps[0], Resize):
        return steps
    shown = shown_size(image)
    resample = steps[0].on(shown)
    width, height = resample.enough()
    # Pillow shrinks the picture as stored, perhaps lying on its side.
    image.draft(None, (width, height) if shown == image.size else (height, width))
    return [resample, *steps[1:]]


def _encoded(picture: Image.Image, output: Output, label: bytes | None) -> Rendered:
    kind = FORMATS[output.format]
    data = kind.encode(picture, output.quality, xmp=label)
    return Rendered(data, picture.width, picture.height, kind.name, kind.mime)
