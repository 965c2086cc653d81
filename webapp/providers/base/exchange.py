"""What goes to a provider, and what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reference:
    """A picture to work from: encoded bytes, upright, in sRGB and without metadata.

    `mime` is `image/png` or `image/jpeg`; width and height are in pixels.
    """

    data: bytes = field(repr=False)
    mime: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """One picture to make. `seed` is in 0..2**32-1; `size` is one of the model's sizes.

    The first of the `references` is the one that is edited, where the model edits. `mask` is a PNG
    of the same shape, white where the picture may change. `strength` says how far the picture may
    go from the first reference, 0..1. `parameters` are the model's own settings. `key` is the same
    for the same wish, so that a provider which can will not make it twice.
    """

    prompt: str
    model: str
    aspect_ratio: str = "1:1"
    size: str = ""
    seed: int | None = None
    negative_prompt: str = ""
    references: tuple[Reference, ...] = ()
    mask: bytes | None = field(default=None, repr=False)
    strength: float | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    key: str = ""


@dataclass(frozen=True, slots=True)
class ImageResult:
    """One picture as encoded bytes (PNG, JPEG or WebP), with what the provider said about it.

    `recognised` holds the words of the prompt that shaped the picture, where the provider knows.
    `cost` is what it cost in millionths of a US dollar, where the provider says so.
    """

    data: bytes = field(repr=False)
    seed: int | None = None
    recognised: tuple[str, ...] = ()
    text: str = ""
    meta: dict[str, str] = field(default_factory=dict)
    cost: int | None = None
