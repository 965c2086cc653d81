"""Tags, given to many images and taken from them."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select

from webapp.models import Image, ImageTag
from webapp.services.library.actions.base import Before, Piece
from webapp.services.library.chosen import Failure
from webapp.services.library.tags import MOST_TAGS, TOO_MANY, normal_tag


class Tag:
    """Give images a tag."""

    needs = "tag"

    def target(self, text: str) -> str:
        """Return the tag as it is kept; raises InvalidError."""
        return normal_tag(text, "tag")

    def do(self, piece: Piece, target: str) -> Before:
        """Give the tag to those that have it not; who has too many tags can't have it."""
        return _give(piece, target, _without(piece, target))

    def undo(self, piece: Piece, target: str, before: Before) -> int:
        """Take it from those again that still have it."""
        return len(_take(piece, target, _with(piece, target, before)))


class Untag:
    """Take a tag from images."""

    needs = "tag"

    def target(self, text: str) -> str:
        """Return the tag as it is kept; raises InvalidError."""
        return normal_tag(text, "tag")

    def do(self, piece: Piece, target: str) -> Before:
        """Take the tag from those that have it."""
        keys = dict.fromkeys((row.id for row in piece.rows), True)
        return _take(piece, target, _with(piece, target, keys))

    def undo(self, piece: Piece, target: str, before: Before) -> int:
        """Give it back to those that have it not."""
        rows = [row for row in _without(piece, target) if row.id in before]
        return len(_give(piece, target, rows))


def _having(piece: Piece, tag: str) -> set[int]:
    keys = [row.id for row in piece.rows]
    having = select(ImageTag.image_id).where(ImageTag.image_id.in_(keys), ImageTag.tag == tag)
    return set(piece.session.scalars(having))


def _with(piece: Piece, tag: str, among: Before) -> list[Image]:
    having = _having(piece, tag)
    return [row for row in piece.rows if row.id in having and row.id in among]


def _without(piece: Piece, tag: str) -> list[Image]:
    having = _having(piece, tag)
    return [row for row in piece.rows if row.id not in having]


def _give(piece: Piece, tag: str, rows: Sequence[Image]) -> Before:
    full = (
        select(ImageTag.image_id)
        .where(ImageTag.image_id.in_([row.id for row in rows]))
        .group_by(ImageTag.image_id)
        .having(func.count() >= MOST_TAGS)
    )
    over = set(piece.session.scalars(full))
    piece.refuse([row for row in rows if row.id in over], Failure("too_many_tags", TOO_MANY))
    new = [row for row in rows if row.id not in over]
    piece.session.add_all(ImageTag(image_id=row.id, tag=tag, owner_id=row.owner_id) for row in new)
    change = piece.count(new)
    return {row.id: [change] for row in new}


def _take(piece: Piece, tag: str, rows: Sequence[Image]) -> Before:
    keys = [row.id for row in rows]
    piece.session.execute(delete(ImageTag).where(ImageTag.image_id.in_(keys), ImageTag.tag == tag))
    change = piece.count(rows)
    return {key: [change] for key in keys}
