"""Albums as their owner sees them: with a cover, and how many pictures are in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from webapp.models import Album, AlbumImage, Image
from webapp.services.pictures import Picture, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumView:
    """An album. `count` leaves out what is in the trash; `cover` is None where nothing can be one.

    `is_cover_chosen` says whether somebody has chosen the cover: else it is the first picture.
    """

    id: str
    key: int = 0
    title: str
    description: str = ""
    count: int = 0
    cover: Picture | None = None
    is_cover_chosen: bool = False
    version: int = 1
    created: datetime
    updated: datetime

    @property
    def revision(self) -> str:
        """What names its present state.

        Pictures that go to the trash change the count alone; a cover that is cropped anew, nothing
        but itself.
        """
        cover = "" if self.cover is None else self.cover.revision
        return f"{self.id}.{self.version}.{self.count}.{cover}"


@dataclass(frozen=True, slots=True)
class AlbumPage:
    """Some albums, newest first, and the cursor that asks for those after them."""

    albums: tuple[AlbumView, ...]
    next_cursor: int | None = None


def views(session: Session, rows: Sequence[Album]) -> tuple[AlbumView, ...]:
    """Return albums with their covers and counts, by three queries for all of them."""
    keys = [row.id for row in rows]
    counts = _counts(session, keys)
    covers = _covers(session, keys)
    return tuple(
        AlbumView(
            id=row.uid,
            key=row.id,
            title=row.title,
            description=row.description,
            count=counts.get(row.id, 0),
            cover=covers.get(row.id),
            is_cover_chosen=row.id in covers and covers[row.id].id == row.cover,
            version=row.version,
            created=moment(row.created_ms),
            updated=moment(row.updated_ms),
        )
        for row in rows
    )


def _counts(session: Session, keys: Sequence[int]) -> dict[int, int]:
    counted = (
        select(AlbumImage.album_id, func.count())
        .join(Image, Image.id == AlbumImage.image_id)
        .where(AlbumImage.album_id.in_(keys), Image.deleted_ms.is_(None))
        .group_by(AlbumImage.album_id)
    )
    return dict(session.execute(counted).all())


def _covers(session: Session, keys: Sequence[int]) -> dict[int, Picture]:
    """Return the chosen cover of each album, or its first picture that is ready."""
    shown = aliased(Image)
    inside = (
        select(shown.id)
        .join(AlbumImage, AlbumImage.image_id == shown.id)
        .where(AlbumImage.album_id == Album.id)
        .where(shown.state == "ready", shown.deleted_ms.is_(None))
    )
    chosen = inside.where(shown.uid == Album.cover).correlate(Album).scalar_subquery()
    by_place = inside.order_by(AlbumImage.position, AlbumImage.image_id).limit(1)
    earliest = by_place.correlate(Album).scalar_subquery()
    wanted = select(Album.id, func.coalesce(chosen, earliest)).where(Album.id.in_(keys))
    found = {key: image for key, image in session.execute(wanted) if image is not None}
    rows = session.scalars(select(Image).where(Image.id.in_(found.values())))
    pictures = {row.id: Picture.of(row) for row in rows}
    return {key: pictures[image] for key, image in found.items() if image in pictures}
