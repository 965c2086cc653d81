"""Who may see images."""

from webapp.services.images.changes import checked_visibility
from webapp.services.library.actions.base import Before, Piece


class SetVisibility:
    """Say who may see images: private, unlisted or public."""

    needs = "visibility"

    def target(self, text: str) -> str:
        """Return the word; raises InvalidError."""
        return checked_visibility(text)

    def do(self, piece: Piece, target: str) -> Before:
        """Change those that are not so yet; note how each was, and the number of the change."""
        rows = [row for row in piece.rows if row.visibility != target]
        before = {row.id: row.visibility for row in rows}
        for row in rows:
            row.visibility = target
        change = piece.count(rows)
        piece.shown.update(row.uid for row in rows)
        return {key: [was, change] for key, was in before.items()}

    def undo(self, piece: Piece, target: str, before: Before) -> int:
        """Change those back that are still so."""
        rows = [row for row in piece.rows if row.visibility == target]
        for row in rows:
            row.visibility = before[row.id][0]
        piece.count(rows)
        piece.shown.update(row.uid for row in rows)
        return len(rows)
