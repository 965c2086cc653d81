"""Finding pictures among a person's own, newest first."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from webapp.models import AlbumImage, Database, Image, ImageTag
from webapp.services.accounts import Viewer
from webapp.services.library.album_rows import own_album
from webapp.services.library.details import Details, details
from webapp.services.library.filters import Filter
from webapp.services.pictures import Picture, PicturePage
from webapp.services.templates.shelf import like

PAGE_SIZE = 60


class Finder:
    """Finds a person's pictures by a filter."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, owner: Viewer, wanted: Filter, before: int | None = None, limit: int = PAGE_SIZE
    ) -> PicturePage:
        """Return a page of what a filter finds; raises NotFoundError for an unknown album."""
        with self._database.reading() as session:
            found = matching(session, owner, wanted, before).limit(limit + 1)
            keys = session.scalars(found).all()
            rows = session.scalars(
                select(Image).where(Image.id.in_(keys[:limit])).order_by(Image.id.desc())
            ).all()
        cursor = keys[limit - 1] if len(keys) > limit else None
        return PicturePage(tuple(Picture.of(row) for row in rows), cursor)

    def ids(self, owner: Viewer, wanted: Filter, limit: int) -> dict[int, str]:
        """Return the ids of what a filter finds by their keys, newest first, at most so many.

        Raises as `page` does.
        """
        with self._database.reading() as session:
            found = matching(session, owner, wanted).limit(limit).subquery()
            images = select(Image.id, Image.uid).where(Image.id.in_(select(found)))
            return dict(session.execute(images.order_by(Image.id.desc())).all())

    def details(self, pictures: Sequence[Picture]) -> Mapping[int, Details]:
        """Return what stands beside some pictures in other tables, by their keys."""
        with self._database.reading() as session:
            return details(session, pictures)


def matching(
    session: Session, owner: Viewer, wanted: Filter, before: int | None = None
) -> Select[int]:
    """Return the query for the keys of what a filter finds, newest first.

    It starts from the small table where there is one: the rows of a tag or of an album are in the
    order of the images' keys already, so that a page of them reads no more than it shows.
    """
    if wanted.tag:
        key: ColumnElement[int] = ImageTag.__table__.c.image_id
        found = select(key).where(ImageTag.owner_id == owner.id, ImageTag.tag == wanted.tag)
    elif wanted.album:
        key = AlbumImage.__table__.c.image_id
        found = select(key).where(AlbumImage.album_id == own_album(session, wanted.album, owner).id)
    else:
        key = Image.__table__.c.id
        found = select(key).where(*_conditions(owner, wanted))
    if wanted.tag or wanted.album:
        found = found.where(
            select(Image.id).where(Image.id == key, *_conditions(owner, wanted)).exists()
        )
    if wanted.tag and wanted.album:
        album = own_album(session, wanted.album, owner)
        inside = select(AlbumImage.image_id).where(
            AlbumImage.album_id == album.id, AlbumImage.image_id == key
        )
        found = found.where(inside.exists())
    if before is not None:
        found = found.where(key < before)
    return found.order_by(key.desc())


def _conditions(owner: Viewer, wanted: Filter) -> Iterator[ColumnElement[bool]]:
    """Return the conditions on the image's own row."""
    yield Image.owner_id == owner.id
    yield Image.deleted_ms.is_not(None) if wanted.trash else Image.deleted_ms.is_(None)
    if wanted.state:
        yield Image.state == wanted.state
    if wanted.visibility:
        yield Image.visibility == wanted.visibility
    for word in wanted.words:
        patterns = [like(spelling) for spelling in _spellings(word)]
        yield or_(
            *(
                func.lower(column).like(pattern, escape="\\")
                for column in (Image.prompt, Image.filename)
                for pattern in patterns
            )
        )


def _spellings(word: str) -> dict[str, None]:
    """Return a word as `lower` of a database may leave it: SQLite's knows no letters but ASCII."""
    spelt = (word.lower(), word, word.upper(), word.capitalize())
    return dict.fromkeys(_lower_ascii(text) for text in spelt)


def _lower_ascii(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)
