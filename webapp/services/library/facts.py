"""Facts beside pictures: their tags, albums, parents and templates, read for many at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import Album, AlbumImage, Generation, Image, ImageParent, ImageTag


@dataclass(frozen=True, slots=True)
class MadeBy:
    """What a picture was made by: a generation, and the template and its version if there was."""

    generation: str
    template: str | None
    template_version: int | None


def tags_of(session: Session, keys: Collection[int]) -> Mapping[int, list[str]]:
    """Return the tags of pictures, by picture, in order."""
    found: dict[int, list[str]] = defaultdict(list)
    wanted = select(ImageTag.image_id, ImageTag.tag).where(ImageTag.image_id.in_(keys))
    for key, tag in session.execute(wanted):
        found[key].append(tag)
    return defaultdict(list, {key: sorted(tags) for key, tags in found.items()})


def parents_of(session: Session, keys: Collection[int]) -> Mapping[int, list[tuple[str, str]]]:
    """Return the ids of the pictures that others were made from, with their roles, by picture."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    wanted = (
        select(ImageParent.child_id, ImageParent.parent_uid, ImageParent.role)
        .where(ImageParent.child_id.in_(keys))
        .order_by(ImageParent.child_id, ImageParent.position)
    )
    for key, uid, role in session.execute(wanted):
        found[key].append((uid, role))
    return found


def albums_of(session: Session, keys: Collection[int]) -> Mapping[int, list[tuple[str, str]]]:
    """Return the ids and titles of the albums that pictures are in, by picture, oldest first."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    wanted = (
        select(AlbumImage.image_id, Album.uid, Album.title)
        .join(Album, Album.id == AlbumImage.album_id)
        .where(AlbumImage.image_id.in_(keys))
        .order_by(Album.id)
    )
    for key, uid, title in session.execute(wanted):
        found[key].append((uid, title))
    return found


def makers_of(session: Session, keys: Collection[int]) -> Mapping[int, MadeBy]:
    """Return what pictures were made by, by picture; uploads are not among them."""
    wanted = (
        select(Image.id, Generation.uid, Generation.template, Generation.template_version)
        .join(Generation, Generation.id == Image.generation_id)
        .where(Image.id.in_(keys))
    )
    rows = session.execute(wanted)
    return {key: MadeBy(uid, template, version) for key, uid, template, version in rows}
