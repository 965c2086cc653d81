"""Crop, trim and resize of one picture, worked out together: one resampling instead of three."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from PIL import Image

from webapp.imaging.attention import attention
from webapp.imaging.geometry import Region, Size, nested, shares
from webapp.imaging.operations.base import Operation
from webapp.imaging.operations.crop import Crop
from webapp.imaging.operations.orient import shown_size
from webapp.imaging.operations.resize import Resize
from webapp.imaging.operations.trim import Trim
from webapp.imaging.resample import REDUCING_GAP, Resample

Pixels = tuple[int, int, int, int]
"""Left, top, right and bottom in whole pixels."""


@dataclass(frozen=True, slots=True)
class Framing:
    """What is left of a picture of `size` pixels, and what becomes of that.

    `size` is that of the upright original. The pixels at hand may be a smaller copy of it.
    """

    size: Size
    part: Pixels
    trim: Trim | None = None
    resize: Resize | None = None

    @classmethod
    def of(cls, operations: Iterable[Operation], size: Size) -> Self:
        """Return the framing that operations ask for; raises InvalidError for an empty crop."""
        framing = cls(size, (0, 0, *size))
        for step in operations:
            if isinstance(step, Crop):
                framing = replace(framing, part=step.box(size))
            elif isinstance(step, Trim):
                framing = replace(framing, trim=step)
            elif isinstance(step, Resize):
                framing = replace(framing, resize=step)
        return framing

    @property
    def region(self) -> Region:
        """The part that is left, in shares of the whole."""
        return shares(self.part, self.size)

    @property
    def content(self) -> Size:
        """The width and height of the part, in pixels."""
        left, top, right, bottom = self.part
        return right - left, bottom - top

    def resample(self) -> Resample:
        """Return the one step that does it all, as far as is known without looking."""
        content = self.content
        if self.resize is None:
            return Resample(content, self.region)
        found = self.resize.within(self.region).on(content)
        return replace(found, region=nested(found.region, self.region))

    def looked(self, image: Image.Image) -> "Framing":
        """Return the framing with what only the pixels can tell: the trim and the smart point."""
        return _focused(_trimmed(self, image), image)


def shrink_on_load(image: Image.Image, framing: Framing, gap: float = REDUCING_GAP) -> None:
    """Let a JPEG be decoded at 1/2, 1/4 or 1/8 where that is enough: several times faster.

    Enough is `gap` times the pixels a side of what is left of it in the end.

    Not before a trim: a border must be seen in full to be found to the pixel.
    """
    if image.format not in {"JPEG", "MPO"} or framing.trim is not None:
        return
    width, height = framing.resample().enough(gap)
    # Pillow shrinks the picture as stored, perhaps lying on its side.
    upright = shown_size(image) == image.size
    image.draft(None, (width, height) if upright else (height, width))


def _scaled(part: Pixels, before: Size, after: Size) -> Pixels:
    """Return the same part of the same picture in another size, of one pixel at least."""
    if before == after:
        return part
    left, top, right, bottom = shares(part, before)
    width, height = after
    first = min(int(left * width + 0.5), width - 1), min(int(top * height + 0.5), height - 1)
    last = int(right * width + 0.5), int(bottom * height + 0.5)
    return *first, max(last[0], first[0] + 1), max(last[1], first[1] + 1)


def _trimmed(framing: Framing, image: Image.Image) -> Framing:
    if framing.trim is None:
        return framing
    left, top, right, bottom = _scaled(framing.part, framing.size, image.size)
    box = framing.trim.box(image.crop((left, top, right, bottom)))
    kept = left + box[0], top + box[1], left + box[2], top + box[3]
    return replace(framing, trim=None, part=_scaled(kept, image.size, framing.size))


def _focused(framing: Framing, image: Image.Image) -> Framing:
    if framing.resize is None or not framing.resize.is_smart:
        return framing
    part = image.crop(_scaled(framing.part, framing.size, image.size))
    x, y = attention(part, framing.resample().size)
    # A point of the part becomes a point of the whole, as every focal point is given.
    left, top, _, _ = nested((x, y, x, y), framing.region)
    return replace(framing, resize=replace(framing.resize, focal=(min(left, 1.0), min(top, 1.0))))
