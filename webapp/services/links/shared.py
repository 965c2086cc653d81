"""The pictures that a link opens: one, or all that are in an album now."""

from dataclasses import dataclass

from sqlalchemy import Row, Select, select, tuple_

from webapp.errors import GoneError, NotFoundError
from webapp.models import Album, AlbumImage, Database, Image, is_public_id
from webapp.services.accounts import Viewer
from webapp.services.image_rows import MISSING
from webapp.services.images.known import KnownPictures
from webapp.services.links.grants import Grant
from webapp.services.pictures import Picture

PAGE_SIZE = 60
NO_ALBUM = "There is no such album."
EMPTY = "There is no picture in this album."
LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class SharedAlbum:
    """An album as its guests see it."""

    title: str
    description: str


@dataclass(frozen=True, slots=True)
class SharedPage:
    """Some pictures of an album, in its order, and the cursor that asks for the next ones."""

    pictures: tuple[Picture, ...]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """The pictures before and after one in an album, by their ids."""

    previous: str | None
    next: str | None


class SharedPictures:
    """Reads what a grant opens, as its owner would see it, and nothing else of theirs."""

    def __init__(self, database: Database, pictures: KnownPictures) -> None:
        self._database = database
        self._pictures = pictures

    def picture(self, grant: Grant, uid: str) -> Picture:
        """Return a picture that a grant opens.

        Raises NotFoundError for any other, GoneError for one that was deleted.
        """
        if grant.image != uid and not (grant.album and self._is_in_album(grant, uid)):
            raise NotFoundError(MISSING)
        picture = self._pictures.get(uid, grant.owner)
        if picture.deleted is not None:
            msg = "This picture has been deleted."
            raise GoneError(msg)
        return picture

    def face(self, grant: Grant) -> Picture:
        """Return the picture that stands for a link: its own, or the cover of its album.

        Raises as `picture` does, and NotFoundError for an album in which there is none.
        """
        uid = grant.image or self._cover(grant)
        if not uid:
            raise NotFoundError(EMPTY)
        return self.picture(grant, uid)

    def album(self, grant: Grant) -> SharedAlbum:
        """Return a grant's album; raises GoneError where it was deleted."""
        wanted = select(Album).where(Album.uid == grant.album, Album.owner_id == grant.owner.id)
        with self._database.reading() as session:
            row = session.scalar(wanted)
        if row is None:
            msg = "This album has been deleted."
            raise GoneError(msg)
        return SharedAlbum(row.title, row.description)

    def own_title(self, uid: str, owner: Viewer) -> str:
        """Return the title of one of the owner's albums; else raise NotFoundError."""
        wanted = select(Album.title).where(Album.uid == uid, Album.owner_id == owner.id)
        title = self._database.look_up(wanted) if is_public_id(uid) else None
        if title is None:
            raise NotFoundError(NO_ALBUM)
        return title

    def page(self, grant: Grant, after: str = "", limit: int = PAGE_SIZE) -> SharedPage:
        """Return a page of an album's pictures; `after` is the cursor of the page before."""
        place = _place(after)
        wanted = _inside(grant).order_by(AlbumImage.position, AlbumImage.image_id)
        if place is not None:
            wanted = wanted.where(tuple_(AlbumImage.position, AlbumImage.image_id) > tuple_(*place))
        with self._database.reading() as session:
            rows = session.execute(wanted.limit(limit + 1)).all()
        shown = rows[:limit]
        pictures = tuple(Picture.of(row[0]) for row in shown)
        return SharedPage(pictures, _cursor(shown[-1]) if len(rows) > limit else None)

    def beside(self, grant: Grant, picture: Picture) -> Beside:
        """Return what stands before and after a picture of an album."""
        here = (
            select(AlbumImage.position)
            .join(Album, Album.id == AlbumImage.album_id)
            .where(Album.uid == grant.album, AlbumImage.image_id == picture.key)
        )
        order = tuple_(AlbumImage.position, AlbumImage.image_id)
        around = _inside(grant).with_only_columns(Image.uid)
        with self._database.reading() as session:
            position = session.scalar(here)
            if position is None:
                return Beside(None, None)
            place = tuple_(position, picture.key)
            before = around.where(order < place).order_by(
                AlbumImage.position.desc(), AlbumImage.image_id.desc()
            )
            behind = around.where(order > place).order_by(AlbumImage.position, AlbumImage.image_id)
            return Beside(session.scalar(before.limit(1)), session.scalar(behind.limit(1)))

    def _is_in_album(self, grant: Grant, uid: str) -> bool:
        wanted = (
            select(AlbumImage.image_id)
            .join(Album, Album.id == AlbumImage.album_id)
            .join(Image, Image.id == AlbumImage.image_id)
            .where(Album.uid == grant.album, Album.owner_id == grant.owner.id)
            .where(Image.uid == uid, Image.owner_id == grant.owner.id)
        )
        return is_public_id(uid) and self._database.look_up(wanted) is not None

    def _cover(self, grant: Grant) -> str:
        """Return the id of the picture that was chosen to stand for an album, or of its first."""
        chosen = Image.uid == Album.cover
        wanted = _inside(grant).with_only_columns(Image.uid)
        first = wanted.order_by(chosen.desc(), AlbumImage.position, AlbumImage.image_id)
        return self._database.look_up(first.limit(1)) or ""


def _inside(grant: Grant) -> Select[Image, int, int]:
    """Return the query of an album's pictures that can be looked at."""
    return (
        select(Image, AlbumImage.position, AlbumImage.image_id)
        .join(AlbumImage, AlbumImage.image_id == Image.id)
        .join(Album, Album.id == AlbumImage.album_id)
        .where(Album.uid == grant.album, Album.owner_id == grant.owner.id)
        .where(Image.owner_id == grant.owner.id, Image.state == "ready")
        .where(Image.deleted_ms.is_(None))
    )


def _cursor(row: Row[Image, int, int]) -> str:
    return f"{row[1]}.{row[2]}"


def _place(cursor: str) -> tuple[int, int] | None:
    """Return what a cursor stands for, None for what is none."""
    parts = cursor.split(".")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    position, key = (int(part[:20]) for part in parts)
    return (position, key) if position <= LARGEST and key <= 2**31 - 1 else None
