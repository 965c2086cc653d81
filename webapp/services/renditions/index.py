"""The index of renditions: a cache can't be searched, and a purge must find every entry."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, SelectBase, bindparam, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from webapp.models import Database, Image, RenditionEntry, insert_new, now_ms

NOTE: SelectBase = select(
    bindparam("noted"), bindparam("original"), bindparam("now", type_=BigInteger)
).where(exists().where(Image.digest == bindparam("original")))
"""A row of the index, if there is an image with that original."""

NOTED = select(RenditionEntry.key).where(RenditionEntry.key == bindparam("noted"))


class RenditionIndex:
    """Knows under which keys the renditions of an original may be kept, while it is one.

    A key is noted before its rendition is kept; whoever keeps one looks afterwards whether the
    note is still there, and takes the rendition out again if a purge came in between.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = insert_new(database.engine.dialect.name, RenditionEntry, NOTE)

    def note(self, key: str, digest: str) -> None:
        """Note that a rendition of an original is about to be kept under a key."""
        self._database.change(self._insert, noted=key, original=digest, now=now_ms())

    def is_noted(self, key: str) -> bool:
        """Return whether a key is still noted."""
        return self._database.look_up(NOTED, noted=key) is not None

    def remove(self, session: Session, digest: str) -> list[str]:
        """Strike out an original's keys and return them: what they name must be deleted now.

        The caller's transaction is the one that takes the original away.
        """
        gone = delete(RenditionEntry).where(RenditionEntry.digest == digest)
        return list(session.scalars(gone.returning(RenditionEntry.key)))

    def unclaimed(self, session: Session) -> dict[str, int]:
        """Return how many keys are noted of originals that no image has, by digest."""
        is_claimed = exists().where(Image.digest == RenditionEntry.digest)
        left = select(RenditionEntry.digest, func.count()).where(~is_claimed)
        return dict(session.execute(left.group_by(RenditionEntry.digest)).all())

    def remove_some(self, session: Session, recipes: Sequence[str], limit: int) -> list[str]:
        """Strike out up to `limit` keys, and return them as `remove` does.

        `recipes` are beginnings and ends of the part of a key that says how it was made, with a
        `*` between them; none means all keys.
        """
        some = select(RenditionEntry.key).limit(limit)
        if recipes:
            some = some.where(or_(*(RenditionEntry.key.like(_like(it), "\\") for it in recipes)))
        gone = delete(RenditionEntry).where(RenditionEntry.key.in_(some))
        return list(session.scalars(gone.returning(RenditionEntry.key)))


def _like(recipe: str) -> str:
    """Return what LIKE finds a recipe in a key by."""
    plain = recipe.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"rendition/%/{plain.replace('*', '%')}"
