"""Runners without a queue: one works at once, in the caller's thread; one never does."""

import threading
from collections import deque
from collections.abc import Mapping, Sequence

from webapp.jobs.execution import Execution
from webapp.jobs.heartbeat import Heartbeat
from webapp.jobs.ports import Handler, Ledger


class InlineRunner:
    """Does each job before `send` returns: for commands and tests.

    Jobs that a handler sends are done after it, not within it. It has to be connected first,
    because the ledger is made with the runner.
    """

    def __init__(self, holder: str = "inline") -> None:
        self._holder = holder
        self._waiting: deque[int] = deque()
        self._working = threading.Lock()
        self._ledger: Ledger | None = None
        self._handlers: Mapping[str, Handler] = {}

    def connect(self, ledger: Ledger, handlers: Mapping[str, Handler]) -> None:
        """Say where the jobs are kept and who does them."""
        self._ledger = ledger
        self._handlers = handlers

    def send(self, job_ids: Sequence[int]) -> None:
        """Do the jobs, unless this is a handler sending them: then they come next."""
        self._waiting.extend(job_ids)
        while self._waiting and self._working.acquire(blocking=False):
            try:
                self._do_waiting()
            finally:
                self._working.release()

    def _do_waiting(self) -> None:
        if self._ledger is None:
            message = "InlineRunner.connect() comes before the first job"
            raise RuntimeError(message)
        heartbeat = Heartbeat(self._ledger)
        execution = Execution(self._ledger, self._handlers, heartbeat, self._holder)
        heartbeat.start()
        try:
            while self._waiting:
                execution.run(self._waiting.popleft())
        finally:
            heartbeat.stop()


class NullRunner:
    """Sends nothing: the jobs wait for another process' sweep, or for a test to run them."""

    def send(self, job_ids: Sequence[int]) -> None:
        """Do nothing."""
