"""The worker: threads that do jobs, beside the web server or in a process of their own."""

import logging
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

from webapp.jobs.execution import Execution
from webapp.jobs.heartbeat import Heartbeat
from webapp.jobs.ports import Handler, Ledger, Transport
from webapp.jobs.sweep import Periodic, Sweep

logger = logging.getLogger(__name__)

PAUSE_AFTER_ERROR = 1.0  # seconds
STOP_TIMEOUT = 20.0  # seconds; below the 30 s that most supervisors allow

_SignalHandler = Callable[[int, FrameType | None], object] | int | None


class Worker:
    """Does jobs in threads until it is stopped; it can be started once.

    `holder` names this process in the leases, and must be unique among the running ones.
    """

    def __init__(
        self,
        transport: Transport,
        ledger: Ledger,
        handlers: Mapping[str, Handler],
        *,
        threads: int,
        holder: str,
        housekeeping: Sequence[Periodic] = (),
    ) -> None:
        self._transport = transport
        self._ledger = ledger
        self._heartbeat = Heartbeat(ledger)
        self._sweep = Sweep(ledger, transport, housekeeping)
        self._execution = Execution(ledger, handlers, self._heartbeat, holder)
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._work_on, name=f"easel-worker-{number}", daemon=True)
            for number in range(1, threads + 1)
        ]

    def start(self) -> None:
        """Start working, in threads of this process; signals are left alone."""
        self._heartbeat.start()
        self._sweep.start()
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = STOP_TIMEOUT) -> None:
        """Take no more jobs, let the running ones finish, and hand back those that do not."""
        self._stopping.set()
        self._sweep.stop()
        self._transport.wake(len(self._threads))
        deadline = time.monotonic() + timeout
        for thread in filter(threading.Thread.is_alive, self._threads):
            thread.join(max(deadline - time.monotonic(), 0))
        self._hand_back()
        self._heartbeat.stop()
        self._sweep.join()

    def run_forever(self, stop_timeout: float = STOP_TIMEOUT) -> None:
        """Work until SIGTERM or SIGINT, then stop in an orderly way; a second signal ends it."""
        asked = threading.Event()
        before = _on_signals(asked)
        try:
            self.start()
            asked.wait()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            self.stop(stop_timeout)

    def is_working(self) -> bool:
        """Return whether every thread is alive and none was asked to stop."""
        return not self._stopping.is_set() and all(thread.is_alive() for thread in self._threads)

    def _work_on(self) -> None:
        level = logging.ERROR
        while not self._stopping.is_set():
            try:
                self._work()
                level = logging.ERROR
            except Exception:  # a server that is away for hours is logged once
                logger.log(level, "A worker goes on after an error", exc_info=True)
                level = logging.DEBUG
                self._stopping.wait(PAUSE_AFTER_ERROR)
        self._transport.disconnect()

    def _work(self) -> None:
        job_id = self._transport.receive()
        if job_id is None:
            return
        if self._stopping.is_set():
            self._transport.send([job_id])  # for another worker, or the next start
            return
        self._execution.run(job_id)

    def _hand_back(self) -> None:
        """Give unfinished jobs to others at once; being stopped does not count as an attempt."""
        for lease in self._heartbeat.held():
            try:
                self._ledger.retry(lease, 0, counts=False)
                lease.lose()
                self._transport.send([lease.job_id])
            except Exception as error:  # noqa: BLE001  # it ended just now, or the lease will
                logger.info("Job %d was not handed back: %s", lease.job_id, error)


def _on_signals(asked: threading.Event) -> dict[int, _SignalHandler]:
    """Set an event on SIGTERM and SIGINT; return the handlers that were there before."""

    def ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    return {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
