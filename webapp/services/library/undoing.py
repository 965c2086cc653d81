"""Actions on many images, taken back."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from webapp.errors import GoneError, NotFoundError
from webapp.models import Database, UndoStep, now_ms
from webapp.services.accounts import Viewer
from webapp.services.images.since import VALID_MS, still_fresh
from webapp.services.library.actions import ACTIONS
from webapp.services.library.batches import Workbench
from webapp.services.library.chosen import AT_ONCE

REMEMBERED_MS = 2 * VALID_MS
"""So long a token that has expired is answered with that, and not as unknown."""


class Undoer:
    """Undoes what `Batches` has done."""

    def __init__(self, database: Database, bench: Workbench) -> None:
        self._database = database
        self._bench = bench

    def undo(self, token: str, owner: Viewer) -> int:
        """Bring back what an action changed, but not what was changed since; return how many.

        A crash halfway loses nothing: the rest can still be undone by the same token. Raises
        NotFoundError for an unknown token, GoneError for one that was used or is older than a day.
        """
        with self._database.reading() as session:
            _open_step(session, token, owner)
        count, is_done = 0, False
        while not is_done:
            some, is_done = self._undo_some(token, owner)
            count += some
        return count

    def action(self, token: str, owner: Viewer) -> str:
        """Return the name of the action that a token undoes; raises as `undo` does."""
        with self._database.reading() as session:
            return _open_step(session, token, owner).action

    def sweep(self) -> int:
        """Forget old actions, anybody's; return how many."""
        old = UndoStep.created_ms < now_ms() - REMEMBERED_MS
        with self._database.writing() as session:
            return len(session.scalars(delete(UndoStep).where(old).returning(UndoStep.token)).all())

    def _undo_some(self, token: str, owner: Viewer) -> tuple[int, bool]:
        """Undo a piece of an action; return how many images that were, and whether it was all.

        Somebody else may undo the same at the same time: each piece is taken by one of the two.
        """
        taken: dict[int, object] = {}

        def take(session: Session) -> list[int]:
            step = session.get_one(UndoStep, token)
            items = step.before["items"]
            taken.update(still_fresh(session, step, items[:AT_ONCE]))
            step.before = step.before | {"items": items[AT_ONCE:]}
            return list(taken)

        with self._bench.piece(owner, take) as piece:
            step = piece.session.get_one(UndoStep, token)
            count = ACTIONS[step.action].undo(piece, step.before["target"], taken)
            return count, not step.before["items"]


def _open_step(session: Session, token: str, owner: Viewer) -> UndoStep:
    step = session.get(UndoStep, token[:32])
    if step is None or step.owner_id != owner.id:
        msg = "There is nothing to undo under this token."
        raise NotFoundError(msg)
    if step.created_ms < now_ms() - VALID_MS:
        msg = "This can't be undone any more: that is possible for a day."
        raise GoneError(msg)
    if not step.before["items"]:
        msg = "This was undone already."
        raise GoneError(msg)
    return step
