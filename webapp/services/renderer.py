"""The renderer: as many at work as there are processors, some waiting, the rest sent away."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from webapp.errors import OverloadedError

WAITING = 64
PATIENCE = 20.0
"""Seconds that somebody waits for their turn: a browser gives up not much later."""


class Renderer:
    """Lets a bounded number of renders happen at once, and a bounded number wait."""

    def __init__(
        self, at_once: int | None = None, *, waiting: int = WAITING, patience: float = PATIENCE
    ) -> None:
        self._turns = threading.Semaphore(at_once or os.cpu_count() or 1)
        self._places = threading.Semaphore(waiting)
        self._patience = patience

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and hold it; raises OverloadedError where that would take too long."""
        if not self._turns.acquire(blocking=False):
            self._wait()
        try:
            yield
        finally:
            self._turns.release()

    def _wait(self) -> None:
        if not self._places.acquire(blocking=False):
            raise OverloadedError
        try:
            if not self._turns.acquire(timeout=self._patience):
                raise OverloadedError
        finally:
            self._places.release()
