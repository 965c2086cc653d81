"""Those whose pictures Easel understands, in the order in which they are asked.

To add a tool: write its file beside this one, and put its `read` where it belongs in the list.
Those with a mark of their own go before those that share a text or leave a graph.
"""

from collections.abc import Callable

from webapp.imaging.metadata.notes import Notes
from webapp.imaging.metadata.readers import (
    a1111,
    comfyui,
    easel,
    fooocus,
    invokeai,
    novelai,
    swarmui,
)
from webapp.imaging.metadata.recipe import FoundRecipe

READERS: list[Callable[[Notes], FoundRecipe | None]] = [
    easel.read,
    swarmui.read,
    fooocus.read,
    invokeai.read,
    novelai.read,
    a1111.read,
    comfyui.read,
]
