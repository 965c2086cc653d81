"""What services do alike with an image's row: find it, say who may see it, and fail it."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.errors import GoneError, NotFoundError
from webapp.models import Image, PurgedImage, is_public_id
from webapp.services.accounts import Viewer
from webapp.services.changes import hold_owner
from webapp.services.pictures import Picture

MISSING = "There is no such picture."


def own_row(session: Session, uid: str, owner: Viewer) -> Image:
    """Return the row of one of the owner's own images.

    Raises GoneError for one that was deleted for good, NotFoundError for any other id.
    """
    if not is_public_id(uid):
        raise NotFoundError(MISSING)
    mine = select(Image).where(Image.uid == uid, Image.owner_id == owner.id)
    row = session.scalar(mine)
    if row is None:
        raise absent(session, uid, owner)
    return row


def mark_failed(row: Image, kind: str, message: str) -> None:
    """Say in an image's row that it could not be made, and why; the caller counts the change."""
    row.state, row.stage, row.progress = "failed", "", 0
    row.error_kind, row.error_message = kind[:32], message


def mark_cancelled(row: Image) -> None:
    """Say in an image's row that nobody wants it any more."""
    mark_failed(row, "cancelled", "Cancelled.")


def absent(session: Session, uid: str, viewer: Viewer | None) -> NotFoundError | GoneError:
    """Return what to say of an id that has no row: some may know that it had one."""
    purged = session.get(PurgedImage, uid)
    is_owner = purged is not None and viewer is not None and viewer.id == purged.owner_id
    if purged is not None and (is_owner or purged.visibility != "private"):
        return _gone()
    return NotFoundError(MISSING)


def check_visible(picture: Picture, viewer: Viewer | None) -> None:
    """Let a picture through to who may see it; else raise as `ImageManager.get_image` does."""
    is_owner = viewer is not None and viewer.id == picture.owner_id
    if not is_owner and not picture.is_shared:
        raise NotFoundError(MISSING)
    if not is_owner and picture.deleted is not None:
        raise _gone()


def hold_owner_of(session: Session, image_id: int) -> None:
    """Hold an image's owner, as `changes.hold_owner` does."""
    owner_id = session.scalar(select(Image.owner_id).where(Image.id == image_id))
    if owner_id is not None:
        hold_owner(session, owner_id)


def hold_original(session: Session, digest: str) -> None:
    """Let transactions that begin to use, or delete, the same original wait for each other.

    On SQLite all that write do.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(digest))))


def is_used(session: Session, digest: str) -> bool:
    """Return whether any image has an original."""
    return session.scalar(select(Image.id).where(Image.digest == digest).limit(1)) is not None


def _gone() -> GoneError:
    return GoneError("This picture has been deleted.")
