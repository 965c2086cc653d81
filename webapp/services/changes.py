"""Change counters: how an open page learns, with one number, that something is new."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.models import Database, Image, User, now_ms
from webapp.services.accounts import Viewer
from webapp.services.pictures import Picture

MOST_AT_ONCE = 200
RECENT_MS = 60_000


@dataclass(frozen=True, slots=True)
class Live:
    """What a page knows of its viewer's gallery: the version it shows, and whether work goes on."""

    version: int
    is_busy: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """What has happened since a version. `is_gap` means too much to tell piece by piece."""

    live: Live
    added: tuple[Picture, ...]
    changed: tuple[Picture, ...]
    removed: tuple[str, ...]
    ready_count: int
    is_gap: bool


def touch(session: Session, owner_id: int, *, images: int = 0) -> int:
    """Return the owner's next change number, inside the transaction that makes the change.

    `images` is how many more (or fewer) images the change leaves outside the trash.

    The row's lock puts transactions of one owner in order, so that no number becomes visible
    before a smaller one.
    """
    counted = (
        update(User)
        .where(User.id == owner_id)
        .values(change=User.change + 1, image_count=User.image_count + images)
        .returning(User.change)
    )
    return session.scalars(counted).one()


def hold_owner(session: Session, owner_id: int) -> None:
    """Wait until no other transaction changes an owner's images; come before any row of theirs.

    All take the owner's row first and images and jobs after it, so that no two wait for each
    other. On SQLite all that write wait for their turn anyway.
    """
    session.execute(select(User.id).where(User.id == owner_id).with_for_update())


class ChangeFeed:
    """Tells a viewer's pages what is new."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def live(self, viewer: Viewer) -> Live:
        """Return the version that a page drawn now would show."""
        with self._database.reading() as session:
            return _live(session, viewer)

    def version(self, viewer: Viewer) -> int:
        """Return the newest version alone: one indexed read."""
        with self._database.reading() as session:
            return _version(session, viewer)

    def since(self, viewer: Viewer, version: int) -> Changes | None:
        """Return what has happened since a version, or None when nothing has."""
        with self._database.reading() as session:
            if _version(session, viewer) == version:
                return None
            rows = session.scalars(
                select(Image)
                .where(Image.owner_id == viewer.id, Image.change > version)
                .order_by(Image.id)
                .limit(MOST_AT_ONCE + 1)
            ).all()
            live = _live(session, viewer)
        return _changes(live, rows, version)


def _version(session: Session, viewer: Viewer) -> int:
    return session.scalar(select(User.change).where(User.id == viewer.id)) or 0


def _live(session: Session, viewer: Viewer) -> Live:
    waiting = select(Image.id).where(
        Image.state == "pending", Image.owner_id == viewer.id, Image.deleted_ms.is_(None)
    )
    return Live(_version(session, viewer), session.scalar(waiting.limit(1)) is not None)


def _changes(live: Live, rows: Sequence[Image], version: int) -> Changes:
    here = [row for row in rows if row.deleted_ms is None]
    added = [row for row in here if row.born_change > version]
    changed = [row for row in here if row.born_change <= version]
    return Changes(
        live=live,
        added=tuple(Picture.of(row) for row in added),
        changed=tuple(Picture.of(row) for row in changed),
        removed=tuple(row.uid for row in rows if row.deleted_ms is not None),
        ready_count=sum(map(_has_just_come, here)),
        is_gap=len(rows) > MOST_AT_ONCE or version > live.version,
    )


def _has_just_come(row: Image) -> bool:
    """Return whether a change to a picture is that it was finished, as far as its row can tell.

    Bringing it back from the trash and saying who may see it are changes too.
    """
    was_made = row.state == "ready" and row.generation_id is not None
    is_old_change = row.change == row.born_change or row.visibility != "private"
    return was_made and not is_old_change and now_ms() - (row.ready_ms or 0) < RECENT_MS
