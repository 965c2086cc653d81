"""Flights: of many who ask the same at once, one goes ahead and the others wait for it."""

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

PATIENCE = 20.0
"""Seconds that somebody waits for another; then they go on alone."""


class Flights:
    """Lets one at a time through for each key, for as long as somebody is under way with it."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._underway: dict[Hashable, threading.Event] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, key: Hashable) -> Iterator[bool]:
        """Give True to the first at once, False to the others when the first has landed."""
        with self._lock:
            landed = self._underway.get(key)
            if landed is None:
                mine = self._underway[key] = threading.Event()
        if landed is not None:
            landed.wait(self._patience)
            yield False
            return
        try:
            yield True
        finally:
            with self._lock:
                del self._underway[key]
            mine.set()
