"""Changes of an image's row that follow the same rules, whether it is one or many."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from webapp.errors import InvalidError
from webapp.imaging.geometry import Point
from webapp.models import Image, now_ms
from webapp.models.image import VISIBILITIES
from webapp.services.changes import touch
from webapp.services.image_rows import mark_cancelled
from webapp.services.pictures import Picture
from webapp.services.ports import PictureEvents, SourceEvents


def checked_visibility(word: str) -> str:
    """Return who may see an image: private, unlisted or public; raises InvalidError."""
    if word not in VISIBILITIES:
        msg = f"Visibility is one of {', '.join(VISIBILITIES)}."
        raise InvalidError(msg, fields={"visibility": ["invalid"]})
    return word


def checked_focal(focal: Point | None) -> Point | None:
    """Return a focal point as it is kept; raises InvalidError for one outside of the picture."""
    if focal is None:
        return None
    if not all(0 <= share <= 1 for share in focal):
        msg = "A focal point lies in the picture: give two numbers from 0 to 1."
        raise InvalidError(msg, fields={"focal_point": ["invalid"]})
    return round(focal[0], 4), round(focal[1], 4)


def refocus(
    session: Session, row: Image, focal: Point | None, events: SourceEvents
) -> Sequence[int]:
    """Give an image another focal point, and with it a new version; the old renditions go.

    The caller counts the change, and sends the jobs that are returned after the commit.
    """
    before = Picture.of(row)
    row.focal_x, row.focal_y = focal or (None, None)
    row.version += 1
    events.source_deleted(session, before)
    return events.source_saved(session, row.id) if row.state == "ready" else ()


def throw_away(
    session: Session,
    owner_id: int,
    rows: Sequence[Image],
    cancel: Callable[[Session, list[int]], object],
    events: PictureEvents,
) -> list[int]:
    """Move an owner's images to the trash; those that are being made are cancelled first.

    Returns the jobs to send after the commit.
    """
    pending = [row for row in rows if row.state == "pending"]
    if pending:
        cancel(session, [row.id for row in pending])
    change, now = touch(session, owner_id, images=-len(rows)), now_ms()
    job_ids: list[int] = []
    for row in pending:
        mark_cancelled(row)
    job_ids += tell_failed(session, pending, events)
    for row in rows:
        row.deleted_ms, row.change = now, change
        job_ids += events.image_deleted(session, row)
    return job_ids


def tell_failed(session: Session, rows: Sequence[Image], events: PictureEvents) -> list[int]:
    """Tell that the work on images has ended, once they are marked so; each generation once.

    Returns the jobs to send after the commit.
    """
    one_of_each = {row.generation_id: row for row in rows}
    return [job for row in one_of_each.values() for job in events.image_failed(session, row)]


def bring_back(
    session: Session, owner_id: int, rows: Sequence[Image], events: SourceEvents
) -> list[int]:
    """Bring an owner's images back from the trash; return the jobs to send after the commit."""
    change = touch(session, owner_id, images=len(rows))
    for row in rows:
        row.deleted_ms = None
        row.change = row.born_change = change
    ready = [row.id for row in rows if row.state == "ready"]
    return [job for key in ready for job in events.source_saved(session, key)]
