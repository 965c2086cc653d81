"""Results: what a provider sent becomes the picture of an image, or is refused."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict

from sqlalchemy.orm import Session

from webapp.errors import InvalidError, TooLargeError
from webapp.models import Database, Image, now_ms
from webapp.models.job import Lease
from webapp.providers.base import ImageResult, ProviderError
from webapp.services.changes import touch
from webapp.services.image_rows import hold_original, hold_owner_of, mark_failed
from webapp.services.images.originals import Original, Originals
from webapp.services.jobs import Jobs
from webapp.services.patience import patiently
from webapp.services.ports import PictureEvents
from webapp.services.requests import clean

LONGEST_SAID = 4_000
MOST_WORDS = 200
LARGEST_SEED = 2**63 - 1

FORMATS = frozenset({"png", "jpeg", "webp"})
"""What providers may send."""


class ResultKeeper:
    """Keeps the pictures that providers make."""

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        originals: Originals,
        events: PictureEvents,
        *,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._originals = originals
        self._events = events
        self._pause = pause

    def keep(self, lease: Lease, result: ImageResult, *, cost: int | None) -> None:
        """Keep what came as the picture of a job's image, and end the job.

        While the database or the store is busy it is tried again: the picture may have been paid
        for. Raises ProviderError for what is no picture, LeaseLostError where nobody wants it any
        more.
        """
        original = patiently(lambda: self._picture_in(result), self._pause)
        patiently(lambda: self._keep(lease, result, original, cost), self._pause)

    def fail(self, session: Session, row: Image, kind: str, message: str) -> list[int]:
        """Say in an image's row that there is no picture; return the jobs for `send`."""
        mark_failed(row, kind, message)
        row.change = touch(session, row.owner_id)
        return self._events.image_failed(session, row)

    def send(self, job_ids: Sequence[int]) -> None:
        """Have begun what follows from a failure, after the commit."""
        self._events.send(job_ids)

    def _picture_in(self, result: ImageResult) -> Original:
        """Keep the bytes that came, if they are a picture; raises ProviderError."""
        try:
            return self._originals.keep(result.data, formats=FORMATS)
        except (InvalidError, TooLargeError) as error:
            msg = f"What came is no picture that can be kept. {error}"
            raise ProviderError(kind="bad_response", message=msg) from error

    def _keep(
        self, lease: Lease, result: ImageResult, original: Original, cost: int | None
    ) -> None:
        """Finish the job and fill its image in one transaction: both are seen, or neither."""
        with self._database.writing() as session:
            hold_owner_of(session, lease.subject_id)
            self._jobs.finish(session, lease)
            hold_original(session, original.digest)
            row = session.get_one(Image, lease.subject_id)
            for name, value in asdict(original).items():
                setattr(row, name, value)
            row.state, row.stage, row.progress = "ready", "", 100
            row.ready_ms = now_ms()
            row.seed = result.seed if _is_seed(result.seed) else row.seed
            row.cost = cost
            row.note = said(result.text)
            row.recognised = [said(word) for word in result.recognised[:MOST_WORDS]]
            row.change = touch(session, row.owner_id)
            job_ids = self._events.source_saved(session, row.id)
            job_ids += self._events.image_created(session, row)
        if not self._originals.has(original):
            self._originals.keep(result.data)
        self._events.send(job_ids)


def said(text: str) -> str:
    """Return what a provider said, as far as it can be kept: bounded, and without broken letters.

    A half letter, or a zero byte on PostgreSQL, would make the picture beside it unkeepable.
    """
    return clean(text[:LONGEST_SAID])


def _is_seed(seed: int | None) -> bool:
    return seed is not None and 0 <= seed <= LARGEST_SEED
