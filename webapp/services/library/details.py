"""What stands beside images in other tables, read for a page of them at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from webapp.services.library import facts
from webapp.services.pictures import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """An image's tags by the alphabet, and the ids of its albums, parents and generation."""

    tags: tuple[str, ...] = ()
    albums: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    generation: str | None = None


def details(session: Session, pictures: Sequence[Picture]) -> Mapping[int, Details]:
    """Return the details of pictures by their keys: four queries, however many there are."""
    keys = [picture.key for picture in pictures]
    tags, albums = facts.tags_of(session, keys), facts.albums_of(session, keys)
    parents, makers = facts.parents_of(session, keys), facts.makers_of(session, keys)
    return {
        key: Details(
            tags=tuple(tags[key]),
            albums=tuple(uid for uid, _ in albums[key]),
            parents=tuple(dict.fromkeys(uid for uid, _ in parents[key])),
            generation=makers[key].generation if key in makers else None,
        )
        for key in keys
    }
