"""Into the trash and back."""

from collections.abc import Sequence

from webapp.errors import OverBudgetError
from webapp.models import Image
from webapp.services.changes import touch
from webapp.services.images.changes import bring_back, throw_away
from webapp.services.library.actions.base import Before, Piece


class Delete:
    """Move images to the trash.

    Undone, those that were waiting or being made are asked for again, unless they may have been
    paid for or would cost too much now: then they can be tried again one by one.
    """

    needs = ""

    def target(self, text: str) -> str:
        """Return nothing: it is done with nothing."""
        del text
        return ""

    def do(self, piece: Piece, target: str) -> Before:
        """Delete what is not deleted yet; note when, and whether it was pending."""
        del target
        rows = [row for row in piece.rows if row.deleted_ms is None]
        pending = {row.id for row in rows if row.state == "pending"}
        if rows:
            _throw_away(piece, rows)
        piece.shown.update(row.uid for row in rows)
        return {row.id: [row.deleted_ms, row.id in pending] for row in rows}

    def undo(self, piece: Piece, target: str, before: Before) -> int:
        """Bring back what was deleted just then."""
        del target
        rows = [row for row in piece.rows if row.deleted_ms == before[row.id][0]]
        if rows:
            piece.job_ids.extend(
                bring_back(piece.session, piece.owner.id, rows, piece.tools.events)
            )
            wanted = [row for row in rows if before[row.id][1] and _costs_nothing_twice(row)]
            _begin_again(piece, wanted)
        piece.shown.update(row.uid for row in rows)
        return len(rows)


class Restore:
    """Bring images back from the trash."""

    needs = ""

    def target(self, text: str) -> str:
        """Return nothing: it is done with nothing."""
        del text
        return ""

    def do(self, piece: Piece, target: str) -> Before:
        """Bring back what is in the trash; note since when it was, and the change that did it."""
        del target
        rows = [row for row in piece.rows if row.deleted_ms is not None]
        before = {row.id: row.deleted_ms for row in rows}
        if rows:
            piece.job_ids.extend(
                bring_back(piece.session, piece.owner.id, rows, piece.tools.events)
            )
        piece.shown.update(row.uid for row in rows)
        return {row.id: [before[row.id], row.born_change] for row in rows}

    def undo(self, piece: Piece, target: str, before: Before) -> int:
        """Throw away again what came back just then, to be emptied when it would have been."""
        del target
        rows = [
            row
            for row in piece.rows
            if row.deleted_ms is None and row.born_change == before[row.id][1]
        ]
        if rows:
            _throw_away(piece, rows)
        for row in rows:
            row.deleted_ms = before[row.id][0]
        piece.shown.update(row.uid for row in rows)
        return len(rows)


def _throw_away(piece: Piece, rows: Sequence[Image]) -> None:
    tools = piece.tools
    jobs = throw_away(piece.session, piece.owner.id, rows, tools.cancel, tools.events)
    piece.job_ids.extend(jobs)


def _costs_nothing_twice(row: Image) -> bool:
    return row.state == "failed" and row.error_kind == "cancelled" and row.asked_key is None


def _begin_again(piece: Piece, rows: list[Image]) -> None:
    if not rows:
        return
    try:
        piece.job_ids.extend(piece.tools.begin_again(piece.session, piece.owner, rows))
    except OverBudgetError:
        change = touch(piece.session, piece.owner.id)
        for row in rows:  # they stay cancelled, with "Try again" on each
            row.change = change
