"""The parts that a picture's file is made of: chunks, or segments, by their place in it."""

import mmap
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from webapp.errors import CorruptImageError
from webapp.imaging.refusal import DAMAGED

Data = bytes | mmap.mmap
"""A picture's file, in memory or on the disk."""

MAX_PARTS = 100_000
"""No real picture has more; millions of empty parts would only cost time."""


class Part(NamedTuple):
    """A part of a file: it begins with a header, and has `data[start:stop]` to say."""

    kind: bytes
    begin: int
    start: int
    stop: int
    end: int

    def payload(self, data: Data) -> bytes:
        """Return what the part says, without its header."""
        return data[self.start : self.stop]

    def begins(self, data: Data, name: bytes) -> bool:
        """Say whether what the part says begins with a name."""
        return data[self.start : min(self.stop, self.start + len(name))] == name

    def whole(self, data: Data) -> bytes:
        """Return the part as it stands in the file."""
        return data[self.begin : self.end]


def corrupt() -> CorruptImageError:
    """Return the error for a file whose parts don't fit together."""
    return CorruptImageError(DAMAGED)


def until_damaged(parts: Iterator[Part]) -> Iterator[Part]:
    """Give parts up to the first that is damaged."""
    with suppress(CorruptImageError):
        yield from parts
