"""The image operations, in the order in which they always run, whatever order they were asked in.

To add one: write its file beside this one, and put its class where it belongs in the list.
"""

from collections.abc import Iterable

from webapp.imaging.operations.base import Operation
from webapp.imaging.operations.orient import Orient
from webapp.imaging.operations.resize import Resize
from webapp.imaging.operations.srgb import Srgb

OPERATIONS: list[type[Operation]] = [
    Orient,
    Resize,
    Srgb,
]

_PLACES = {operation.__name__.lower(): place for place, operation in enumerate(OPERATIONS)}


def in_order(operations: Iterable[Operation]) -> list[Operation]:
    """Return the operations sorted into the pipeline's fixed order."""
    return sorted(operations, key=lambda operation: _PLACES[operation.name])


def cache_key(operations: Iterable[Operation]) -> str:
    """Return text that names the operations, the same for the same work: `resize_320x_inside`."""
    return ",".join(operation.key() for operation in in_order(operations)) or "_"
