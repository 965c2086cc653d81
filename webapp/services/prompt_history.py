"""What a person has asked for: each prompt once, searched and paged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from webapp.models import Generation, Image
from webapp.services.accounts import Viewer
from webapp.services.pictures import Picture, moment
from webapp.services.templates.shelf import like

MOST_REMEMBERED = 40
MOST_WORDS = 10


@dataclass(frozen=True, slots=True)
class PastPrompt:
    """A prompt that was asked for: how often, when last, and its newest picture."""

    prompt: str
    count: int
    when: datetime
    picture: Picture | None
    key: int = 0


@dataclass(frozen=True, slots=True)
class PromptPage:
    """Some past prompts, newest first, and the cursor that asks for the ones after them."""

    prompts: tuple[PastPrompt, ...]
    next_cursor: int | None = None


def read_page(
    session: Session, viewer: Viewer, query: str, before: int | None, limit: int
) -> PromptPage:
    """Return a page of what a person has asked for; each word of the search stands in each.

    What was asked for without words, or deleted for good, is not in it.
    """
    last = func.max(Generation.id)
    latest = (
        select(Generation.prompt, func.count(), last)
        .where(Generation.owner_id == viewer.id, Generation.prompt != "")
        .group_by(Generation.prompt)
        .order_by(last.desc())
        .limit(limit + 1)
    )
    for word in query.lower().split()[:MOST_WORDS]:
        latest = latest.where(func.lower(Generation.prompt).like(like(word), escape="\\"))
    if before is not None:
        latest = latest.having(last < before)
    found = session.execute(latest).all()
    cursor = found[limit - 1][2] if len(found) > limit else None
    return PromptPage(_past(session, found[:limit]), cursor)


def _past(session: Session, found: Sequence[Row[str, int, int]]) -> tuple[PastPrompt, ...]:
    newest = [key for _, _, key in found]
    dated = select(Generation.id, Generation.created_ms).where(Generation.id.in_(newest))
    times = dict(session.execute(dated).all())
    shown = select(Image).where(
        Image.generation_id.in_(newest), Image.state == "ready", Image.deleted_ms.is_(None)
    )
    pictures = {row.generation_id: Picture.of(row) for row in session.scalars(shown)}
    return tuple(
        PastPrompt(prompt, count, moment(times[key]), pictures.get(key), key)
        for prompt, count, key in found
    )
