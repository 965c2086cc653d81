"""A request's body, read piece by piece: nothing here ever holds more than a piece of it."""

import re
from collections.abc import Iterator
from typing import Protocol

PIECE = 64 * 1024


class Stream(Protocol):
    """What bodies are read from."""

    def read(self, size: int, /) -> bytes:
        """Return so many bytes at most, none at the end."""
        ...


class Source:
    """Bytes in order, given up to a mark that ends them."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._held = b""
        self._at = 0
        self.mark = b""
        """The mark that ended what was last read through `until`; empty at the end of the body."""

    def until(self, marks: re.Pattern[bytes]) -> Iterator[bytes]:
        """Give pieces up to the first of some single-byte marks, which is taken and not given."""
        self.mark = b""
        while self._at < len(self._held) or self._fill():
            start = self._at
            found = marks.search(self._held, start)
            stop, self._at = found.span() if found is not None else (len(self._held),) * 2
            self.mark = found[0] if found is not None else b""
            if stop > start:
                yield self._held[start:stop]
            if self.mark:
                return

    def take(self, count: int) -> bytes:
        """Return so many bytes, fewer at the end of the body."""
        taken = b""
        while len(taken) < count and (self._at < len(self._held) or self._fill()):
            start = self._at
            self._at = min(start + count - len(taken), len(self._held))
            taken += self._held[start : self._at]
        return taken

    def _fill(self) -> bool:
        """Read the next piece; return whether there is one."""
        self._held, self._at = self._stream.read(PIECE), 0
        return bool(self._held)
