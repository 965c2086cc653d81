"""Waiting for pictures: for so long, for as long as somebody is there, and not by too many."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from webapp.errors import BusyError, OverloadedError, UpstreamTimeoutError
from webapp.services.accounts import Viewer
from webapp.services.generations.reading import Generations, GenerationView

SECONDS = 300.0
"""Longer than models take, and shorter than OpenAI's clients wait."""

SOON, LATER, SOON_FOR = 0.1, 0.5, 3.0
"""How often to look, in seconds: first, and after a while."""

FULL = "As many requests as this Easel serves at a time are waiting for pictures. Try again soon."
LATE = (
    "The pictures are not finished after {seconds:g} s. They will lie in the gallery; the same "
    "request with the same Idempotency-Key waits for them again."
)
UNDER_WAY = ("queued", "running")


class NobodyWaitsError(Exception):
    """Whoever asked has gone; the pictures are made all the same."""


class Waiting:
    """Waits for generations. A thread is occupied while it waits: `most` do at a time."""

    def __init__(self, generations: Generations, *, most: int, seconds: float = SECONDS) -> None:
        self._generations = generations
        self._places = threading.BoundedSemaphore(most)
        self._seconds = seconds

    @contextmanager
    def place(self) -> Iterator[None]:
        """Take up a place until the block ends; raises OverloadedError where there is none."""
        if not self._places.acquire(blocking=False):
            raise OverloadedError(FULL)
        try:
            yield
        finally:
            self._places.release()

    def ended(self, uid: str, owner: Viewer, is_wanted: Callable[[], bool]) -> GenerationView:
        """Return a generation when all of it is made, or could not be.

        Raises UpstreamTimeoutError where that takes too long, NobodyWaitsError where `is_wanted`
        says that nobody wants it any more, and what `Generations.get` does; it is asked again
        where the database is busy.
        """
        begun = time.monotonic()
        while True:
            view = self._view(uid, owner)
            if view is not None and view.status not in UNDER_WAY:
                return view
            waited = time.monotonic() - begun
            if waited >= self._seconds:
                raise UpstreamTimeoutError(LATE.format(seconds=self._seconds), code="timeout")
            if not is_wanted():
                raise NobodyWaitsError
            time.sleep(SOON if waited < SOON_FOR else LATER)

    def _view(self, uid: str, owner: Viewer) -> GenerationView | None:
        try:
            return self._generations.get(uid, owner)
        except BusyError:
            return None
