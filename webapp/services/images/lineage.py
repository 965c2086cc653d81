"""Lineage: what a picture was made from, and what was made from it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from webapp.models import Database, Image, ImageParent
from webapp.services.pictures import Picture

MOST_GENERATIONS = 6
"""How far the graph goes up and down."""

MOST_PICTURES = 60


@dataclass(frozen=True, slots=True)
class Relative:
    """A picture of the graph; `picture` is None where it was deleted for good.

    `level` is 0 for the picture asked about, below 0 for what it came from. `parents` are the ids
    of those of its parents that are in the graph, with what they were to it.
    """

    id: str
    level: int
    picture: Picture | None
    parents: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Lineage:
    """The graph around a picture, oldest level first. `is_cut` when it goes on beyond it."""

    relatives: tuple[Relative, ...]
    is_cut: bool = False

    @property
    def levels(self) -> list[tuple[Relative, ...]]:
        """The relatives level by level, the oldest first."""
        numbers = sorted({item.level for item in self.relatives})
        return [
            tuple(item for item in self.relatives if item.level == number) for number in numbers
        ]

    def __bool__(self) -> bool:
        return len(self.relatives) > 1


@dataclass(frozen=True, slots=True)
class _Edge:
    child: int
    parent: int | None
    parent_uid: str
    role: str


@dataclass(frozen=True, slots=True)
class _Walk:
    """What steps in one direction reach: keys with their levels."""

    levels: dict[int, int]
    is_cut: bool


class LineageReader:
    """Reads the graph of an owner's pictures."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, picture: Picture) -> Lineage:
        """Return the graph around a picture: its ancestors and its descendants."""
        with self._database.reading() as session:
            up, down = _walk(session, picture.key, -1), _walk(session, picture.key, 1)
            levels = down.levels | up.levels
            rows = session.scalars(
                select(Image).where(Image.id.in_(levels), Image.owner_id == picture.owner_id)
            )
            pictures = {row.id: Picture.of(row) for row in rows}
            edges = _edges(session, ImageParent.child_id.in_(pictures))
        relatives = _relatives(pictures, levels, edges)
        return Lineage(tuple(relatives), up.is_cut or down.is_cut)


def _walk(session: Session, start: int, direction: int) -> _Walk:
    """Walk up (-1) or down (1). A key that is reached twice stays where it was reached first."""
    levels, last = {start: 0}, [start]
    for distance in range(1, MOST_GENERATIONS + 1):
        new = _next(session, last, levels, direction)
        last = new[: MOST_PICTURES - len(levels)]
        levels |= dict.fromkeys(last, distance * direction)
        if len(last) < len(new) or not last:
            return _Walk(levels, is_cut=len(last) < len(new))
    return _Walk(levels, is_cut=bool(_next(session, last, levels, direction)))


def _next(
    session: Session, keys: Iterable[int], known: Collection[int], direction: int
) -> list[int]:
    """Return the keys one step away that are not known; one more than there is room for."""
    ends = ImageParent.child_id, ImageParent.parent_id
    here, there = ends if direction < 0 else ends[::-1]
    wanted = (
        select(there)
        .where(here.in_(keys), there.is_not(None), there.not_in(known))
        .distinct()
        .order_by(there)
        .limit(MOST_PICTURES)
    )
    return [key for key in session.scalars(wanted) if key is not None]


def _edges(session: Session, which: ColumnElement[bool]) -> list[_Edge]:
    wanted = (
        select(
            ImageParent.child_id, ImageParent.parent_id, ImageParent.parent_uid, ImageParent.role
        )
        .where(which)
        .order_by(ImageParent.child_id, ImageParent.position)
    )
    return [_Edge(*row) for row in session.execute(wanted)]


def _relatives(
    pictures: Mapping[int, Picture], levels: Mapping[int, int], edges: Iterable[_Edge]
) -> Iterator[Relative]:
    parents: dict[int, dict[str, str]] = {}
    gone: dict[str, int] = {}
    for edge in edges:
        is_gone = edge.parent is None and levels[edge.child] <= 0
        if is_gone or edge.parent in pictures:
            parents.setdefault(edge.child, {})[edge.parent_uid] = edge.role
        if is_gone:
            gone.setdefault(edge.parent_uid, levels[edge.child] - 1)
    for key, picture in sorted(pictures.items()):
        yield Relative(picture.id, levels[key], picture, parents.get(key, {}))
    for uid, level in gone.items():
        yield Relative(uid, level, None, {})
