"""The sweep: brings back jobs whose message or worker was lost, and keeps house."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from webapp.jobs.ports import Ledger, Transport

logger = logging.getLogger(__name__)

EVERY = 2.0  # seconds
MOST_ON_THE_WAY = 100
LAST_WORDS = 1.0  # seconds


@dataclass(frozen=True)
class Periodic:
    """Housekeeping that is worth doing now and then, first soon after the start.

    Every worker process does it: it must not mind being done twice. Keep it short, the sweep waits.
    """

    name: str
    every_seconds: float
    function: Callable[[], object]


class Sweep:
    """Looks every two seconds, in one thread; an error is logged and the next round comes."""

    def __init__(
        self, ledger: Ledger, transport: Transport, periodics: Sequence[Periodic] = ()
    ) -> None:
        self._ledger = ledger
        self._transport = transport
        self._periodics = periodics
        self._due = [0.0] * len(periodics)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._sweep_on, name="easel-sweep", daemon=True)

    def bring_back(self) -> None:
        """Send overdue jobs again.

        A long queue looks the same as lost messages, so only so many are ever on their way:
        a repeated one costs a refused claim, and thousands of them would cost time.
        """
        job_ids = self._ledger.overdue(MOST_ON_THE_WAY)
        if job_ids:
            self._transport.send(job_ids[: max(MOST_ON_THE_WAY - self._transport.size(), 0)])

    def keep_house(self) -> None:
        """Run the housekeeping that is due."""
        for index, periodic in enumerate(self._periodics):
            if time.monotonic() >= self._due[index]:
                self._due[index] = time.monotonic() + periodic.every_seconds
                _attempt(periodic.name, periodic.function)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the round that is under way."""
        self._stopping.set()

    def join(self) -> None:
        """Wait for the end of that round, for a second; long housekeeping is left to itself."""
        if self._thread.is_alive():
            self._thread.join(LAST_WORDS)

    def _sweep_on(self) -> None:
        while not self._stopping.is_set():
            _attempt("the sweep", self.bring_back)
            self.keep_house()
            self._stopping.wait(EVERY)


def _attempt(name: str, function: Callable[[], object]) -> None:
    try:
        function()
    except Exception:
        logger.exception("Failed, and will be tried again: %s", name)
