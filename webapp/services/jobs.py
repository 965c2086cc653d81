"""The truth about jobs: who works on what, until when, and how it ended.

A queue may lose or repeat messages and a worker may vanish; the rows make up for both. Every change
of hands is one atomic UPDATE, which is enough on SQLite and on PostgreSQL's READ COMMITTED.
"""

import logging
import secrets
from collections.abc import Callable, Sequence
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from webapp.errors import EaselError
from webapp.models.base import now_ms
from webapp.models.database import Database
from webapp.models.job import ENDED_STATES, OPEN_STATES, STATES, Job, Lease
from webapp.services import turns
from webapp.services.ports import JobRunner

logger = logging.getLogger(__name__)

LOST_MESSAGE_MS = 5_000  # a message takes milliseconds: after this long, it is not coming
RANKS_A_MS = 1024  # jobs that are added in the same millisecond keep their order
HOLDER_LENGTH = 40


class LeaseLostError(EaselError):
    """The job was cancelled or taken over, so its results must not be kept."""

    code = "lease_lost"


class Jobs:
    """Keeps the jobs. Methods that take a session belong to the caller's transaction."""

    def __init__(
        self,
        database: Database,
        runner: JobRunner,
        *,
        lease_seconds: float = 30.0,
        max_attempts: int = 3,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        self.lease_seconds = lease_seconds
        self._database = database
        self._runner = runner
        self._max_attempts = max_attempts
        self._clock = clock

    def add(
        self,
        session: Session,
        kind: str,
        subject_ids: Sequence[int],
        *,
        owner_id: int | None = None,
    ) -> list[int]:
        """Add a job for each subject; `send` their ids once the transaction is committed.

        Jobs with an owner take turns with those of other owners.
        """
        now = self._clock()
        jobs = [
            Job(
                kind=kind,
                subject_id=subject_id,
                owner_id=owner_id,
                rank=now * RANKS_A_MS + position,
                due_ms=now,
                created_ms=now,
            )
            for position, subject_id in enumerate(subject_ids)
        ]
        session.add_all(jobs)
        session.flush()
        return [job.id for job in jobs]

    def send(self, job_ids: Sequence[int]) -> None:
        """Tell the workers. A failure is only logged: the sweep finds what was not sent."""
        if not job_ids:
            return
        try:
            self._runner.send(job_ids)
        except Exception:
            logger.exception("Could not send jobs %s; the sweep will", list(job_ids))

    def claim(self, job_id: int, holder: str) -> Lease | None:
        """Take a due job; None when another has it, it has ended, or it is not due yet.

        For a job that takes turns, the id only says that there is work: the job whose turn it is
        is taken.
        """
        now = self._clock()
        token = _prefix(holder) + secrets.token_hex(8)
        with self._database.writing() as session:
            statement = (
                update(Job)
                .where(Job.id == turns.job_to_do(session, job_id, now), _claimable(now))
                .values(
                    state="running",
                    lease=token,
                    due_ms=self._lease_end(),
                    started_ms=now,
                    attempts=Job.attempts + 1,
                )
                .returning(Job.id, Job.kind, Job.subject_id, Job.attempts)
                .execution_options(synchronize_session=False)
            )
            row = session.execute(statement).one_or_none()
        if row is None:
            return None
        taken, kind, subject_id, attempt = row
        return Lease(taken, kind, subject_id, token, attempt, attempt > self._max_attempts)

    def is_held(self, lease: Lease) -> bool:
        """Return whether a lease still holds; a lost one is told so."""
        if self._database.look_up(select(Job.id).where(_held(lease))) is None:
            lease.lose()
        return not lease.is_lost()

    def extend(self, lease: Lease) -> bool:
        """Keep a lease for another while; False when it is lost."""
        with self._database.writing() as session:
            return bool(_change(session, _held(lease), due_ms=self._lease_end()))

    def finish(
        self,
        session: Session,
        lease: Lease,
        state: Literal["done", "failed"] = "done",
        error: str = "",
    ) -> None:
        """End a job together with what it made, or raise LeaseLostError so that neither happens."""
        self._give_up_lease(session, lease, state=state, error=error, due_ms=self._clock())

    def postpone(
        self, session: Session, lease: Lease, seconds: float, *, counts: bool = True
    ) -> None:
        """Put a job back, to be tried again later; `counts` says whether this was an attempt."""
        self._give_up_lease(
            session,
            lease,
            state="queued",
            due_ms=self._clock() + round(seconds * 1000),
            attempts=Job.attempts if counts else Job.attempts - 1,
        )

    def fail(self, lease: Lease, error: str) -> None:
        """Mark a job failed, on its own: for when its handler can't."""
        with self._database.writing() as session:
            self.finish(session, lease, "failed", error)

    def retry(self, lease: Lease, seconds: float, *, counts: bool = True) -> None:
        """Postpone a job, on its own."""
        with self._database.writing() as session:
            self.postpone(session, lease, seconds, counts=counts)

    def cancel(self, session: Session, kind: str, subject_ids: Sequence[int]) -> int:
        """Cancel the subjects' open jobs; a running one learns of it with its next heartbeat."""
        which = and_(Job.kind == kind, Job.subject_id.in_(subject_ids), Job.state.in_(OPEN_STATES))
        return len(_change(session, which, state="cancelled", lease=None, due_ms=self._clock()))

    def requeue(
        self, session: Session, kind: str, subject_id: int, *, owner_id: int | None = None
    ) -> int:
        """Start a subject's last job anew, and return its id to be sent; an open one stays."""
        last = select(func.max(Job.id)).where(Job.kind == kind, Job.subject_id == subject_id)
        job_id = session.scalar(last)
        if job_id is None:
            return self.add(session, kind, [subject_id], owner_id=owner_id)[0]
        which = and_(Job.id == job_id, Job.state.in_(ENDED_STATES))
        now = self._clock()
        _change(
            session,
            which,
            state="queued",
            attempts=0,
            error="",
            due_ms=now,
            rank=now * RANKS_A_MS,
            owner_id=owner_id,
        )
        return job_id

    def soon(self, session: Session, kind: str, subject_id: int) -> list[int]:
        """See to it that a job of a subject begins after this transaction.

        One that is postponed is brought forward. One that runs may have looked before this, so
        that it does not count. Returns what is to be sent: nothing where one is on its way.
        """
        waiting = select(Job.id, Job.due_ms).where(
            Job.kind == kind, Job.subject_id == subject_id, Job.state == "queued"
        )
        # Locked: whoever takes it waits for this transaction, and sees what it has written.
        found = session.execute(waiting.order_by(Job.due_ms).limit(1).with_for_update()).first()
        if found is None:
            return self.add(session, kind, [subject_id])
        now = self._clock()
        if found.due_ms <= now:
            return []
        return _change(session, Job.id == found.id, due_ms=now)

    def is_waiting(self, session: Session, kind: str, subject_id: int) -> bool:
        """Return whether a job of a subject is still to begin."""
        which = and_(Job.kind == kind, Job.subject_id == subject_id, Job.state == "queued")
        return session.scalar(select(Job.id).where(which).limit(1)) is not None

    def overdue(self, limit: int) -> list[int]:
        """Return jobs that no message will bring: lost, postponed, or left by a dead worker."""
        now = self._clock()
        lost = and_(Job.state == "queued", Job.due_ms < now - LOST_MESSAGE_MS)
        postponed = and_(Job.state == "queued", Job.due_ms <= now, Job.attempts > 0)
        abandoned = and_(Job.state == "running", Job.due_ms < now)
        which = and_(or_(lost, postponed, abandoned), turns.may_go_on())
        with self._database.reading() as session:
            return list(
                session.scalars(select(Job.id).where(which).order_by(Job.due_ms).limit(limit))
            )

    def release(self, holder: str) -> int:
        """Give back, and send, all that this holder held when it died; call it before working."""
        which = and_(Job.state == "running", Job.lease.startswith(_prefix(holder), autoescape=True))
        with self._database.writing() as session:
            job_ids = _change(session, which, state="queued", lease=None, due_ms=self._clock())
        self.send(job_ids)
        return len(job_ids)

    def counts(self) -> dict[str, int]:
        """Return how many jobs are in each state."""
        with self._database.reading() as session:
            rows = session.execute(select(Job.state, func.count()).group_by(Job.state))
            return dict.fromkeys(STATES, 0) | dict(rows.all())

    def purge_finished(self, older_than_ms: int) -> int:
        """Delete jobs that ended more than this many milliseconds ago."""
        old = and_(Job.state.in_(ENDED_STATES), Job.due_ms < self._clock() - older_than_ms)
        with self._database.writing() as session:
            return len(session.scalars(delete(Job).where(old).returning(Job.id)).all())

    def _lease_end(self) -> int:
        return self._clock() + round(self.lease_seconds * 1000)

    def _give_up_lease(self, session: Session, lease: Lease, **values: Any) -> None:
        if not _change(session, _held(lease), lease=None, **values):
            lease.lose()
            message = "The job was cancelled or taken over by another worker."
            raise LeaseLostError(message)


def _prefix(holder: str) -> str:
    return f"{holder[:HOLDER_LENGTH]}:"


def _claimable(now: int) -> ColumnElement[bool]:
    waiting = and_(Job.state == "queued", Job.due_ms <= now + turns.CLOCK_SKEW_MS)
    abandoned = and_(Job.state == "running", Job.due_ms < now)
    return or_(waiting, abandoned)


def _held(lease: Lease) -> ColumnElement[bool]:
    return and_(Job.id == lease.job_id, Job.lease == lease.token, Job.state == "running")


def _change(session: Session, which: ColumnElement[bool], **values: Any) -> list[int]:
    """Change jobs in one statement; return the ids of those that it found."""
    statement = update(Job).where(which).values(**values).returning(Job.id)
    return list(session.scalars(statement.execution_options(synchronize_session=False)))
