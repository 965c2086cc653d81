"""Albums: made, named, listed and deleted. The pictures themselves stay where they are."""

from collections.abc import Callable, Collection

from sqlalchemy import delete, select, update

from webapp.errors import InvalidError
from webapp.models import Album, AlbumImage, Database, Image, album
from webapp.services.accounts import Viewer
from webapp.services.changes import hold_owner, touch
from webapp.services.image_rows import own_row
from webapp.services.library.album_rows import mark_changed, own_album
from webapp.services.library.album_views import AlbumPage, AlbumView, views
from webapp.services.requests import clean
from webapp.services.revisions import Expected, check_revision

LONGEST_TITLE, LONGEST_DESCRIPTION = album.LONGEST_TITLE, 4000
PAGE_SIZE = 60
MOST_OFFERED = 500


class Albums:
    """Keeps a person's albums.

    `changed` hears the ids of images that a link to an album may have shown, before and after one
    is deleted, as `ImageManager` tells.
    """

    def __init__(self, database: Database, changed: Callable[[str], None]) -> None:
        self._database = database
        self._changed = changed

    def create(self, owner: Viewer, title: str, description: str = "") -> AlbumView:
        """Make an empty album; raises InvalidError for a title or a description that can't be."""
        row = Album(
            owner_id=owner.id, title=album_title(title), description=_description(description)
        )
        with self._database.writing() as session:
            hold_owner(session, owner.id)
            session.add(row)
            session.flush()
            return views(session, [row])[0]

    def get(self, uid: str, owner: Viewer) -> AlbumView:
        """Return one of a person's own albums; raises NotFoundError for any other."""
        with self._database.reading() as session:
            return views(session, [own_album(session, uid, owner)])[0]

    def page(self, owner: Viewer, before: int | None = None, limit: int = PAGE_SIZE) -> AlbumPage:
        """Return a page of a person's albums, newest first."""
        mine = select(Album).where(Album.owner_id == owner.id)
        if before is not None:
            mine = mine.where(Album.id < before)
        with self._database.reading() as session:
            rows = session.scalars(mine.order_by(Album.id.desc()).limit(limit + 1)).all()
            cursor = rows[limit - 1].id if len(rows) > limit else None
            return AlbumPage(views(session, rows[:limit]), cursor)

    def titles(self, owner: Viewer) -> dict[str, str]:
        """Return the titles of a person's newest albums by their ids, to choose among them."""
        mine = (
            select(Album.uid, Album.title)
            .where(Album.owner_id == owner.id)
            .order_by(Album.id.desc())
            .limit(MOST_OFFERED)
        )
        with self._database.reading() as session:
            return dict(session.execute(mine).all())

    def titled(self, owner: Viewer, uids: Collection[str]) -> dict[str, str]:
        """Return the titles of those of some albums that are a person's own, by their ids."""
        wanted = select(Album.uid, Album.title).where(
            Album.owner_id == owner.id, Album.uid.in_(uids)
        )
        with self._database.reading() as session:
            return dict(session.execute(wanted.order_by(Album.title, Album.id)).all())

    def called(self, owner: Viewer, title: str) -> str | None:
        """Return the id of a person's newest album with a title, None where there is none."""
        mine = select(Album.uid).where(
            Album.owner_id == owner.id, Album.title == album_title(title)
        )
        with self._database.reading() as session:
            return session.scalar(mine.order_by(Album.id.desc()).limit(1))

    def update(
        self,
        uid: str,
        owner: Viewer,
        *,
        title: str | None = None,
        description: str | None = None,
        cover: str | None = None,
        expected: Expected = None,
    ) -> AlbumView:
        """Change what is given of an album; a `cover` is an image in it, empty takes it back.

        Raises ChangedError where none of the `expected` revisions is the album's, and InvalidError
        for values that can't be.
        """
        with self._database.writing() as session:
            hold_owner(session, owner.id)
            row = own_album(session, uid, owner)
            check_revision(views(session, [row])[0].revision, expected)
            if title is not None:
                row.title = album_title(title)
            if description is not None:
                row.description = _description(description)
            if cover:
                image = own_row(session, cover, owner)
                if session.get(AlbumImage, (row.id, image.id)) is None:
                    msg = "A cover is a picture in the album. Add it first."
                    raise InvalidError(msg, fields={"cover": ["not_in_album"]})
            if cover is not None:
                row.cover = cover
            mark_changed(session, row)
            session.flush()
            return views(session, [row])[0]

    def delete(self, uid: str, owner: Viewer, expected: Expected = None) -> AlbumView:
        """Delete an album and return what it was; the pictures in it stay."""
        with self._database.writing() as session:
            hold_owner(session, owner.id)
            row = own_album(session, uid, owner)
            view = views(session, [row])[0]
            check_revision(view.revision, expected)
            inside = select(AlbumImage.image_id).where(AlbumImage.album_id == row.id)
            shown = session.scalars(select(Image.uid).where(Image.id.in_(inside))).all()
            change = touch(session, owner.id)
            session.execute(update(Image).where(Image.id.in_(inside)).values(change=change))
            session.execute(delete(AlbumImage).where(AlbumImage.album_id == row.id))
            session.delete(row)
            session.flush()
            for image in shown:
                self._changed(image)
        for image in shown:
            self._changed(image)
        return view


def album_title(text: str) -> str:
    """Return an album's title on one line; raises InvalidError for none, or a long one."""
    title = " ".join(clean(text[: 8 * LONGEST_TITLE]).split())
    if not 1 <= len(title) <= LONGEST_TITLE:
        msg = f"Give the album a title of 1 to {LONGEST_TITLE} characters."
        raise InvalidError(msg, fields={"title": [msg]})
    return title


def _description(text: str) -> str:
    described = clean(text[: 2 * LONGEST_DESCRIPTION])
    if len(described) > LONGEST_DESCRIPTION:
        msg = f"A description has at most {LONGEST_DESCRIPTION:,} characters."
        raise InvalidError(msg, fields={"description": [msg]})
    return described
