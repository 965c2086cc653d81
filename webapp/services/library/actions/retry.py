"""Failed images, made again."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.errors import OverBudgetError
from webapp.models import Image, Job
from webapp.services.failures import failure
from webapp.services.image_rows import mark_failed
from webapp.services.images.changes import tell_failed
from webapp.services.library.actions.base import Before, Piece
from webapp.services.library.chosen import Failure

NOT_FAILED = Failure("not_failed", "Only a picture that could not be made can be tried again.")
HOPELESS = Failure("not_retryable", "It would fail again. Change its prompt, then make a new one.")
MAY_HAVE_COST = Failure("may_have_cost", "It may have been paid for. Try it again by itself.")


class Retry:
    """Make failed images again that may succeed; what may have been paid for is left alone."""

    needs = ""

    def target(self, text: str) -> str:
        """Return nothing: it is done with nothing."""
        del text
        return ""

    def do(self, piece: Piece, target: str) -> Before:
        """Queue them anew; note how each had failed, its job, and that job's place in the queue."""
        del target
        worth = []
        for row in piece.rows:
            obstacle = _obstacle(row)
            if obstacle is None:
                worth.append(row)
            else:
                piece.refuse([row], obstacle)
        before = {row.id: [row.error_kind, row.error_message] for row in worth}
        if not worth:
            return {}
        try:
            jobs = piece.tools.begin_again(piece.session, piece.owner, worth)
        except OverBudgetError as error:
            piece.refuse(worth, Failure(error.code, str(error)))
            return {}
        piece.job_ids.extend(jobs)
        piece.shown.update(row.uid for row in worth)
        ranks = _ranks(piece.session, jobs)
        return {
            row.id: [*before[row.id], job, ranks[job]] for row, job in zip(worth, jobs, strict=True)
        }

    def undo(self, piece: Piece, target: str, before: Before) -> int:
        """Stop the work that was asked for then; those have failed as they had before.

        A job that was queued once more has another place in the queue: somebody else wants it.
        """
        del target
        ranks = _ranks(piece.session, [job for _, _, job, _ in before.values()])
        rows = []
        for row in piece.rows:
            job, rank = before[row.id][2:]
            if row.state == "pending" and row.deleted_ms is None and ranks.get(job) == rank:
                rows.append(row)
        if rows:
            piece.tools.cancel(piece.session, [row.id for row in rows])
        for row in rows:
            kind, message, *_ = before[row.id]
            mark_failed(row, kind, message)
        piece.count(rows)
        piece.job_ids.extend(tell_failed(piece.session, rows, piece.tools.events))
        piece.shown.update(row.uid for row in rows)
        return len(rows)


def _ranks(session: Session, jobs: Collection[int]) -> dict[int, int]:
    return dict(session.execute(select(Job.id, Job.rank).where(Job.id.in_(jobs))).all())


def _obstacle(row: Image) -> Failure | None:
    """Return why an image can't be tried again with others, None where it can."""
    if row.state != "failed" or row.generation_id is None or row.deleted_ms is not None:
        return NOT_FAILED
    if not failure(row.error_kind).can_retry:
        return HOPELESS
    return MAY_HAVE_COST if row.asked_key is not None else None
