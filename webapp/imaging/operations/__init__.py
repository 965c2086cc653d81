"""The image operations, in the order in which they always run, whatever order they were asked in.

To add one: write its file beside this one, and put its class where it belongs in the list.
"""

from collections.abc import Iterable

from webapp.imaging.operations.background import Background
from webapp.imaging.operations.base import Operation
from webapp.imaging.operations.blur import Blur
from webapp.imaging.operations.crop import Crop
from webapp.imaging.operations.flip import Flip
from webapp.imaging.operations.flop import Flop
from webapp.imaging.operations.gray import Gray
from webapp.imaging.operations.invert import Invert
from webapp.imaging.operations.orient import Orient
from webapp.imaging.operations.pixelate import Pixelate
from webapp.imaging.operations.resize import Resize
from webapp.imaging.operations.rotate import Rotate
from webapp.imaging.operations.sharpen import Sharpen
from webapp.imaging.operations.srgb import Srgb
from webapp.imaging.operations.trim import Trim
from webapp.imaging.operations.watermark import Watermark

OPERATIONS: list[type[Operation]] = [
    Orient,
    Crop,
    Trim,
    Resize,
    Srgb,
    Rotate,
    Flip,
    Flop,
    Pixelate,
    Blur,
    Sharpen,
    Gray,
    Invert,
    Background,
    Watermark,
]

_PLACES = {operation.name: place for place, operation in enumerate(OPERATIONS)}


def in_order(operations: Iterable[Operation]) -> list[Operation]:
    """Return the operations sorted into the pipeline's fixed order."""
    return sorted(operations, key=lambda operation: _PLACES[operation.name])


def cache_key(operations: Iterable[Operation]) -> str:
    """Return the canonical text of operations, the same for the same work: `w_320,gray`."""
    return ",".join(operation.key() for operation in in_order(operations)) or "_"
