"""Turns: whose job comes next, so that a hundred pictures of one person hold up nobody else."""

from typing import Literal

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from webapp.models import User
from webapp.models.job import Job

CLOCK_SKEW_MS = 1_000  # the host that queued a job may be a little ahead of the worker's

NONE_WAITS = -1

Direction = Literal["first", "up", "down", "last"]


def job_to_do(session: Session, job_id: int, now: int) -> int:
    """Return the job that a message about one shall start.

    That is the job itself where it takes no turns or was left by a dead worker. Else it is the
    next one of the owner who has the fewest running, and among those of who was served longest ago:
    the job itself may have been begun by the message of another one, which then is to be begun now.
    """
    asked = session.execute(_ASKED, {"job_id": job_id, "now": now}).one_or_none()
    if asked is None or asked.owner_id is None or asked.is_abandoned:
        return job_id
    latest = now + CLOCK_SKEW_MS
    for owner_id in session.scalars(_OWNERS_IN_TURN, {"latest": latest}).all():
        found = session.scalar(_NEXT_OF_OWNER, {"owner_id": owner_id, "latest": latest})
        if found is not None:
            return found
    return NONE_WAITS


def may_go_on() -> ColumnElement[bool]:
    """Return the condition that a job's owner has not paused."""
    paused = select(User.id).where(User.is_paused)
    return or_(Job.owner_id.is_(None), Job.state != "queued", Job.owner_id.not_in(paused))


def waiting_jobs(session: Session, owner_id: int) -> list[Job]:
    """Return a person's waiting jobs in the order in which they will be done."""
    mine = and_(Job.state == "queued", Job.owner_id == owner_id)
    return list(session.scalars(select(Job).where(mine).order_by(Job.rank, Job.id)))


def move(waiting: list[Job], job: Job, direction: Direction) -> None:
    """Give a waiting job another place among its owner's, in `waiting_jobs`' order."""
    place, last = waiting.index(job), len(waiting) - 1
    if direction == "first" and place > 0:
        job.rank = waiting[0].rank - 1
    elif direction == "last" and place < last:
        job.rank = waiting[-1].rank + 1
    elif direction == "up" and place > 0:
        _swap(waiting, place - 1)
    elif direction == "down" and place < last:
        _swap(waiting, place)


def _swap(waiting: list[Job], place: int) -> None:
    """Let a waiting job and the one after it change places."""
    for item, rank in zip(waiting, _rising([item.rank for item in waiting]), strict=True):
        item.rank = rank
    one, other = waiting[place], waiting[place + 1]
    one.rank, other.rank = other.rank, one.rank


def _rising(ranks: list[int]) -> list[int]:
    """Return the ranks with equal ones told apart."""
    told: list[int] = []
    for rank in ranks:
        told.append(max(rank, told[-1] + 1) if told else rank)
    return told


def _asked() -> Select[int | None, bool]:
    is_abandoned = and_(Job.state == "running", Job.due_ms < bindparam("now"))
    wanted = select(Job.owner_id, is_abandoned.label("is_abandoned"))
    return wanted.where(Job.id == bindparam("job_id"))


def _owners_in_turn() -> Select[int]:
    """Return who waits, next one first. People are few and jobs may be many: it asks for each."""
    mine = Job.owner_id == User.id
    waits = select(Job.id).where(mine, _waits()).exists()
    running = select(func.count()).select_from(Job).where(mine, Job.state == "running")
    served = select(func.coalesce(func.max(Job.started_ms), 0)).where(mine)
    first = select(func.min(Job.rank)).where(mine, Job.state == "queued")
    order = [part.scalar_subquery() for part in (running, served, first)]
    return select(User.id).where(User.is_paused.is_(False), waits).order_by(*order)


def _next_of_owner() -> Select[int]:
    wanted = select(Job.id).where(_waits(), Job.owner_id == bindparam("owner_id"))
    first = wanted.order_by(Job.rank, Job.id).limit(1)
    return first.with_for_update(skip_locked=True)  # another worker may be taking it right now


def _waits() -> ColumnElement[bool]:
    # The sum keeps SQLite from choosing the index of due times: nearly all that waits is due.
    return and_(Job.state == "queued", Job.due_ms + 0 <= bindparam("latest"))


# Put together once: that takes longer than to run them.
_ASKED, _OWNERS_IN_TURN, _NEXT_OF_OWNER = _asked(), _owners_in_turn(), _next_of_owner()
