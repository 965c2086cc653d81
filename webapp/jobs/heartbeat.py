"""One heartbeat for all the leases that a process holds."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from webapp.jobs.ports import Ledger
from webapp.models.job import Lease

logger = logging.getLogger(__name__)

LAST_WORDS = 1.0  # seconds


class Heartbeat:
    """Extends every lease three times in its life, and tells work whose lease is lost.

    While nothing is held, its thread sleeps and costs nothing.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._every = ledger.lease_seconds / 3
        self._leases: dict[str, Lease] = {}
        self._lock = threading.Lock()
        self._busy = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._beat_on, name="easel-heartbeat", daemon=True)

    @contextmanager
    def holding(self, lease: Lease) -> Iterator[None]:
        """Keep a lease alive within the block."""
        self._hold(lease)
        try:
            yield
        finally:
            self.drop(lease)

    def drop(self, lease: Lease) -> None:
        """Stop keeping a lease alive."""
        with self._lock:
            self._leases.pop(lease.token, None)
            if not self._leases:
                self._busy.clear()

    def held(self) -> list[Lease]:
        """Return the leases that are kept alive now."""
        with self._lock:
            return list(self._leases.values())

    def beat(self) -> None:
        """Extend every lease; while the database is unavailable, log it and leave them be."""
        try:
            for lease in self.held():
                if not self._ledger.extend(lease):
                    lease.lose()
        except Exception:
            logger.exception("The leases could not be extended")

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread; if it waits for the database, it is left to do that."""
        self._stopping.set()
        self._busy.set()
        if self._thread.is_alive():
            self._thread.join(LAST_WORDS)

    def _hold(self, lease: Lease) -> None:
        with self._lock:
            self._leases[lease.token] = lease
            self._busy.set()

    def _beat_on(self) -> None:
        while self._busy.wait() and not self._stopping.wait(self._every):
            self.beat()
