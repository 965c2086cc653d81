"""Images that somebody has chosen: ids become keys, many come in pieces, some can't be had."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import Image, is_public_id
from webapp.services.accounts import Viewer
from webapp.services.image_rows import MISSING

AT_ONCE = 500
"""So many rows are changed in a transaction: others who write wait no longer than for these."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something was not done with one image: a stable code and a sentence."""

    code: str
    message: str


NOT_FOUND = Failure("not_found", MISSING)


def pieces(many: Iterable[T]) -> Iterator[Sequence[T]]:
    """Return what is many in parts that fit into a transaction."""
    rest = iter(many)
    while piece := tuple(islice(rest, AT_ONCE)):
        yield piece


def keys_of(session: Session, owner: Viewer, uids: Sequence[str]) -> dict[str, int]:
    """Return the keys of those of some ids that are the owner's own images, in their order."""
    wanted = [uid for uid in uids if is_public_id(uid)]
    mine = select(Image.uid, Image.id).where(Image.uid.in_(wanted), Image.owner_id == owner.id)
    found: dict[str, int] = dict(session.execute(mine).all())
    return {uid: found[uid] for uid in wanted if uid in found}
