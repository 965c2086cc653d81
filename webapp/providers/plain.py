"""Plain: a provider that paints one colour at once, for tests and for trying out what surrounds it.

It is not among the registered ones. The same request gives the same bytes; a prompt such as
`!quota` fails with that kind of error.
"""

import hashlib
import struct
import zlib
from collections.abc import Sequence
from typing import get_args

from webapp.providers.base import (
    Cancelled,
    ImageRequest,
    ImageResult,
    ModelCaps,
    Parameter,
    Progress,
    ProviderError,
    ProviderErrorKind,
)
from webapp.providers.base.capabilities import FREE

STEPS = Parameter(name="steps", label="Steps", default="20", low=1, high=50)
CAPS = ModelCaps(
    id="plain-1",
    title="Plain",
    aspect_ratios=("1:1", "3:2", "2:3", "16:9"),
    sizes=("64", "256"),
    default_size="64",
    seed="exact",
    negative_prompt=True,
    max_references=2,
    strength=True,
    mask=True,
    parameters=(STEPS,),
    prices=FREE,
    note="One colour, at once.",
)
PAID = ModelCaps(
    id="plain-paid",
    title="Plain for money",
    aspect_ratios=("1:1",),
    sizes=("64", "256"),
    default_size="64",
    prices={"64": 34_000, "256": 134_000},
    note="One colour, as if it cost something.",
)
SIZES = {"1:1": (1, 1), "3:2": (3, 2), "2:3": (2, 3), "16:9": (16, 9)}


class PlainProvider:
    """Makes pictures of one colour, which the prompt, the seed and the references decide."""

    id = "plain"
    title = "Plain"

    def models(self) -> Sequence[ModelCaps]:
        """Return a model with all there is, and one that costs money."""
        return (CAPS, PAID)

    def generate(
        self, request: ImageRequest, progress: Progress, cancelled: Cancelled
    ) -> ImageResult:
        """Return a picture of one colour; `!kind` in the prompt raises an error of that kind."""
        for kind in get_args(ProviderErrorKind):
            if f"!{kind}" in request.prompt.split():
                raise ProviderError(kind, f"Plain was asked to fail: {kind}.")
        progress(0.5, "Painting")
        if cancelled():
            raise ProviderError(kind="cancelled", message="Cancelled.")
        across, down = SIZES[request.aspect_ratio]
        side = int(request.size or CAPS.default_size)
        width, height = side * across // max(across, down), side * down // max(across, down)
        colour = _colour(request)
        return ImageResult(png(width, height, colour), seed=request.seed)


def _colour(request: ImageRequest) -> bytes:
    digest = hashlib.sha256(f"{request.prompt}|{request.seed}".encode())
    for reference in request.references:
        digest.update(reference.data)
    return digest.digest()[:3]


def png(width: int, height: int, colour: bytes) -> bytes:
    """Return a PNG of one colour (red, green, blue), written by hand.

    See the PNG specification, third edition, sections 5 and 11.
    """
    rows = (b"\0" + colour * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", checksum)
