"""One job, from claim to end."""

import logging
from collections.abc import Mapping

from webapp.errors import BusyError, EaselError
from webapp.jobs.heartbeat import Heartbeat
from webapp.jobs.ports import Handler, Ledger
from webapp.models.job import Lease

logger = logging.getLogger(__name__)


class ExhaustedError(EaselError):
    """A job was interrupted or postponed too often to try again."""

    code = "exhausted"


class Execution:
    """Runs jobs through their handlers; no handler's error leaves it."""

    def __init__(
        self, ledger: Ledger, handlers: Mapping[str, Handler], heartbeat: Heartbeat, holder: str
    ) -> None:
        self._ledger = ledger
        self._handlers = handlers
        self._heartbeat = heartbeat
        self._holder = holder

    def run(self, job_id: int) -> None:
        """Claim a job and do it; one that is taken or has ended needs nothing."""
        lease = self._ledger.claim(job_id, self._holder)
        if lease is None:
            return
        with self._heartbeat.holding(lease):
            handler = self._handlers.get(lease.kind)
            if handler is None:
                logger.error("Nothing handles jobs of kind %r", lease.kind)
                self._ledger.fail(lease, "no handler")
            else:
                self._handle(handler, lease)

    def _handle(self, handler: Handler, lease: Lease) -> None:
        try:
            if lease.exhausted:
                _refuse(lease)
            handler.run(lease)
        except Exception as error:  # noqa: BLE001  # told to the log and the job's row
            self._recover(handler, lease, error)

    def _recover(self, handler: Handler, lease: Lease, error: Exception) -> None:
        if lease.is_lost():
            logger.info("Job %d was cancelled or taken over: %s", lease.job_id, error)
        elif isinstance(error, BusyError) and not lease.exhausted:
            logger.warning("Job %d has to wait: %s", lease.job_id, error)
            self._ledger.retry(lease, error.retry_after)
        else:
            _report(lease, error)
            self._give_up(handler, lease, error)

    def _give_up(self, handler: Handler, lease: Lease, error: Exception) -> None:
        try:
            handler.give_up(lease, error)
        except Exception:
            if lease.is_lost():
                return
            logger.exception("Could not give up job %d properly", lease.job_id)
            self._ledger.fail(lease, type(error).__name__)


def _refuse(lease: Lease) -> None:
    message = f"This was tried {lease.attempt - 1} times without success, so Easel stopped trying."
    raise ExhaustedError(message)


def _report(lease: Lease, error: Exception) -> None:
    """Log a failure: in a sentence when it was expected, with its traceback when not."""
    trace = None if isinstance(error, EaselError) else error
    logger.error(
        "Job %d (%s %d) failed: %s",
        lease.job_id,
        lease.kind,
        lease.subject_id,
        error,
        exc_info=trace,
    )
