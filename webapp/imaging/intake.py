"""Take a picture in: one look at the pixels tells everything that is kept about it."""

from dataclasses import dataclass, replace

from webapp.imaging.limits import (
    DEFAULT_MAX_PIXELS,
    ImageInfo,
    Source,
    compare_checksums,
    facts,
    opened,
)
from webapp.imaging.masters import LARGEST, Master, masters_from
from webapp.imaging.preview import colour_from, palette_from, preview_from
from webapp.imaging.view import view_of


@dataclass(frozen=True, slots=True)
class Intake:
    """What a picture is and what stands in for it.

    A preview as a data URI, the dominant colour and up to five colours as `#rrggbb`, and the
    masters, smallest first. `info.alpha` is true only where something is transparent, not where
    it merely could be.
    """

    info: ImageInfo
    preview: str
    colour: str
    palette: tuple[str, ...]
    masters: list[Master]


def take_in(source: Source, *, max_pixels: int = DEFAULT_MAX_PIXELS) -> Intake:
    """Return all that is kept about a picture, decoding it once.

    A JPEG is decoded no larger than its largest master needs; of anything else the full picture
    is in memory for a moment: 4 bytes a pixel, and a third more while it is made smaller. Raises
    InvalidError (`invalid_image`) and TooLargeError (`too_many_pixels`) as `limits.inspect` does.
    """
    with opened(source, max_pixels=max_pixels) as image:
        info = facts(image)
        view = view_of(image, LARGEST)
        compare_checksums(image.format, source, max_pixels)
    info = replace(info, alpha=view.is_transparent)
    return Intake(
        info,
        preview_from(view.picture),
        colour_from(view.picture),
        palette_from(view.picture),
        masters_from(view, info),
    )
