"""Rows of links, read together with what each shows."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from webapp.errors import NotFoundError
from webapp.models import Album, AlbumImage, Image, Link, is_public_id
from webapp.services.accounts import Viewer
from webapp.services.links import hits
from webapp.services.links.grants import MISSING
from webapp.services.links.values import OwnLink


def added(session: Session, row: Link) -> OwnLink:
    """Add a row, and return its value."""
    session.add(row)
    session.flush()
    found = session.execute(with_what_it_shows().where(Link.id == row.id)).one()
    return value(*found)


def shown(session: Session, key: str, owner: Viewer) -> OwnLink:
    """Return one of a person's links; else raise NotFoundError."""
    wanted = with_what_it_shows().where(Link.uid == key, Link.owner_id == owner.id)
    found = session.execute(wanted).one_or_none() if is_public_id(key) else None
    if found is None:
        raise NotFoundError(MISSING)
    return value(*found)


def with_what_it_shows() -> Select[Link, Image, Album, Image, int]:
    """Return the query of links, each with its image, its album, its cover and its hits."""
    cover, inside, around = aliased(Image), aliased(Image), aliased(Album)
    first = (
        select(AlbumImage.image_id)
        .join(inside, inside.id == AlbumImage.image_id)
        .join(around, around.id == AlbumImage.album_id)
        .where(AlbumImage.album_id == Link.album_id)
        .where(inside.state == "ready", inside.deleted_ms.is_(None))
        .order_by((inside.uid == around.cover).desc(), AlbumImage.position, AlbumImage.image_id)
        .limit(1)
        .correlate(Link)
        .scalar_subquery()
    )
    return (
        select(Link, Image, Album, cover, hits.total().label("hits"))
        .outerjoin(Image, Image.id == Link.image_id)
        .outerjoin(Album, Album.id == Link.album_id)
        .outerjoin(cover, cover.id == first)
    )


def value(
    row: Link, image: Image | None, album: Album | None, cover: Image | None, count: int
) -> OwnLink:
    """Return the value of what the query finds."""
    return OwnLink.of(row, image or cover, album, int(count))
