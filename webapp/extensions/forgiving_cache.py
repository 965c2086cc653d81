"""A cache that may be away: then everything is made anew, slower, and nothing fails."""

import logging
import time
from collections.abc import Callable
from typing import Protocol, TypeVar

logger = logging.getLogger(__name__)

QUIET_SECONDS = 30
"""A cache that is away is reported at most this often."""

T = TypeVar("T")


class Backend(Protocol):
    """What Flask-Caching's `Cache` offers of itself."""

    def get(self, key: str) -> bytes | None:
        """Return what is kept under a key."""
        ...

    def has(self, key: str) -> bool:
        """Return whether there is a value."""
        ...

    def set(self, key: str, value: bytes, timeout: int | None = None) -> bool | None:
        """Keep a value."""
        ...

    def add(self, key: str, value: bytes, timeout: int | None = None) -> bool | None:
        """Keep a value where there is none."""
        ...

    def delete_many(self, *keys: str) -> object:
        """Forget keys."""
        ...


class ForgivingCache:
    """Passes calls on; a failure counts as a miss and is logged now and then.

    Forgetting is the exception: what must be gone and may still be there is an error.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._reported = -float(QUIET_SECONDS)

    def get(self, key: str) -> bytes | None:
        """Return what is kept under a key, or None."""
        return self._try(lambda: self._backend.get(key), None)

    def set(self, key: str, value: bytes, timeout: int | None = None) -> bool | None:
        """Keep a value, if that can be done."""
        refused: bool | None = False
        return self._try(lambda: self._backend.set(key, value, timeout), refused)

    def has(self, key: str) -> bool:
        """Return whether there is a value under a key."""
        return self._try(lambda: bool(self._backend.has(key)), otherwise=False)

    def add(self, key: str, value: bytes, timeout: int | None = None) -> bool | None:
        """Keep a value where there is none; True too where the cache is away.

        So whoever asks for the right to do something by this gets on without a cache.
        """
        granted: bool | None = True
        return self._try(lambda: self._backend.add(key, value, timeout), granted)

    def delete_many(self, *keys: str) -> object:
        """Forget keys; raises what the backend raises."""
        return self._backend.delete_many(*keys)

    def discard(self, key: str) -> object:
        """Forget a key that would expire soon anyway; it is no harm where that can't be done."""
        return self._try(lambda: self._backend.delete_many(key), None)

    def _try(self, call: Callable[[], T], otherwise: T) -> T:
        try:
            return call()
        except Exception as error:  # noqa: BLE001  # each backend has its own
            if time.monotonic() - self._reported > QUIET_SECONDS:
                self._reported = time.monotonic()
                logger.warning("The cache does not answer; going on without it: %s", error)
            return otherwise
