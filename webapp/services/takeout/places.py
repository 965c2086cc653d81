"""Places: under which id a record is kept, or where it is kept already.

The id of a record is kept where it is free. Where somebody else has it, or something else has, the
record gets a new one; who was given one before is found by its time and its content.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from webapp.models import Album, Generation, Image, PurgedImage, Template, public_id
from webapp.services.accounts import Viewer
from webapp.services.takeout.fields import milliseconds
from webapp.services.takeout.records import (
    AlbumRecord,
    GenerationRecord,
    ImageRecord,
    TemplateRecord,
)

T = TypeVar("T", Album, Generation, Image, Template)


@dataclass(frozen=True, slots=True)
class Place:
    """An id, and the key of the row that has it already, None where there is none."""

    uid: str
    key: int | None = None


@dataclass(slots=True)
class NewIds:
    """The ids that records got instead of their own, by kind; most kept theirs."""

    images: dict[str, str] = field(default_factory=dict)
    generations: dict[str, str] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)

    def image(self, uid: str | None) -> str:
        """Return the id that an image of the take-out has here, empty for none."""
        return self.images.get(uid, uid) if uid else ""


def place_of_image(session: Session, owner: Viewer, record: ImageRecord) -> Place:
    """Return the place of an image: the same one has the same bytes, and was made when it was."""
    created = milliseconds(record.created)

    def is_same(row: Image) -> bool:
        # What could not be made may have been tried again since, under its own id.
        was_failed = record.state == "failed" and row.created_ms == created
        return row.digest == record.sha256 or was_failed

    twin = (
        Image.digest == record.sha256 if record.sha256 else Image.digest.is_(None),
        Image.created_ms == created,
        Image.position == record.position,
        Image.prompt == record.prompt,
    )
    is_free = session.get(PurgedImage, record.id) is None
    return _place(session, Image, owner, record.id, is_same, twin, is_free=is_free)


def place_of_generation(session: Session, owner: Viewer, record: GenerationRecord) -> Place:
    """Return the place of a generation."""
    created = milliseconds(record.created)
    twin = Generation.created_ms == created, Generation.prompt == record.prompt
    return _place(
        session, Generation, owner, record.id, lambda row: row.created_ms == created, twin
    )


def place_of_template(session: Session, owner: Viewer, record: TemplateRecord) -> Place:
    """Return the place of a template, in the trash or not."""
    created = milliseconds(record.created)
    twin = Template.created_ms == created, Template.title == record.title
    return _place(session, Template, owner, record.id, lambda row: row.created_ms == created, twin)


def place_of_album(session: Session, owner: Viewer, record: AlbumRecord) -> Place:
    """Return the place of an album."""
    created = milliseconds(record.created)
    twin = Album.created_ms == created, Album.title == record.title
    return _place(session, Album, owner, record.id, lambda row: row.created_ms == created, twin)


def _place(  # noqa: PLR0913  # the same for four tables
    session: Session,
    table: type[T],
    owner: Viewer,
    uid: str,
    is_same: Callable[[T], bool],
    twin: tuple[ColumnElement[bool], ...],
    *,
    is_free: bool = True,
) -> Place:
    row = session.scalar(select(table).where(table.uid == uid))
    if row is None and is_free:
        return Place(uid)
    if row is not None and row.owner_id == owner.id and is_same(row):
        return Place(uid, row.id)
    mine = select(table).where(table.owner_id == owner.id, table.uid != uid, *twin)
    known = session.scalar(mine.order_by(table.id).limit(1))
    return Place(public_id()) if known is None else Place(known.uid, known.id)


def renamed(values: Mapping[str, str], ids: Mapping[str, str]) -> dict[str, str]:
    """Return values with the new ids of what they name."""
    return {name: ids.get(value, value) for name, value in values.items()}
