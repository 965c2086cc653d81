"""The interface of a provider."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from webapp.providers.base.capabilities import ModelCaps
from webapp.providers.base.exchange import ImageRequest, ImageResult

Cancelled = Callable[[], bool]
"""Asked between steps; true means that nobody waits for the picture any more."""


class Progress(Protocol):
    """Hears how far the work is."""

    def __call__(self, share: float, stage: str, preview: bytes | None = None) -> None:
        """Take the share done (0..1), a word for the stage, and an encoded picture of now."""
        ...


class Provider(Protocol):
    """A maker of pictures. Blocking; called in a worker thread; raises only ProviderError."""

    id: str
    title: str

    def models(self) -> Sequence[ModelCaps]:
        """Return the models on offer, the default one first; at once, without asking anybody."""
        ...

    def generate(
        self, request: ImageRequest, progress: Progress, cancelled: Cancelled
    ) -> ImageResult:
        """Make one picture, or raise ProviderError."""
        ...


@dataclass(frozen=True, slots=True)
class Report:
    """What a test of a provider found, in sentences; `models` are the ids that it answers to."""

    message: str
    models: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@runtime_checkable
class Checkable(Protocol):
    """A provider that can be asked, for nothing, whether its key and address work."""

    def check(self) -> Report:
        """Ask the provider, or raise ProviderError with the kind of what is wrong."""
        ...


@runtime_checkable
class Retiring(Protocol):
    """A provider that remembers the models that it had."""

    def retired(self) -> Mapping[str, ModelCaps]:
        """Return the models that answer no more, by id, with their last day and successor."""
        ...


@runtime_checkable
class Wordy(Protocol):
    """A provider that can say which words of a prompt it understands."""

    def vocabulary(self) -> Mapping[str, Sequence[str]]:
        """Return the words by group."""
        ...
