"""Jobs: the truth about work that is waiting, running or done; a queue only carries their ids."""

import threading
from dataclasses import dataclass, field

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, now_ms

STATES = ("queued", "running", "done", "failed", "cancelled")
OPEN_STATES = ("queued", "running")
ENDED_STATES = ("done", "failed", "cancelled")


class Job(Base):
    """One piece of work. Whoever holds the `lease` may finish it, until `due_ms` has passed.

    Those with an owner take turns with other owners'; an owner's own go by `rank`. `started_ms`
    is when the last attempt began.
    `due_ms` means "not before" while queued, "the lease ends" while running, and "ended at" then.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint(
            "state in ('queued', 'running', 'done', 'failed', 'cancelled')", name="state"
        ),
        Index("ix_job_due", "state", "due_ms"),
        Index("ix_job_subject", "kind", "subject_id"),
        Index("ix_job_turn", "state", "owner_id", "rank"),
        Index("ix_job_served", "owner_id", "started_ms"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    rank: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    state: Mapped[str] = mapped_column(String(16), default="queued")
    lease: Mapped[str | None] = mapped_column(String(64))
    due_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms)
    attempts: Mapped[int] = mapped_column(default=0)
    created_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms)
    started_ms: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    error: Mapped[str] = mapped_column(Text, default="")


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a job, until it is finished or lost.

    It is lost when the job was cancelled, or taken over after this process fell silent.
    `attempt` counts from 1. An `exhausted` one was tried too often: its work must be given up.
    """

    job_id: int
    kind: str
    subject_id: int
    token: str
    attempt: int
    exhausted: bool = False
    lost: threading.Event = field(default_factory=threading.Event, compare=False, repr=False)

    def is_lost(self) -> bool:
        """Return whether the work is no longer wanted here; long work asks now and then."""
        return self.lost.is_set()

    def lose(self) -> None:
        """Tell whoever works under this lease to stop."""
        self.lost.set()
