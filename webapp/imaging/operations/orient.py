"""Turn a picture the way the camera was held."""

from dataclasses import dataclass
from typing import ClassVar

from PIL import Image

from webapp.imaging.operations.base import Operation

ORIENTATION_TAG = 0x0112
_SIDEWAYS = range(5, 9)

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Orient(Operation):
    """Apply the EXIF orientation, so that the pixels stand as the picture is shown."""

    name: ClassVar[str] = "orient"

    def key(self) -> str:
        """Return the step's part of a cache key."""
        return self.name

    def apply(self, image: Image.Image) -> Image.Image:
        """Return the picture upright."""
        return turned(image, orientation(image))


def turned(image: Image.Image, orientation: int) -> Image.Image:
    """Return a picture as an EXIF orientation, 1 to 8, says that it is to be shown."""
    # Not ImageOps.exif_transpose: it writes the EXIF anew, and stumbles over damaged ones.
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def orientation(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 to 8; 1 (upright) where there is none that makes sense."""
    try:
        value = image.getexif().get(ORIENTATION_TAG, 1)
    except Exception:  # noqa: BLE001  # damaged metadata is no reason to refuse a sound picture
        return 1
    return value if value in range(1, 9) else 1


def shown_size(image: Image.Image) -> tuple[int, int]:
    """Return width and height in pixels as the picture is shown, upright."""
    width, height = image.size
    # Pillow gives a TIFF's size as it is shown, every other format's as it is stored.
    if image.format != "TIFF" and lies_sideways(orientation(image)):
        return height, width
    return width, height


def lies_sideways(orientation: int) -> bool:
    """Say whether an EXIF orientation, 1 to 8, changes width and height over."""
    return orientation in _SIDEWAYS
