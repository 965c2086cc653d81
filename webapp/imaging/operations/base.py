"""What every image operation promises."""

from typing import Protocol

from PIL import Image


class Operation(Protocol):
    """One step that turns a picture into another; a frozen value, shared between threads."""

    @property
    def name(self) -> str:
        """A stable word for the step; its place in the registry gives the order of the steps."""
        ...

    def key(self) -> str:
        """Return text that is the same exactly when the step does the same; part of cache keys."""
        ...

    def apply(self, image: Image.Image) -> Image.Image:
        """Return the changed picture; the one given stays as it was."""
        ...
