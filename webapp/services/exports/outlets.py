"""Outlets: few exports leave at a time, since each holds a thread until its end."""

import threading
from collections.abc import Iterator

from webapp.errors import BusyError

AT_ONCE = 3
BUSY = "Other downloads of many pictures are going on. Try again when one of them is done."
RETRY_SECONDS = 60


class Outlets:
    """Lets a few exports through at once, and sends the others away."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._free = threading.Semaphore(at_once)

    def through(self, pieces: Iterator[bytes]) -> "Outgoing":
        """Return the pieces of an export, to be closed at its end; raises BusyError."""
        if not self._free.acquire(blocking=False):
            raise BusyError(BUSY, retry_after=RETRY_SECONDS)
        return Outgoing(pieces, self._free)


class Outgoing(Iterator[bytes]):
    """An export on its way: whoever takes its pieces closes it, at the end or before."""

    def __init__(self, pieces: Iterator[bytes], free: threading.Semaphore) -> None:
        self._pieces = pieces
        self._free: threading.Semaphore | None = free

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        """Let the next one through."""
        close = getattr(self._pieces, "close", None)
        if close is not None:
            close()
        if self._free is not None:
            self._free.release()
            self._free = None
