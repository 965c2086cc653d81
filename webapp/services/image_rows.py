"""What every service that changes an image's row does alike: find it by its owner, and fail it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.errors import NotFoundError
from webapp.models import Image, is_public_id
from webapp.services.accounts import Viewer

MISSING = "There is no such picture."


def own_row(session: Session, uid: str, owner: Viewer) -> Image:
    """Return the row of one of the owner's own images; else raise NotFoundError."""
    mine = select(Image).where(Image.uid == uid, Image.owner_id == owner.id)
    row = session.scalar(mine) if is_public_id(uid) else None
    if row is None:
        raise NotFoundError(MISSING)
    return row


def mark_failed(row: Image, kind: str, message: str) -> None:
    """Say in an image's row that it could not be made, and why; the caller counts the change."""
    row.state, row.stage, row.progress = "failed", "", 0
    row.error_kind, row.error_message = kind[:32], message


def mark_cancelled(row: Image) -> None:
    """Say in an image's row that nobody wants it any more."""
    mark_failed(row, "cancelled", "Cancelled.")
