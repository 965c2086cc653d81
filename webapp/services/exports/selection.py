"""Selections: which pictures leave, a page at a time, so that any number of them can."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, true, tuple_

from webapp.errors import InvalidError, NotFoundError
from webapp.models import Album, AlbumImage, Database, Image, is_public_id
from webapp.services.accounts import Viewer
from webapp.services.pictures import Picture

AT_ONCE = 200
MOST_IDS = 10_000
NO_ALBUM = "There is no such album."


@dataclass(frozen=True, slots=True)
class Page:
    """Some pictures of a selection, in its order, and the ids that are none."""

    pictures: tuple[Picture, ...]
    unknown: tuple[str, ...] = ()


class Selections:
    """Finds the pictures that a person wants to have: finished ones, outside the trash."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_ids(self, owner: Viewer, uids: Sequence[str]) -> Iterator[Page]:
        """Give the pictures of some ids; raises InvalidError for none and for too many."""
        wanted = list(dict.fromkeys(uids))
        if not wanted or len(wanted) > MOST_IDS:
            msg = f"Choose the pictures first, from one to {MOST_IDS:,} of them."
            raise InvalidError(msg, fields={"ids": ["invalid"]})
        steps = range(0, len(wanted), AT_ONCE)
        return (self._named(owner, wanted[first : first + AT_ONCE]) for first in steps)

    def of_album(self, owner: Viewer, album: Album) -> Iterator[Page]:
        """Give the pictures of an album, in its order."""
        place = tuple_(AlbumImage.position, AlbumImage.image_id)
        beyond: ColumnElement[bool] = true()
        while True:
            wanted = (
                select(Image, AlbumImage.position)
                .join(AlbumImage, AlbumImage.image_id == Image.id)
                .where(AlbumImage.album_id == album.id, beyond, *_shown(owner))
                .order_by(AlbumImage.position, AlbumImage.image_id)
                .limit(AT_ONCE)
            )
            with self._database.reading() as session:
                rows = session.execute(wanted).all()
            if not rows:
                return
            beyond = place > (rows[-1][1], rows[-1][0].id)
            yield Page(tuple(Picture.of(row) for row, _ in rows))

    def everything(self, owner: Viewer) -> Iterator[Page]:
        """Give all of a person's pictures, the oldest first."""
        last = 0
        while True:
            wanted = select(Image).where(Image.id > last, *_shown(owner))
            with self._database.reading() as session:
                rows = session.scalars(wanted.order_by(Image.id).limit(AT_ONCE)).all()
            if not rows:
                return
            last = rows[-1].id
            yield Page(tuple(map(Picture.of, rows)))

    def album(self, owner: Viewer, uid: str) -> Album:
        """Return one of a person's albums; raises NotFoundError."""
        mine = select(Album).where(Album.uid == uid, Album.owner_id == owner.id)
        with self._database.reading() as session:
            row = session.scalar(mine) if is_public_id(uid) else None
        if row is None:
            raise NotFoundError(NO_ALBUM)
        return row

    def _named(self, owner: Viewer, uids: Sequence[str]) -> Page:
        named = Image.uid.in_([uid for uid in uids if is_public_id(uid)])
        with self._database.reading() as session:
            rows = session.scalars(select(Image).where(named, *_shown(owner)))
            found = {row.uid: Picture.of(row) for row in rows}
        pictures = tuple(found[uid] for uid in uids if uid in found)
        return Page(pictures, tuple(uid for uid in uids if uid not in found))


def _shown(owner: Viewer) -> tuple[ColumnElement[bool], ...]:
    return Image.owner_id == owner.id, Image.state == "ready", Image.deleted_ms.is_(None)
