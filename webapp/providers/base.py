"""What a provider of pictures promises: the words that services and providers share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from webapp.errors import EaselError

ProviderErrorKind = Literal[
    "auth",
    "permission",
    "quota",
    "rate_limit",
    "blocked",
    "no_image",
    "invalid",
    "no_model",
    "unavailable",
    "network",
    "timeout",
    "bad_response",
    "cancelled",
]
"""Why a provider gave no picture; each kind has its own sentence and next step."""

SeedSupport = Literal["none", "best-effort", "exact"]


class ProviderError(EaselError):
    """A provider could not make the picture.

    `retry_after` is in seconds where the provider named a delay; `detail` is for the log only.
    """

    def __init__(
        self,
        kind: ProviderErrorKind,
        message: str,
        *,
        retry_after: float | None = None,
        detail: str = "",
    ) -> None:
        super().__init__(message, code=kind)
        self.kind = kind
        self.retry_after = retry_after
        self.detail = detail


@dataclass(frozen=True, slots=True)
class ModelCaps:
    """What one model can do; the create form is drawn from it."""

    id: str
    title: str
    aspect_ratios: tuple[str, ...]
    sizes: tuple[str, ...]
    default_size: str
    seed: SeedSupport = "none"
    negative_prompt: bool = False
    max_references: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """One picture to make. `seed` is in 0..2**32-1; `size` is one of the model's sizes."""

    prompt: str
    model: str
    aspect_ratio: str = "1:1"
    size: str = ""
    seed: int | None = None
    negative_prompt: str = ""


@dataclass(frozen=True, slots=True)
class ImageResult:
    """One picture as encoded bytes (PNG, JPEG or WebP), with what the provider said about it.

    `recognised` holds the words of the prompt that shaped the picture, where the provider knows.
    """

    data: bytes
    seed: int | None = None
    recognised: tuple[str, ...] = ()
    text: str = ""
    meta: dict[str, str] = field(default_factory=dict)


Progress = Callable[[float, str], None]
"""Called with the share done (0..1) and a word for the stage, e.g. `(0.4, "Painting")`."""

Cancelled = Callable[[], bool]
"""Asked between steps; true means that nobody waits for the picture any more."""


class Provider(Protocol):
    """A maker of pictures. Blocking; called in a worker thread; raises only ProviderError."""

    id: str
    title: str

    def models(self) -> Sequence[ModelCaps]:
        """Return the models on offer, the default one first."""
        ...

    def generate(
        self, request: ImageRequest, progress: Progress, cancelled: Cancelled
    ) -> ImageResult:
        """Make one picture, or raise ProviderError."""
        ...


@runtime_checkable
class Wordy(Protocol):
    """A provider that can say which words of a prompt it understands."""

    def vocabulary(self) -> Mapping[str, Sequence[str]]:
        """Return the words by group."""
        ...
