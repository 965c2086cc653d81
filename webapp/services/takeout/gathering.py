"""Gathering: a person's rows become records, a page at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from webapp.models import (
    Album,
    AlbumImage,
    Database,
    Generation,
    Image,
    Template,
    TemplateVersion,
)
from webapp.models.base import Base
from webapp.services.accounts import Viewer
from webapp.services.library import facts
from webapp.services.takeout import rows as to
from webapp.services.takeout.records import FILES, Record

AT_ONCE = 200
T = TypeVar("T", Album, Generation, Template)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much a take-out will hold, before anything is written."""

    images: int
    templates: int
    albums: int
    bytes: int

    @property
    def files(self) -> int:
        """About how many files that are."""
        return self.images + len(FILES) + 1


class Gatherer:
    """Reads what belongs to a person, the oldest first.

    Pictures that are still being made are left out, and so is what came since the beginning: `end`
    is the key of the last image at that time.
    """

    def __init__(self, database: Database, owner: Viewer) -> None:
        self._database = database
        self._owner = owner
        newest = select(func.max(Image.id)).where(Image.owner_id == owner.id)
        self._end = database.look_up(newest) or 0

    def sizes(self) -> Sizes:
        """Return how much there is."""
        mine, ready = Image.owner_id == self._owner.id, Image.state == "ready"
        kept = select(func.count(), func.coalesce(func.sum(Image.bytes), 0)).where(mine, ready)
        with self._database.reading() as session:
            count, size = session.execute(kept).one()
            templates = _count(session, Template, self._owner)
            return Sizes(count, templates, _count(session, Album, self._owner), int(size))

    def records(self, kind: str) -> Iterator[Record]:
        """Give the records of a kind: templates, generations, images or albums."""
        found: Mapping[str, Iterator[Record]] = {
            "templates": self._templates(),
            "generations": self._generations(),
            "images": self._images(),
            "albums": self._albums(),
        }
        return found[kind]

    def pages(self) -> Iterator[Sequence[Image]]:
        """Give the rows of the images, with and without an original."""
        last = 0
        while True:
            wanted = select(Image).where(
                Image.owner_id == self._owner.id,
                Image.state != "pending",
                Image.id > last,
                Image.id <= self._end,
            )
            with self._database.reading() as session:
                rows = session.scalars(wanted.order_by(Image.id).limit(AT_ONCE)).all()
            if not rows:
                return
            yield rows
            last = rows[-1].id

    def masks(self) -> Iterator[tuple[Generation, bytes]]:
        """Give the generations that have a mask, each with it."""
        for row in self._rows(Generation, self._has_pictures(), Generation.mask.is_not(None)):
            mask = self._mask(row)
            if mask is not None:
                yield row, mask

    def _templates(self) -> Iterator[Record]:
        for row in self._rows(Template):
            said = select(TemplateVersion).where(TemplateVersion.template_id == row.id)
            with self._database.reading() as session:
                versions = session.scalars(said.order_by(TemplateVersion.number)).all()
            yield to.template_record(row, versions)

    def _generations(self) -> Iterator[Record]:
        for row in self._rows(Generation, self._has_pictures()):
            yield to.generation_record(row, self._mask(row))

    def _images(self) -> Iterator[Record]:
        for rows in self.pages():
            keys = [row.id for row in rows]
            with self._database.reading() as session:
                makers = facts.makers_of(session, keys)
                tags, parents = facts.tags_of(session, keys), facts.parents_of(session, keys)
            for row in rows:
                made_by = makers.get(row.id)
                yield to.image_record(
                    row,
                    generation=made_by.generation if made_by else None,
                    tags=tags[row.id],
                    parents=parents[row.id],
                )

    def _albums(self) -> Iterator[Record]:
        for row in self._rows(Album):
            there = (
                select(Image.uid)
                .join(AlbumImage, AlbumImage.image_id == Image.id)
                .where(
                    AlbumImage.album_id == row.id, Image.state != "pending", Image.id <= self._end
                )
                .order_by(AlbumImage.position, AlbumImage.image_id)
            )
            with self._database.reading() as session:
                uids = session.scalars(there).all()
            yield to.album_record(row, uids)

    def _rows(self, table: type[T], *conditions: ColumnElement[bool]) -> Iterator[T]:
        """Give a person's rows of a table by their keys."""
        key, owner = table.__table__.c.id, table.__table__.c.owner_id
        last = 0
        while True:
            wanted = select(table).where(owner == self._owner.id, key > last, *conditions)
            with self._database.reading() as session:
                rows = session.scalars(wanted.order_by(key).limit(AT_ONCE)).all()
            if not rows:
                return
            yield from rows
            last = rows[-1].id

    def _has_pictures(self) -> ColumnElement[bool]:
        """Return the condition that something has come of a generation."""
        made = select(Image.id).where(
            Image.generation_id == Generation.id, Image.state != "pending", Image.id <= self._end
        )
        return made.exists()

    def _mask(self, row: Generation) -> bytes | None:
        """Return a generation's mask: one alone, since it may be large."""
        return self._database.look_up(select(Generation.mask).where(Generation.id == row.id))


def _count(session: Session, table: type[Base], owner: Viewer) -> int:
    mine = table.__table__.c.owner_id == owner.id
    return session.scalar(select(func.count()).select_from(table).where(mine)) or 0
