"""ImageMaker: turns jobs into pictures with the help of the providers."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from webapp.errors import EaselError
from webapp.imaging.references import as_mask
from webapp.models import Database, Generation, Image
from webapp.models.job import Lease
from webapp.providers.base import ImageRequest, ProviderError, Reference
from webapp.services.catalogue import Catalogue
from webapp.services.changes import touch
from webapp.services.failures import UNEXPECTED, failure
from webapp.services.generations.progress import ProgressNotes, Watch
from webapp.services.generations.results import ResultKeeper, said
from webapp.services.image_rows import hold_owner_of
from webapp.services.images.parents import References
from webapp.services.jobs import Jobs, LeaseLostError
from webapp.services.money.ledger import Bill, Ledger

JOB_KIND = "image"
"""The kind of job that makes one picture; its subject is the image's row."""

KEY_BYTES = 16

INTERRUPTED = failure("interrupted")


@dataclass(frozen=True, slots=True)
class _Task:
    image_id: int
    provider: str
    request: ImageRequest
    bill: Bill | None


class ImageMaker:
    """Does the jobs that `ImageGeneratorService` queues."""

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        catalogue: Catalogue,
        ledger: Ledger,
        references: References,
        keeper: ResultKeeper,
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._catalogue = catalogue
        self._ledger = ledger
        self._references = references
        self._keeper = keeper

    def run(self, lease: Lease) -> None:
        """Make the picture of a job and keep it; what goes wrong is for `give_up`."""
        task = self._begin(lease)
        if task is None:
            return
        notes, watch = ProgressNotes(self._database, task.image_id, lease), Watch(self._jobs, lease)
        provider = self._catalogue.provider(task.provider)
        with self._ledger.settling(task.bill):
            result = provider.generate(task.request, notes, watch)
            if task.bill is not None:
                task.bill.cost = result.cost
        self._keeper.keep(lease, result, cost=task.bill.micros if task.bill else 0)

    def give_up(self, lease: Lease, error: Exception) -> None:
        """Record a failure with its kind and a sentence, on the job and on its image."""
        kind, message = _told(error)
        job_ids: list[int] = []
        with self._database.writing() as session:
            hold_owner_of(session, lease.subject_id)
            self._jobs.finish(session, lease, "failed", f"{kind}: {message}")
            row = session.get(Image, lease.subject_id)
            if row is not None and row.state == "pending":
                if self._is_unknown(session, row) and lease.exhausted:
                    kind, message = INTERRUPTED.kind, INTERRUPTED.next_step
                row.note = said(error.text) if isinstance(error, ProviderError) else ""
                job_ids = self._keeper.fail(session, row, kind, message)
        self._keeper.send(job_ids)

    def _is_unknown(self, session: Session, row: Image) -> bool:
        """Return whether nobody knew until now how an image's call ended.

        An image whose call surely cost nothing may be asked for again without a second thought.
        """
        if row.asked_key is None:
            return False
        is_unknown = self._ledger.doubt(session, row.asked_key)
        if self._ledger.is_void(session, row.asked_key):
            row.asked_key = None
        return is_unknown

    def _begin(self, lease: Lease) -> _Task | None:
        """Return what is to be done, or end the job where nothing is.

        What costs money is written down here, before the provider is asked. Where that was done
        already, and no end was, the process died in between: a person decides what to do.
        """
        request = self._prepared(lease.subject_id)
        if not self._jobs.is_held(lease):
            msg = "The job was cancelled or taken over before it began."
            raise LeaseLostError(msg)
        with self._database.writing() as session:
            hold_owner_of(session, lease.subject_id)
            # Locked: of two that think the job is theirs, one sees what the other wrote.
            row = session.get(Image, lease.subject_id, with_for_update=True)
            if row is None or row.state != "pending":
                self._jobs.finish(session, lease)
                return None
            if row.asked_key is None and request is not None:
                return self._task(session, row, request)
            job_ids = self._interrupt(session, lease, row)
        self._keeper.send(job_ids)
        return None

    def _task(self, session: Session, row: Image, request: ImageRequest) -> _Task:
        """Note that the work begins, and what it will cost."""
        row.stage, row.progress = "Starting", 0
        row.change = touch(session, row.owner_id)
        bill = None
        if not self._catalogue.caps(row.provider, row.model).is_free:
            bill = self._ledger.open(session, row, request.key)
        return _Task(row.id, row.provider, request, bill)

    def _prepared(self, image_id: int) -> ImageRequest | None:
        """Return what a provider shall be asked for an image, None where it shall not be asked.

        No transaction is held while references and the mask are decoded.
        """
        with self._database.reading() as session:
            wanted = (
                select(Image, Generation)
                .join(Generation, Generation.id == Image.generation_id)
                .where(Image.id == image_id, Image.state == "pending", Image.asked_key.is_(None))
                .options(undefer(Generation.mask))
            )
            found = session.execute(wanted).one_or_none()
        if found is None:
            return None
        row, generation = found
        return _image_request(row, generation, self._references.of(image_id))

    def _interrupt(self, session: Session, lease: Lease, row: Image) -> list[int]:
        """End the work on an image whose provider was asked by a process that is no more.

        Returns the jobs that tell of it.
        """
        if row.asked_key is not None:
            self._ledger.doubt(session, row.asked_key)
        self._jobs.finish(session, lease, "failed", INTERRUPTED.kind)
        return self._keeper.fail(session, row, INTERRUPTED.kind, INTERRUPTED.next_step)


def _image_request(
    row: Image, generation: Generation, references: Sequence[Reference]
) -> ImageRequest:
    mask = generation.mask
    if mask is not None and references:
        mask = as_mask(mask, (references[0].width, references[0].height))
    return ImageRequest(
        prompt=row.prompt,
        model=row.model,
        aspect_ratio=generation.aspect_ratio,
        size=generation.size,
        seed=row.seed,
        negative_prompt=row.negative_prompt,
        references=tuple(references),
        mask=mask,
        strength=generation.strength,
        parameters=generation.parameters or {},
        key=secrets.token_hex(KEY_BYTES),
    )


def _told(error: Exception) -> tuple[str, str]:
    """Return the kind of a failure and the sentence that people read."""
    if isinstance(error, EaselError):
        return error.code, said(str(error))
    return UNEXPECTED.kind, UNEXPECTED.next_step
