"""A person's queue as they steer it: pause and go on, and what comes next."""

from typing import get_args

from sqlalchemy import select, update

from webapp.errors import InvalidError
from webapp.models import Database, Job, User
from webapp.services import turns
from webapp.services.accounts import Viewer
from webapp.services.changes import hold_owner, touch
from webapp.services.generations.making import JOB_KIND
from webapp.services.image_rows import own_row
from webapp.services.jobs import Jobs

MOST_MESSAGES = 1000
"""Sent at once when work goes on; the sweep brings the rest."""


class WorkQueue:
    """Steers the pictures that wait; those that are being made are left alone."""

    def __init__(self, database: Database, jobs: Jobs) -> None:
        self._database = database
        self._jobs = jobs

    def is_paused(self, owner: Viewer) -> bool:
        """Return whether a person has paused their queue."""
        return bool(self._database.look_up(select(User.is_paused).where(User.id == owner.id)))

    def pause(self, owner: Viewer) -> None:
        """Begin none of a person's waiting pictures, until they go on."""
        self._set_paused(owner, is_paused=True)

    def go_on(self, owner: Viewer) -> None:
        """Go on with a person's waiting pictures."""
        self._set_paused(owner, is_paused=False)
        with self._database.reading() as session:
            waiting = [job.id for job in turns.waiting_jobs(session, owner.id)]
        self._jobs.send(waiting[:MOST_MESSAGES])

    def move(self, uid: str, owner: Viewer, direction: str) -> None:
        """Move a waiting picture: `first`, `up`, `down` or `last`.

        One that does not wait any more stays where it is. Raises InvalidError for another word.
        """
        with self._database.writing() as session:
            hold_owner(session, owner.id)
            row = own_row(session, uid, owner)
            wanted = _direction(direction)
            touch(session, owner.id)
            waiting = turns.waiting_jobs(session, owner.id)
            mine = [job for job in waiting if job.kind == JOB_KIND and job.subject_id == row.id]
            if mine:
                turns.move(waiting, mine[0], wanted)

    def order(self, owner: Viewer) -> dict[int, int]:
        """Return the place, from 0, of each waiting picture by its key."""
        wanted = (
            select(Job.subject_id)
            .where(Job.state == "queued", Job.owner_id == owner.id, Job.kind == JOB_KIND)
            .order_by(Job.rank, Job.id)
        )
        with self._database.reading() as session:
            return {key: place for place, key in enumerate(session.scalars(wanted))}

    def _set_paused(self, owner: Viewer, *, is_paused: bool) -> None:
        with self._database.writing() as session:
            touch(session, owner.id)
            session.execute(update(User).where(User.id == owner.id).values(is_paused=is_paused))


def _direction(word: str) -> turns.Direction:
    known: dict[str, turns.Direction] = {name: name for name in get_args(turns.Direction)}
    if word not in known:
        msg = f"A picture moves {', '.join(known)}; not {word[:20]!r}."
        raise InvalidError(msg)
    return known[word]
