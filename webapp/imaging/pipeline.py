"""Render: from an original to a rendition, one step after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PIL import Image

from webapp.errors import InvalidError, TooLargeError
from webapp.imaging.animation import (
    Animation,
    frames_of,
    plays_of,
    stays_animated,
    write_animation,
)
from webapp.imaging.colour import normalised, with_plain_channels
from webapp.imaging.effort import Effort
from webapp.imaging.formats import DEFAULT_QUALITY, FORMATS
from webapp.imaging.framing import Framing, shrink_on_load
from webapp.imaging.geometry import Size
from webapp.imaging.limits import DEFAULT_MAX_PIXELS, Source, decode, opened
from webapp.imaging.operations import in_order
from webapp.imaging.operations.base import Operation, Pictures
from webapp.imaging.operations.crop import Crop
from webapp.imaging.operations.orient import Orient, shown_size
from webapp.imaging.operations.resize import Resize
from webapp.imaging.operations.srgb import Srgb
from webapp.imaging.operations.trim import Trim
from webapp.imaging.provenance import label_of
from webapp.imaging.resample import Resample

UPRIGHT, SRGB = Orient(), Srgb()
"""Done to every picture, asked for or not."""

MOST_MARK_PIXELS = 4_000_000
"""The pixels that a watermark may have."""

_NOT_EFFECTS = (Orient, Crop, Trim, Resize, Srgb)


@dataclass(frozen=True, slots=True)
class Output:
    """How to write a rendition: a format's name, a quality from 1 to 100, and how hard to try.

    The effort makes other bytes of the same picture; it is no part of a key.
    Raises InvalidError for an unknown format or a quality out of bounds.
    """

    format: str = "jpeg"
    quality: int = DEFAULT_QUALITY
    effort: Effort = "request"

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
    frames: int = 1


def render(
    source: Source,
    operations: Sequence[Operation],
    output: Output,
    *,
    max_pixels: int = DEFAULT_MAX_PIXELS,
    original: Size | None = None,
    watermarks: Mapping[str, bytes] | None = None,
) -> Rendered:
    """Return the picture with the operations applied, in their fixed order, and encoded.

    It is upright, in sRGB, and without metadata but the AI label. An animation stays one where
    the format and the limits of `animation` allow; else the first frame is taken. Where `source`
    is a smaller master, `original` is the size in pixels of the upright original that it was made
    from. `watermarks` are encoded pictures by name. Raises InvalidError and TooLargeError for a
    source that can't be read, and for operations that this picture can't have.
    """
    steps = in_order(operations)
    effects = _effects(steps, watermarks or {})
    with opened(source, max_pixels=max_pixels) as image:
        label = label_of(image)
        framing = Framing.of(steps, original or shown_size(image))
        if stays_animated(image, framing.resample().result, output.format):
            return _animated(image, framing, effects, output, label)
        shrink_on_load(image, framing)
        decode(image)
        picture = with_plain_channels(UPRIGHT.apply(image))
        picture = _processed(picture, framing.looked(picture).resample(), effects)
    return _encoded(picture, output, label)


def measure(
    source: Source, operations: Sequence[Operation], *, max_pixels: int = DEFAULT_MAX_PIXELS
) -> Size:
    """Return the size in pixels that a rendition would have, where only the pixels can tell.

    That is after a trim; everything else `Recipe.result_size` knows without reading anything.
    """
    steps = in_order(operations)
    with opened(source, max_pixels=max_pixels) as image:
        framing = Framing.of(steps, shown_size(image))
        decode(image)
        resample = framing.looked(with_plain_channels(UPRIGHT.apply(image))).resample()
    return size_after(resample, steps)


def size_after(resample: Resample, operations: Sequence[Operation]) -> Size:
    """Return the size in pixels that a resampled picture has after the effects."""
    size = resample.result
    for step in operations:
        size = step.size(size) if not isinstance(step, _NOT_EFFECTS) else size
    return size


def _effects(steps: Sequence[Operation], watermarks: Mapping[str, bytes]) -> list[Operation]:
    wanted = {getattr(step, "mark", None) for step in steps}
    pictures: Pictures = {
        name: _mark(name, data) for name, data in watermarks.items() if name in wanted
    }
    return [step.equipped(pictures) for step in steps if not isinstance(step, _NOT_EFFECTS)]


def _mark(name: str, data: bytes) -> Image.Image:
    try:
        with opened(data, max_pixels=MOST_MARK_PIXELS) as image:
            decode(image)
            return normalised(UPRIGHT.apply(image))
    except (InvalidError, TooLargeError) as error:
        message = f"The watermark {name!r} can't be used: {error}"
        raise InvalidError(message, code="invalid_watermark") from error


def _processed(
    picture: Image.Image, resample: Resample, effects: Sequence[Operation]
) -> Image.Image:
    # The padding comes after the profile: it has no place in CMYK.
    picture = resample.padded(SRGB.apply(resample.scaled(picture)))
    for step in effects:
        picture = step.apply(picture)
    return picture


def _animated(
    image: Image.Image,
    framing: Framing,
    effects: Sequence[Operation],
    output: Output,
    label: bytes | None,
) -> Rendered:
    """Return all frames, with the trim and the focal point that the first one suggests."""
    plays = plays_of(image)
    frames: list[Image.Image] = []
    durations: list[int] = []
    resample: Resample | None = None
    for frame, duration in frames_of(image):
        picture = with_plain_channels(UPRIGHT.apply(frame))
        resample = resample or framing.looked(picture).resample()
        frames.append(_processed(picture, resample, effects))
        durations.append(duration)
    animation = Animation(frames, durations, plays)
    kind = FORMATS[output.format]
    data = write_animation(
        animation, kind.name, quality=output.quality, effort=output.effort, xmp=label
    )
    return Rendered(data, *frames[0].size, kind.name, kind.mime, len(frames))


def _encoded(picture: Image.Image, output: Output, label: bytes | None) -> Rendered:
    kind = FORMATS[output.format]
    if max(picture.size) > kind.longest:
        message = (
            f"A {kind.name} has at most {kind.longest} pixels a side, and this picture would have "
            f"{max(picture.size)}: give it a size or another format."
        )
        raise InvalidError(message, code="invalid_size")
    data = kind.encode(picture, output.quality, xmp=label, effort=output.effort)
    return Rendered(data, picture.width, picture.height, kind.name, kind.mime)
