"""Jobs: the truth about work that is waiting, running or done; a queue only carries their ids."""

from sqlalchemy import BigInteger, CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, now_ms


class Job(Base):
    """One piece of work. Whoever holds the `lease` may finish it, until `due_ms` has passed.

    `due_ms` means "not before" while queued, and "the lease ends" while running.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint(
            "state in ('queued', 'running', 'done', 'failed', 'cancelled')", name="state"
        ),
        Index("ix_job_due", "state", "due_ms"),
        Index("ix_job_subject", "kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), default="queued")
    lease: Mapped[str | None] = mapped_column(String(64))
    due_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms)
    attempts: Mapped[int] = mapped_column(default=0)
    created_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms)
    error: Mapped[str] = mapped_column(Text, default="")
