"""ImageGeneratorService: start, cancel and retry generations of pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.errors import InvalidError
from webapp.models import Database, Generation, Image
from webapp.services import idempotency
from webapp.services.accounts import Viewer
from webapp.services.catalogue import Catalogue
from webapp.services.changes import hold_owner, touch
from webapp.services.failures import failure
from webapp.services.generations.making import JOB_KIND
from webapp.services.generations.starting import Wish, add_generation
from webapp.services.idempotency import Once
from webapp.services.image_rows import mark_cancelled, own_row
from webapp.services.jobs import Jobs
from webapp.services.money.budgets import Budgets
from webapp.services.pictures import Picture
from webapp.services.ports import Announcer
from webapp.services.requests import GenerationRequest


@dataclass(frozen=True, slots=True)
class Started:
    """A generation on its way, and its pictures, which can be shown and embedded at once.

    `estimate` is what they are expected to cost together, None where that is not known.
    """

    id: str
    pictures: tuple[Picture, ...]
    estimate: int | None = 0


class ImageGeneratorService:
    """Takes requests, and queues the work that `making.ImageMaker` does."""

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        catalogue: Catalogue,
        budgets: Budgets,
        announcer: Announcer,
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._catalogue = catalogue
        self._budgets = budgets
        self._announcer = announcer

    def start(self, owner: Viewer, request: GenerationRequest) -> Started:
        """Make the generation and its pending images at once, and queue the work.

        Raises InvalidError for a request that the model can't take, OverBudgetError for one that
        would cost more than may be spent.
        """
        return self.start_all(owner, [request])[0]

    def start_all(
        self, owner: Viewer, requests: Sequence[GenerationRequest], once: Once | None = None
    ) -> tuple[Started, ...]:
        """Start several generations, or none of them; raises as `start` does.

        With `once`, the same is started once a day: raises RepeatedError for what was before.
        """
        wishes = [self._wish(request) for request in requests]
        job_ids: list[int] = []
        started: list[Started] = []
        with self._database.writing() as session:
            touch(session, owner.id)  # its lock keeps two requests from spending the same money
            if once is not None:
                idempotency.check_new(session, owner.id, once)
            self._budgets.check(
                session, owner.id, [price for wish in wishes for price in wish.prices]
            )
            for wish in wishes:
                generation, images = add_generation(session, owner, wish)
                ids = [image.id for image in images]
                job_ids += self._jobs.add(session, JOB_KIND, ids, owner_id=owner.id)
                pictures = tuple(Picture.of(image, generation=generation.uid) for image in images)
                started.append(Started(generation.uid, pictures, total(wish.prices)))
            if once is not None:
                idempotency.note(session, owner.id, once, [item.id for item in started])
        self._jobs.send(job_ids)
        return tuple(started)

    def check_new(self, owner: Viewer, once: Once) -> None:
        """Raise RepeatedError, or ConflictError, where `start_all` would for the same key."""
        with self._database.reading() as session:
            idempotency.check_new(session, owner.id, once)

    def estimate(self, request: GenerationRequest) -> int | None:
        """Return what a request would cost, in millionths of a US dollar, None if unknown."""
        return total(self._wish(request).prices)

    def cancel(self, uid: str, owner: Viewer) -> Picture:
        """Stop the work on a pending image; a late result is dropped."""
        job_ids: list[int] = []
        with self._database.writing() as session:
            hold_owner(session, owner.id)
            row = own_row(session, uid, owner)
            if row.state == "pending":
                self._jobs.cancel(session, JOB_KIND, [row.id])
                mark_cancelled(row)
                row.change = touch(session, row.owner_id)
                job_ids = self._announcer.image_failed(session, row)
            picture = Picture.of(row)
        self._announcer.send(job_ids)
        return picture

    def retry(self, uid: str, owner: Viewer) -> Picture:
        """Make a failed image again; its URLs stay the same. Raises as `start` does."""
        return self.retry_all([uid], owner)[0]

    def retry_all(self, uids: Sequence[str], owner: Viewer) -> list[Picture]:
        """Make several failed images again, or none of them; raises as `retry` does."""
        with self._database.writing() as session:
            hold_owner(session, owner.id)
            rows = [own_row(session, uid, owner) for uid in uids]
            if not all(_is_failed(row) for row in rows):
                msg = "Only a picture that could not be made can be tried again."
                raise InvalidError(msg)
            job_ids = self.begin_again(session, owner, rows)
            pictures = [Picture.of(row) for row in rows]
        self._jobs.send(job_ids)
        return pictures

    def retry_failed(self, owner: Viewer) -> int:
        """Make all of a person's failed images again that may succeed; return how many."""
        failed = select(Image).where(
            Image.owner_id == owner.id,
            Image.state == "failed",
            Image.deleted_ms.is_(None),
            Image.generation_id.is_not(None),
            Image.asked_key.is_(None),  # else it may have been paid for
        )
        with self._database.writing() as session:
            hold_owner(session, owner.id)
            rows = session.scalars(failed.order_by(Image.id)).all()
            worth = [row for row in rows if failure(row.error_kind).is_retried_with_others]
            job_ids = self.begin_again(session, owner, worth) if worth else []
        self._jobs.send(job_ids)
        return len(worth)

    def begin_again(self, session: Session, owner: Viewer, rows: Sequence[Image]) -> list[int]:
        """Queue failed images anew, at the prices of today, in the caller's transaction.

        Returns their jobs, to be sent after the commit; raises OverBudgetError.
        """
        change = touch(session, owner.id)
        for row in rows:
            row.price = self._price(session, row)
        self._budgets.check(session, owner.id, [row.price for row in rows])
        for row in rows:
            row.state, row.stage, row.progress, row.note = "pending", "", 0, ""
            row.error_kind = row.error_message = ""
            row.asked_key, row.change = None, change
        return [
            self._jobs.requeue(session, JOB_KIND, row.id, owner_id=row.owner_id) for row in rows
        ]

    def _wish(self, request: GenerationRequest) -> Wish:
        return Wish.of(request, self._catalogue.caps(request.provider, request.model))

    def _price(self, session: Session, row: Image) -> int | None:
        """Return what an image would cost now, or what it would have where nobody knows."""
        caps = self._catalogue.known(row.provider, row.model)
        asked = session.get(Generation, row.generation_id)
        if caps is None or asked is None:
            return row.price
        return caps.price(asked.size, row.parameters)


def total(prices: Sequence[int | None]) -> int | None:
    """Return what some pictures cost together, None where that is not known."""
    known = [price for price in prices if price is not None]
    return sum(known) if len(known) == len(prices) else None


def _is_failed(row: Image) -> bool:
    return row.state == "failed" and row.generation_id is not None and row.deleted_ms is None
