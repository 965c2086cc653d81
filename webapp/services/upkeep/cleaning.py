"""The cleaner: takes away what nobody will ask for any more."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, func, or_, select

from webapp.models import (
    Base,
    Database,
    IdempotencyKey,
    Job,
    SignInLink,
    UndoStep,
    UserSession,
    now_ms,
)
from webapp.models.job import ENDED_STATES
from webapp.services.idempotency import KEPT_MS
from webapp.services.library.undoing import REMEMBERED_MS
from webapp.services.renditions.purging import Purger
from webapp.services.upkeep.ports import Inventory
from webapp.services.upkeep.shards import shards
from webapp.services.upkeep.strays import Strays

DAY_MS = 24 * 3600 * 1000
JOBS_KEPT_MS = 7 * DAY_MS


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What was taken away: what kind of things, how many, and how many bytes they took on disk."""

    what: str
    count: int
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class _Stale:
    """Rows of a table that nobody will ask for."""

    what: str
    table: type[Base]
    condition: ColumnElement[bool]


class Cleaner:
    """Takes away files that no image names, renditions of what is gone, and rows that have ended.

    It works beside a server. With `dry_run` everything stays, and it says what would go.
    """

    def __init__(
        self,
        database: Database,
        store: Inventory,
        purger: Purger,
        *,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        self._database = database
        self._store = store
        self._purger = purger
        self._clock = clock
        self._strays = Strays(database, store, clock=lambda: clock() / 1000)

    def clean(self, *, dry_run: bool = False, force: bool = False) -> Iterator[Cleaned]:
        """Give what was taken away, kind by kind, also where there was nothing of a kind.

        Raises ConflictError before anything is, where most originals belong to no image, unless
        it is to `force` that.
        """
        if not (dry_run or force):
            self._strays.refuse_many()
        yield self._files(dry_run=dry_run)
        yield self._leftovers(dry_run=dry_run)
        yield self._renditions(dry_run=dry_run)
        for stale in _stale(self._clock()):
            yield self._rows(stale, dry_run=dry_run)

    def _files(self, *, dry_run: bool) -> Cleaned:
        sizes = [
            entry.size
            for shard in shards(self._database, self._store)
            for entry in self._strays.among(shard)
            if dry_run or self._strays.remove(entry.key)
        ]
        return Cleaned("files that no image names", len(sizes), sum(sizes))

    def _leftovers(self, *, dry_run: bool) -> Cleaned:
        found = self._store.leftovers()
        size = sum(path.stat().st_size for path in found if path.exists())
        if not dry_run:
            self._store.sweep()
        return Cleaned("files that were never finished", len(found), size)

    def _renditions(self, *, dry_run: bool) -> Cleaned:
        found = self._purger.unclaimed()
        gone = found.values() if dry_run else [self._purger.forget(digest) for digest in found]
        return Cleaned("renditions of what is gone", sum(gone))

    def _rows(self, stale: _Stale, *, dry_run: bool) -> Cleaned:
        counted = select(func.count()).select_from(stale.table).where(stale.condition)
        with self._database.writing() as session:
            count = session.scalars(counted).one()
            if count and not dry_run:
                session.execute(delete(stale.table).where(stale.condition))
        return Cleaned(stale.what, count)


def _stale(now: int) -> list[_Stale]:
    is_used_up = or_(SignInLink.expires_ms < now, SignInLink.used_ms.is_not(None))
    has_ended = and_(Job.state.in_(ENDED_STATES), Job.due_ms < now - JOBS_KEPT_MS)
    return [
        _Stale("expired sessions", UserSession, UserSession.expires_ms < now),
        _Stale("used or expired sign-in links", SignInLink, is_used_up),
        _Stale("finished jobs", Job, has_ended),
        _Stale("old idempotency keys", IdempotencyKey, IdempotencyKey.created_ms < now - KEPT_MS),
        _Stale("old undo steps", UndoStep, UndoStep.created_ms < now - REMEMBERED_MS),
    ]
