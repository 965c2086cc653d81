"""What services do alike with albums: find a person's own, and order what is in one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from sqlalchemy import Tuple, func, select, tuple_, update
from sqlalchemy.orm import Session

from webapp.errors import NotFoundError
from webapp.models import Album, AlbumImage, Image, is_public_id, now_ms
from webapp.services.accounts import Viewer
from webapp.services.changes import touch
from webapp.services.library.chosen import pieces

GAP = 1 << 16
"""Between two neighbours: sixteen can be put between the same two before all move apart."""

MISSING = "There is no such album."


def own_album(session: Session, uid: str, owner: Viewer) -> Album:
    """Return the row of one of a person's own albums; else raise NotFoundError."""
    mine = select(Album).where(Album.uid == uid, Album.owner_id == owner.id)
    row = session.scalar(mine) if is_public_id(uid) else None
    if row is None:
        raise NotFoundError(MISSING)
    return row


def mark_changed(session: Session, album: Album, image_ids: Sequence[int] = ()) -> None:
    """Count a change of an album, and of the images that came into it or left it."""
    album.version += 1
    album.updated_ms = now_ms()
    if image_ids:
        change = touch(session, album.owner_id)
        for piece in pieces(image_ids):
            session.execute(update(Image).where(Image.id.in_(piece)).values(change=change))


def positions(session: Session, album: Album, image_ids: Sequence[int]) -> dict[int, int]:
    """Return where those of some images stand that are in an album, by their keys."""
    places: dict[int, int] = {}
    for piece in pieces(image_ids):
        here = select(AlbumImage.image_id, AlbumImage.position).where(
            AlbumImage.album_id == album.id, AlbumImage.image_id.in_(piece)
        )
        places |= dict(session.execute(here).all())
    return places


def append(session: Session, album: Album, image_ids: Iterable[int]) -> None:
    """Put images that are not in an album at its end, in their order."""
    end = _edge(session, album, is_last=True)
    place_at(session, album, {key: end + GAP * n for n, key in enumerate(image_ids, start=1)})


def place_at(session: Session, album: Album, places: Mapping[int, int]) -> None:
    """Put images that are not in an album at positions, by their keys."""
    session.add_all(
        AlbumImage(album_id=album.id, image_id=key, position=position)
        for key, position in places.items()
    )
    session.flush()


def first(session: Session, album: Album) -> int:
    """Return a position before all others."""
    return _edge(session, album, is_last=False) - GAP


def last(session: Session, album: Album) -> int:
    """Return a position behind all others."""
    return _edge(session, album, is_last=True) + GAP


def before(session: Session, album: Album, target: AlbumImage, moving: int) -> int:
    """Return a position right before an image's; where there is no room, all move apart."""
    room = _room(session, album, target, moving)
    if room is None:
        _spread(session, album)
        session.refresh(target)
        room = _room(session, album, target, moving)
    return target.position - GAP if room is None else room


def neighbour(
    session: Session, row: AlbumImage, direction: Literal["up", "down"]
) -> AlbumImage | None:
    """Return what stands right before or after an image, as its owner sees the album."""
    here = _place()
    place = (row.position, row.image_id)
    order = (AlbumImage.position, AlbumImage.image_id)
    beside = (
        select(AlbumImage)
        .join(Image, Image.id == AlbumImage.image_id)
        .where(AlbumImage.album_id == row.album_id, Image.deleted_ms.is_(None))
    )
    if direction == "up":
        earlier = beside.where(here < place)
        return session.scalar(earlier.order_by(*(column.desc() for column in order)).limit(1))
    return session.scalar(beside.where(here > place).order_by(*order).limit(1))


def _room(session: Session, album: Album, target: AlbumImage, moving: int) -> int | None:
    """Return a position that is free between an image and the one before it."""
    earlier = (
        select(func.max(AlbumImage.position))
        .where(AlbumImage.album_id == album.id, AlbumImage.image_id != moving)
        .where(_place() < (target.position, target.image_id))
    )
    before_it = session.scalar(earlier)
    if before_it is None:
        return target.position - GAP
    middle = (before_it + target.position) // 2
    return middle if before_it < middle < target.position else None


def _spread(session: Session, album: Album) -> None:
    """Give all images of an album new positions, far apart, in the same order."""
    ordered = (
        select(AlbumImage)
        .where(AlbumImage.album_id == album.id)
        .order_by(AlbumImage.position, AlbumImage.image_id)
    )
    for number, row in enumerate(session.scalars(ordered), start=1):
        row.position = number * GAP
    session.flush()


def _place() -> Tuple:
    """Return what an image is ordered by: two may stand at the same position after an undo."""
    return tuple_(AlbumImage.position, AlbumImage.image_id)


def _edge(session: Session, album: Album, *, is_last: bool) -> int:
    which = func.max(AlbumImage.position) if is_last else func.min(AlbumImage.position)
    return session.scalar(select(which).where(AlbumImage.album_id == album.id)) or 0
