"""One look at a picture's pixels, from which everything small is made."""

from dataclasses import dataclass

from PIL import Image

from webapp.imaging.colour import flattened, in_srgb, with_plain_channels
from webapp.imaging.framing import Framing, shrink_on_load
from webapp.imaging.limits import decode
from webapp.imaging.operations.orient import lies_sideways, orientation, shown_size, turned
from webapp.imaging.operations.resize import Resize
from webapp.imaging.provenance import label_of
from webapp.imaging.resample import Resample

_GAP = 1.5
"""How much larger than the view a JPEG is decoded at least: with 2, as a request has it,
a photograph of 12 megapixels would be decoded in full."""


@dataclass(frozen=True, slots=True)
class View:
    """A picture upright and in sRGB, and its AI label as an XMP packet.

    Mode L, RGB, or RGBA where something `is_transparent`: not where it merely could be.
    """

    picture: Image.Image
    is_transparent: bool
    label: bytes | None


def view_of(image: Image.Image, longest: int) -> View:
    """Return an opened picture with at most `longest` pixels a side, having decoded it once.

    Raises InvalidError where it is damaged or cut off.
    """
    framing = Framing.of([Resize(longest, longest)], shown_size(image))
    shrink_on_load(image, framing, _GAP)
    label = label_of(image)
    decode(image)
    turn = orientation(image)
    picture = with_plain_channels(image)
    is_transparent = picture.mode == "RGBA" and _is_see_through(picture)
    # Made small as it lies: turning it at its full size would take its memory twice.
    width, height = framing.resample().size
    size = (height, width) if lies_sideways(turn) else (width, height)
    picture = turned(in_srgb(Resample(size).scaled(picture)), turn)
    return View(picture if is_transparent else flattened(picture), is_transparent, label)


def _is_see_through(picture: Image.Image) -> bool:
    lowest, _ = picture.getchannel("A").getextrema()
    return lowest != 255
