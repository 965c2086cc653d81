"""What is in an album: pictures are added, taken out, put in order and paged."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from webapp.errors import NotFoundError
from webapp.models import Album, AlbumImage, Database, Image
from webapp.services.accounts import Viewer
from webapp.services.changes import hold_owner
from webapp.services.image_rows import own_row
from webapp.services.library import album_rows
from webapp.services.library.album_views import views
from webapp.services.library.chosen import NOT_FOUND, Failure, keys_of, pieces
from webapp.services.pictures import Picture
from webapp.services.revisions import Expected, check_revision

PAGE_SIZE = 60
NOT_IN_IT = "This picture is not in the album."
NO_PICTURE = Failure("no_picture", "This picture is not there: it failed, or is in the trash.")

Place = tuple[int, int]
"""Where a page ended: a position, and the key of the image that stands there."""


@dataclass(frozen=True, slots=True)
class ContentsPage:
    """Some pictures of an album in its order, and the place that asks for those after them."""

    pictures: tuple[Picture, ...]
    next_cursor: Place | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """How many images came or went, and why others did not, by their ids."""

    changed: int
    failed: dict[str, Failure] = field(default_factory=dict)


class AlbumContents:
    """Keeps the pictures of albums; `changed` hears the ids of those that leave one."""

    def __init__(self, database: Database, changed: Callable[[str], None]) -> None:
        self._database = database
        self._changed = changed

    def page(
        self, uid: str, owner: Viewer, after: Place | None = None, limit: int = PAGE_SIZE
    ) -> ContentsPage:
        """Return a page of an album in its order, without what is in the trash."""
        with self._database.reading() as session:
            album = album_rows.own_album(session, uid, owner)
            wanted = (
                select(Image, AlbumImage.position)
                .join(AlbumImage, AlbumImage.image_id == Image.id)
                .where(AlbumImage.album_id == album.id, Image.deleted_ms.is_(None))
                .order_by(AlbumImage.position, AlbumImage.image_id)
            )
            if after is not None:
                position, key = after
                beyond = AlbumImage.position > position
                tied = and_(AlbumImage.position == position, AlbumImage.image_id > key)
                wanted = wanted.where(or_(beyond, tied))
            found = session.execute(wanted.limit(limit + 1)).all()
        last = (found[limit - 1][1], found[limit - 1][0].id) if len(found) > limit else None
        return ContentsPage(tuple(Picture.of(row) for row, _ in found[:limit]), last)

    def add(
        self, uid: str, owner: Viewer, image_uids: Sequence[str], expected: Expected = None
    ) -> Moved:
        """Put images at the end of an album; those in it already stay where they are.

        What failed or is in the trash can't be added. Raises ChangedError, as `remove` and `move`
        do, where the album's revision is none of those `expected` when the work begins.
        """
        moved, failed = 0, dict[str, Failure]()
        for piece in pieces(dict.fromkeys(image_uids)):
            with self._database.writing() as session:
                hold_owner(session, owner.id)
                album = _as_expected(session, uid, owner, expected)
                expected = None
                keys = keys_of(session, owner, piece)
                failed |= {image: NOT_FOUND for image in piece if image not in keys}
                fit = set(fitting(session, list(keys.values())))
                failed |= {image: NO_PICTURE for image, key in keys.items() if key not in fit}
                here = album_rows.positions(session, album, list(fit))
                new = [key for key in keys.values() if key in fit and key not in here]
                if new:
                    album_rows.append(session, album, new)
                    album_rows.mark_changed(session, album, new)
                moved += len(new)
        return Moved(moved, failed)

    def remove(
        self, uid: str, owner: Viewer, image_uids: Sequence[str], expected: Expected = None
    ) -> Moved:
        """Take images out of an album; the pictures themselves stay."""
        moved, failed = 0, dict[str, Failure]()
        for piece in pieces(dict.fromkeys(image_uids)):
            with self._database.writing() as session:
                hold_owner(session, owner.id)
                album = _as_expected(session, uid, owner, expected)
                expected = None
                keys = keys_of(session, owner, piece)
                here = album_rows.positions(session, album, list(keys.values()))
                gone = {image: key for image, key in keys.items() if key in here}
                failed |= {image: NOT_FOUND for image in piece if image not in gone}
                if gone:
                    take_out(session, album.id, list(gone.values()))
                    album_rows.mark_changed(session, album, list(gone.values()))
                    self._tell(gone)
                moved += len(gone)
            self._tell(gone)
        return Moved(moved, failed)

    def move(
        self,
        uid: str,
        owner: Viewer,
        image_uid: str,
        to: Literal["first", "last"] | None = None,
        *,
        before: str = "",
        expected: Expected = None,
    ) -> None:
        """Move a picture of an album to its beginning or end, or right before another one.

        Raises NotFoundError where one of the two is not in the album.
        """
        with self._database.writing() as session:
            hold_owner(session, owner.id)
            album = _as_expected(session, uid, owner, expected)
            moving = _inside(session, album.id, image_uid, owner)
            if before:
                target = _inside(session, album.id, before, owner)
                if target is moving:
                    return
                moving.position = album_rows.before(session, album, target, moving.image_id)
            else:
                edge = album_rows.first if to == "first" else album_rows.last
                moving.position = edge(session, album)
            album_rows.mark_changed(session, album)

    def step(
        self, uid: str, owner: Viewer, image_uid: str, direction: Literal["up", "down"]
    ) -> None:
        """Exchange a picture of an album with its neighbour; the last one down stays."""
        with self._database.writing() as session:
            hold_owner(session, owner.id)
            album = album_rows.own_album(session, uid, owner)
            moving = _inside(session, album.id, image_uid, owner)
            beside = album_rows.neighbour(session, moving, direction)
            if beside is None:
                return
            if direction == "up":
                moving.position = album_rows.before(session, album, beside, moving.image_id)
            else:
                beside.position = album_rows.before(session, album, moving, beside.image_id)
            album_rows.mark_changed(session, album)

    def _tell(self, image_uids: Sequence[str] | dict[str, int]) -> None:
        for image in image_uids:
            self._changed(image)


def fitting(session: Session, keys: Sequence[int]) -> list[int]:
    """Return those of some images that can be in an album: ready or pending, not thrown away."""
    return list(
        session.scalars(
            select(Image.id).where(
                Image.id.in_(keys), Image.state != "failed", Image.deleted_ms.is_(None)
            )
        )
    )


def take_out(session: Session, album_id: int, keys: Sequence[int]) -> None:
    """Take images out of an album."""
    session.execute(
        delete(AlbumImage).where(AlbumImage.album_id == album_id, AlbumImage.image_id.in_(keys))
    )


def _as_expected(session: Session, uid: str, owner: Viewer, expected: Expected) -> Album:
    """Return one of a person's own albums; raises ChangedError for one in another state."""
    album = album_rows.own_album(session, uid, owner)
    if expected is not None:
        check_revision(views(session, [album])[0].revision, expected)
    return album


def _inside(session: Session, album_id: int, image_uid: str, owner: Viewer) -> AlbumImage:
    row = session.get(AlbumImage, (album_id, own_row(session, image_uid, owner).id))
    if row is None:
        raise NotFoundError(NOT_IN_IT)
    return row
