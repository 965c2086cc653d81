"""The check of rows: counters that agree, and references that lead somewhere."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, ForeignKey, Table, and_, delete, func, select, update

from webapp.models import Base, Database, Image, User
from webapp.services.changes import hold_owner, touch
from webapp.services.upkeep.findings import Finding

MOST_NAMED = 1000
"""So many rows of one reference are named at a time; repairing takes care of all."""


@dataclass(frozen=True, slots=True)
class _Reference:
    """A column whose values are keys of another table."""

    table: Table
    column: Column[object]
    key: ForeignKey

    @property
    def leads_nowhere(self) -> ColumnElement[bool]:
        """The condition that a row has a value, and there is no row of that key."""
        other = self.key.column.table.alias()
        there = select(1).where(other.c[self.key.column.name] == self.column).exists()
        return and_(self.column.is_not(None), ~there)

    @property
    def is_repairable(self) -> bool:
        """Whether a row without what it refers to may go; the row of a picture never does."""
        return self.key.ondelete == "SET NULL" or self.table is not Image.__table__


class RowCheck:
    """Looks for what the database itself should have prevented, and for counts that are off."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def references(self, *, repair: bool) -> list[Finding]:
        """Return the rows that refer to what is not there."""
        found: list[Finding] = []
        for reference in _references():
            there = self._dangling(reference)
            if there and repair and reference.is_repairable:
                self._mend(reference)
                there = [finding.repaired() for finding in there]
            found += there
        return found

    def counters(self, *, repair: bool) -> list[Finding]:
        """Return the people whose number of images is not the one that is kept."""
        mine = (Image.owner_id == User.id, Image.deleted_ms.is_(None))
        counted = select(func.count(Image.id)).where(*mine).correlate(User).scalar_subquery()
        wrong = select(User.id, User.name, User.image_count, counted).where(
            User.image_count != counted
        )
        with self._database.reading() as session:
            rows = session.execute(wrong).all()
        found = []
        for owner_id, name, kept, real in rows:
            finding = Finding(
                "wrong_count",
                f"user {name}",
                f"{kept} images are counted, and there are {real}.",
                "They are counted anew.",
            )
            if repair:
                self._count_anew(owner_id)
            found.append(finding.repaired() if repair else finding)
        return found

    def _count_anew(self, owner_id: int) -> None:
        with self._database.writing() as session:
            hold_owner(session, owner_id)
            mine = select(func.count()).where(
                Image.owner_id == owner_id, Image.deleted_ms.is_(None)
            )
            real = session.scalars(mine).one()
            kept = session.scalars(select(User.image_count).where(User.id == owner_id)).one()
            touch(session, owner_id, images=real - kept)

    def _dangling(self, reference: _Reference) -> list[Finding]:
        keys = list(reference.table.primary_key.columns)
        some = select(*keys, reference.column).where(reference.leads_nowhere).limit(MOST_NAMED)
        with self._database.reading() as session:
            rows = session.execute(some).all()
        target = reference.key.column.table.name
        return [
            Finding(
                "dangling_row",
                f"{reference.table.name} {'/'.join(map(str, row[:-1]))}",
                f"Its {reference.column.name} is {row[-1]}, and there is no such {target}.",
                _remedy(reference),
                is_repairable=reference.is_repairable,
            )
            for row in rows
        ]

    def _mend(self, reference: _Reference) -> None:
        with self._database.writing() as session:
            if reference.key.ondelete == "SET NULL":
                emptied = update(reference.table).values({reference.column: None})
                session.execute(emptied.where(reference.leads_nowhere))
            else:
                session.execute(delete(reference.table).where(reference.leads_nowhere))


def _references() -> Iterator[_Reference]:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            for key in column.foreign_keys:
                yield _Reference(table, column, key)


def _remedy(reference: _Reference) -> str:
    if not reference.is_repairable:
        return "It stays as it is: the row of a picture is never deleted."
    return "It is emptied." if reference.key.ondelete == "SET NULL" else "The row is deleted."
