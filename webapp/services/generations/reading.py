"""Generations as a whole: read, cancelled and repeated by those who asked for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.errors import ConflictError, CursorError, GoneError, NotFoundError
from webapp.models import Database, Generation, Image, is_public_id
from webapp.services.accounts import Viewer
from webapp.services.generations.generator import ImageGeneratorService
from webapp.services.generations.views import GenerationView, views

__all__ = ["GenerationPage", "GenerationView", "Generations"]


@dataclass(frozen=True, slots=True)
class GenerationPage:
    """Some generations, newest first, and the cursor that asks for those after them."""

    generations: tuple[GenerationView, ...]
    next_cursor: str | None = None


class Generations:
    """Reads, cancels and repeats generations as a whole."""

    def __init__(self, database: Database, generator: ImageGeneratorService) -> None:
        self._database = database
        self._generator = generator

    def get(self, uid: str, owner: Viewer) -> GenerationView:
        """Return a generation of a person's own.

        Raises NotFoundError for any other, GoneError where all its pictures were deleted for good.
        """
        return self.many([uid], owner)[0]

    def many(self, uids: Sequence[str], owner: Viewer) -> tuple[GenerationView, ...]:
        """Return several generations in the order of their ids; raises as `get` does."""
        found = self.known(uids, owner)
        if not all(view.all_pictures for view in found):
            msg = "The pictures of this generation have been deleted."
            raise GoneError(msg)
        return found

    def known(self, uids: Sequence[str], owner: Viewer) -> tuple[GenerationView, ...]:
        """Return several generations, also those whose pictures were all deleted for good.

        Raises NotFoundError where one of them is not a person's own.
        """
        known = [uid for uid in uids if is_public_id(uid)]
        wanted = select(Generation).where(Generation.uid.in_(known))
        with self._database.reading() as session:
            rows = session.scalars(wanted.where(Generation.owner_id == owner.id)).all()
            found = {view.id: view for view in views(session, rows)}
        if not {row.uid for row in rows} >= set(uids):
            msg = "There is no such generation."
            raise NotFoundError(msg)
        return tuple(found[uid] for uid in uids)

    def page(self, owner: Viewer, cursor: str = "", limit: int = 20) -> GenerationPage:
        """Return a page of a person's generations, newest first, that have any pictures left.

        The cursor is the one of the page before, or empty; raises InvalidError for what is none.
        """
        has_any = select(Image.id).where(Image.generation_id == Generation.id).exists()
        mine = select(Generation).where(Generation.owner_id == owner.id, has_any)
        with self._database.reading() as session:
            if cursor:
                mine = mine.where(Generation.id < _key(session, owner, cursor))
            rows = session.scalars(mine.order_by(Generation.id.desc()).limit(limit + 1)).all()
            found = views(session, rows[:limit])
        return GenerationPage(found, rows[limit - 1].uid if len(rows) > limit else None)

    def cancel(self, uid: str, owner: Viewer) -> GenerationView:
        """Stop the work on all pictures that are not there yet; what is ready stays."""
        for picture in self.get(uid, owner).all_pictures:
            if picture.is_pending:
                self._generator.cancel(picture.id, owner)
        return self.get(uid, owner)

    def retry(self, uid: str, owner: Viewer) -> GenerationView:
        """Make all pictures again that could not be made and may be; their URLs stay.

        Raises ConflictError where there are none, OverBudgetError where it would cost too much.
        """
        failed = [item for item in self.get(uid, owner).pictures if item.state == "failed"]
        worth = [item.id for item in failed if item.failure.can_retry]
        if not worth:
            msg = "None of these pictures failed in a way that trying again could mend."
            raise ConflictError(msg, code="nothing_to_retry")
        self._generator.retry_all(worth, owner)
        return self.get(uid, owner)


def _key(session: Session, owner: Viewer, cursor: str) -> int:
    wanted = select(Generation.id).where(Generation.uid == cursor, Generation.owner_id == owner.id)
    key = session.scalar(wanted) if is_public_id(cursor) else None
    if key is None:
        raise CursorError
    return key
