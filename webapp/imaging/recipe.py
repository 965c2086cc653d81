"""A recipe: what is to be done to a picture, and how the result is to be delivered."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from webapp.imaging.effort import Effort
from webapp.imaging.formats import DEFAULT_QUALITY
from webapp.imaging.framing import Framing
from webapp.imaging.geometry import Point, Size
from webapp.imaging.operations import in_order
from webapp.imaging.operations.base import Operation
from webapp.imaging.operations.resize import Resize
from webapp.imaging.operations.trim import Trim
from webapp.imaging.operations.watermark import Watermark
from webapp.imaging.pipeline import Output, size_after

ORIGINAL = "_"
NOTHING = "fit_inside"
"""The canonical text of a rendition with nothing done to it: encoded anew, without metadata."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Operations in any order, and an output; None leaves the choice to whoever serves it.

    `version` (hex), `expires` (seconds since 1970) and `download` (a file name) change no pixel.
    `is_original` asks for the file that was kept, as it is.
    """

    operations: tuple[Operation, ...] = ()
    format: str | None = None
    quality: int | None = None
    version: str | None = None
    expires: int | None = None
    download: str | None = None
    is_original: bool = False

    def __post_init__(self) -> None:
        # One order, so that equal recipes compare equal.
        object.__setattr__(self, "operations", tuple(in_order(self.operations)))

    @property
    def canonical(self) -> str:
        """The one text of this rendition: in order, normalised, without defaults or delivery."""
        if self.is_original:
            return ORIGINAL
        return ",".join(self._words()) or NOTHING

    @property
    def cache_key(self) -> str:
        """Text that changes with everything in the recipe that changes the bytes.

        Settle the recipe first: a stored focal point or a negotiated format is not in it before.
        The caller adds what the recipe can't know: the original's digest, those of the pictures
        in `watermarks`, and the version of the pipeline.
        """
        if self.is_original:
            return ORIGINAL
        words = [step.key() for step in self.operations]
        return ",".join([*words, f"q_{self.quality or DEFAULT_QUALITY}", f"f_{self.format or '-'}"])

    @property
    def has_exact_size(self) -> bool:
        """Whether `result_size` is exact: after a trim, only `pipeline.measure` is."""
        return not any(isinstance(step, Trim) for step in self.operations)

    @property
    def watermarks(self) -> tuple[str, ...]:
        """The names of the pictures that `pipeline.render` needs."""
        return tuple(step.mark for step in self.operations if isinstance(step, Watermark))

    def result_size(self, width: int, height: int) -> Size:
        """Return the size in pixels of the rendition of an upright original of that size.

        Exact but for a trim, before which it is counted: see `has_exact_size`. Raises InvalidError
        where a crop lies outside the picture.
        """
        if self.is_original:
            return width, height
        resample = Framing.of(self.operations, (width, height)).resample()
        return size_after(resample, self.operations)

    def leaves_alpha(self, *, before: bool) -> bool:
        """Say whether the result may be transparent, for a picture that is or is not."""
        for step in self.operations:
            before = step.leaves_alpha(before=before)
        return before

    def settled(self, *, focal: Point | None = None, format: str | None = None) -> Self:  # noqa: A002
        """Return the recipe with what was left open: a stored focal point, a negotiated format."""
        steps = tuple(
            step.around(focal) if isinstance(step, Resize) else step for step in self.operations
        )
        return replace(self, operations=steps, format=self.format or format)

    def output(self, format: str = "jpeg", effort: Effort = "request") -> Output:  # noqa: A002
        """Return how to write the rendition; `format` is for a recipe that names none."""
        return Output(self.format or format, self.quality or DEFAULT_QUALITY, effort)

    def _words(self) -> Iterator[str]:
        yield from (step.key() for step in self.operations)
        if self.quality not in {None, DEFAULT_QUALITY}:
            yield f"q_{self.quality}"
        if self.format is not None:
            yield f"f_{self.format}"
