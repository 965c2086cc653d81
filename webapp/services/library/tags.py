"""Tags: words that people give to their pictures to find them again."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from webapp.errors import InvalidError
from webapp.models import Database, Image, ImageTag, album
from webapp.services.accounts import Viewer
from webapp.services.changes import hold_owner, touch
from webapp.services.image_rows import own_row
from webapp.services.images.since import note_tags
from webapp.services.requests import clean
from webapp.services.templates.shelf import like

LONGEST_TAG, MOST_TAGS = album.LONGEST_TAG, 50
FEW = 100
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
TOO_MANY = f"A picture has at most {MOST_TAGS} tags."


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag, and how many pictures outside the trash have it."""

    tag: str
    count: int


@dataclass(frozen=True, slots=True)
class TagPage:
    """Some tags by the alphabet, and the tag that asks for those after them."""

    tags: tuple[TagCount, ...]
    next_cursor: str | None = None


def normal_tag(text: str, field: str = "tags") -> str:
    """Return a tag as it is kept: in small letters, composed (NFC), with single spaces.

    Raises InvalidError for one that is empty, longer than 64 characters, or has a comma or a
    control character in it; the mistake is told under the name of the `field` that it came in.
    """
    one_line = " ".join(clean(text[: 8 * LONGEST_TAG]).split())
    tag = unicodedata.normalize("NFC", one_line.lower())
    if not 1 <= len(tag) <= LONGEST_TAG or "," in tag or CONTROLS.search(text):
        msg = f"A tag has 1 to {LONGEST_TAG} characters, without commas or control characters."
        raise InvalidError(msg, fields={field: [msg]})
    return tag


def normal_tags(texts: Iterable[str]) -> tuple[str, ...]:
    """Return tags as they are kept, each once; raises InvalidError."""
    tags = tuple(sorted({normal_tag(text) for text in texts}))
    check_few(tags)
    return tags


def check_few(tags: Collection[str]) -> None:
    """Raise InvalidError where these are more than a picture may have."""
    if len(tags) > MOST_TAGS:
        raise InvalidError(TOO_MANY, fields={"tags": [TOO_MANY]})


def tags_of(session: Session, image_id: int) -> set[str]:
    """Return the tags of an image."""
    return set(session.scalars(select(ImageTag.tag).where(ImageTag.image_id == image_id)))


def put_tags(session: Session, image: Image, tags: Collection[str]) -> set[str]:
    """Give an image just these tags, in the caller's transaction; return which came or went."""
    had = tags_of(session, image.id)
    wanted = set(tags)
    gone = had - wanted
    if gone:
        session.execute(
            delete(ImageTag).where(ImageTag.image_id == image.id, ImageTag.tag.in_(gone))
        )
    session.add_all(
        ImageTag(image_id=image.id, tag=tag, owner_id=image.owner_id)
        for tag in sorted(wanted - had)
    )
    session.flush()
    return had ^ wanted


class Tags:
    """Keeps the tags of a person's pictures."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set(self, uid: str, owner: Viewer, texts: Iterable[str]) -> tuple[str, ...]:
        """Give a picture just these tags, and return them; raises InvalidError."""
        return self._change(uid, owner, add=texts, is_all=True)

    def add(self, uid: str, owner: Viewer, texts: Iterable[str]) -> tuple[str, ...]:
        """Give a picture more tags, and return all it has; raises InvalidError."""
        return self._change(uid, owner, add=texts)

    def remove(self, uid: str, owner: Viewer, texts: Iterable[str]) -> tuple[str, ...]:
        """Take tags from a picture, and return those that stay; raises InvalidError."""
        return self._change(uid, owner, drop=texts)

    def page(
        self, owner: Viewer, query: str = "", after: str | None = None, limit: int = FEW
    ) -> TagPage:
        """Return a page of a person's tags by the alphabet, those with the query in them."""
        counted = (
            select(ImageTag.tag, func.count())
            .join(Image, Image.id == ImageTag.image_id)
            .where(ImageTag.owner_id == owner.id, Image.deleted_ms.is_(None))
            .group_by(ImageTag.tag)
            .order_by(ImageTag.tag)
        )
        words = clean(query[: 2 * LONGEST_TAG]).lower()
        if words:
            counted = counted.where(ImageTag.tag.like(like(words), escape="\\"))
        if after is not None:
            counted = counted.where(ImageTag.tag > after)
        with self._database.reading() as session:
            found = session.execute(counted.limit(limit + 1)).all()
        cursor = found[limit - 1][0] if len(found) > limit else None
        return TagPage(tuple(TagCount(tag, count) for tag, count in found[:limit]), cursor)

    def _change(
        self,
        uid: str,
        owner: Viewer,
        *,
        add: Iterable[str] = (),
        drop: Iterable[str] = (),
        is_all: bool = False,
    ) -> tuple[str, ...]:
        added, dropped = normal_tags(add), set(normal_tags(drop))
        with self._database.writing() as session:
            hold_owner(session, owner.id)
            row = own_row(session, uid, owner)
            kept: Sequence[str] = () if is_all else sorted(tags_of(session, row.id) - dropped)
            tags = tuple(sorted({*kept, *added}))
            check_few(tags)
            if relabelled := put_tags(session, row, tags):
                row.change = touch(session, owner.id)
                note_tags(session, row, relabelled)
        return tags
