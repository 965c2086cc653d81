"""What every image operation promises."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Self

from PIL import Image

from webapp.imaging.geometry import Size
from webapp.imaging.tokens import Token, Values

Pictures = Mapping[str, Image.Image]
"""Pictures that an operation may ask for by name, decoded and in sRGB."""


class Operation(ABC):
    """One step that turns a picture into another; a frozen value, shared between threads."""

    __slots__ = ()

    name: ClassVar[str]
    """A stable word for the step: its class in lower case."""

    tokens: ClassVar[tuple[Token, ...]] = ()
    """The words of the URL grammar that ask for it; none where no URL can."""

    @classmethod
    def of(cls, values: Values) -> Self | None:
        """Return the step that the values of its tokens ask for, or None.

        Raises InvalidError where values contradict each other.
        """
        del values
        return None

    @abstractmethod
    def key(self) -> str:
        """Return the step in the URL grammar, in its one canonical form, defaults left out."""

    @abstractmethod
    def apply(self, image: Image.Image) -> Image.Image:
        """Return the changed picture; the one given stays as it was."""

    def size(self, size: Size) -> Size:
        """Return the width and height that a picture of `size` pixels gets."""
        return size

    def leaves_alpha(self, *, before: bool) -> bool:
        """Say whether anything may be transparent afterwards."""
        return before

    def equipped(self, pictures: Pictures) -> "Operation":
        """Return the step with the pictures that it needs; raises InvalidError without them."""
        del pictures
        return self
