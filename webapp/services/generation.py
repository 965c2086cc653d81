"""ImageGeneratorService: start, run, cancel and retry generations of pictures."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from webapp.errors import EaselError, InvalidError
from webapp.models import Database, Generation, Image, now_ms
from webapp.models.job import Lease
from webapp.providers.base import ImageRequest, ImageResult, ModelCaps
from webapp.services.accounts import Viewer
from webapp.services.catalogue import Catalogue
from webapp.services.changes import touch
from webapp.services.image_rows import hold_original, mark_cancelled, mark_failed, own_row
from webapp.services.jobs import Jobs
from webapp.services.originals import Original, Originals
from webapp.services.pictures import Picture
from webapp.services.ports import SourceEvents
from webapp.services.progress import ProgressNotes
from webapp.services.requests import LARGEST_SEED, GenerationRequest, checked, expected_size

JOB_KIND = "image"
"""The kind of job that makes one picture; its subject is the image's row."""

UNEXPECTED = "Something went wrong while the picture was made. Try again; the log has the details."


@dataclass(frozen=True, slots=True)
class Started:
    """A generation on its way, and its pictures, which can be shown and embedded at once."""

    id: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class _Task:
    image_id: int
    owner_id: int
    provider: str
    request: ImageRequest


class ImageGeneratorService:
    """Takes requests, and turns jobs into pictures with the help of the providers."""

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        originals: Originals,
        catalogue: Catalogue,
        events: SourceEvents,
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._originals = originals
        self._catalogue = catalogue
        self._events = events

    def start(self, owner: Viewer, request: GenerationRequest, *, send: bool = True) -> Started:
        """Make the generation and its pending images at once, and queue the work.

        Raises InvalidError for a request that the model can't take. With `send` off, the work
        waits until somebody claims its jobs.
        """
        caps = self._catalogue.caps(request.provider, request.model)
        wish = checked(request, caps)
        with self._database.writing() as session:
            generation = _generation(owner, wish)
            session.add(generation)
            session.flush()
            images = _pending_images(session, wish, generation, _seeds(wish, caps))
            job_ids = self._jobs.add(session, JOB_KIND, [image.id for image in images])
            pictures = tuple(Picture.of(image, generation=generation.uid) for image in images)
            uid = generation.uid
        if send:
            self._jobs.send(job_ids)
        return Started(uid, pictures)

    def run(self, lease: Lease) -> None:
        """Make the picture of a job and keep it; what goes wrong is for `give_up`."""
        task = self._begin(lease)
        if task is None:
            return
        notes = ProgressNotes(self._database, task.image_id, lease)
        provider = self._catalogue.provider(task.provider)
        result = provider.generate(task.request, notes, lease.is_lost)
        self._keep(lease, task, result, self._originals.keep(result.data))

    def give_up(self, lease: Lease, error: Exception) -> None:
        """Record a failure with its kind and a sentence, on the job and on its image."""
        kind, message = _told(error)
        with self._database.writing() as session:
            self._jobs.finish(session, lease, "failed", f"{kind}: {message}")
            row = session.get(Image, lease.subject_id)
            if row is not None and row.state == "pending":
                mark_failed(row, kind, message)
                row.change = touch(session, row.owner_id)

    def cancel(self, uid: str, owner: Viewer) -> Picture:
        """Stop the work on a pending image; a late result is dropped."""
        with self._database.writing() as session:
            row = own_row(session, uid, owner)
            if row.state == "pending":
                self._jobs.cancel(session, JOB_KIND, [row.id])
                mark_cancelled(row)
                row.change = touch(session, row.owner_id)
            return Picture.of(row)

    def retry(self, uid: str, owner: Viewer) -> Picture:
        """Make a failed image again; its URLs stay the same."""
        with self._database.writing() as session:
            row = own_row(session, uid, owner)
            if row.state != "failed" or row.generation_id is None or row.deleted_ms is not None:
                msg = "Only a picture that could not be made can be tried again."
                raise InvalidError(msg)
            row.state, row.stage, row.progress = "pending", "", 0
            row.error_kind = row.error_message = ""
            row.change = touch(session, row.owner_id)
            job_id = self._jobs.requeue(session, JOB_KIND, row.id)
            picture = Picture.of(row)
        self._jobs.send([job_id])
        return picture

    def _begin(self, lease: Lease) -> _Task | None:
        """Return what is to be done, or end the job where nothing is."""
        with self._database.writing() as session:
            row = session.get(Image, lease.subject_id)
            if row is None or row.state != "pending":
                self._jobs.finish(session, lease)
                return None
            generation = session.get_one(Generation, row.generation_id)
            row.stage, row.progress = "Starting", 0
            row.change = touch(session, row.owner_id)
            return _Task(row.id, row.owner_id, row.provider, _image_request(row, generation))

    def _keep(self, lease: Lease, task: _Task, result: ImageResult, original: Original) -> None:
        """Finish the job and fill its image in one transaction: both are seen, or neither."""
        with self._database.writing() as session:
            hold_original(session, original.digest)
            self._jobs.finish(session, lease)
            row = session.get_one(Image, task.image_id)
            for name, value in asdict(original).items():
                setattr(row, name, value)
            row.state, row.stage, row.progress = "ready", "", 100
            row.ready_ms = now_ms()
            row.seed = result.seed if result.seed is not None else row.seed
            row.note, row.recognised = result.text, list(result.recognised)
            row.change = touch(session, row.owner_id)
            job_ids = self._events.source_saved(session, row.id)
        if not self._originals.has(original):
            self._originals.keep(result.data)
        self._events.send(job_ids)


def _generation(owner: Viewer, wish: GenerationRequest) -> Generation:
    return Generation(
        owner_id=owner.id,
        prompt=wish.prompt,
        negative_prompt=wish.negative_prompt,
        provider=wish.provider,
        model=wish.model,
        aspect_ratio=wish.aspect_ratio,
        size=wish.size,
        count=wish.count,
        seed=wish.seed,
        template=wish.template,
        variables=dict(wish.variables),
    )


def _seeds(wish: GenerationRequest, caps: ModelCaps) -> list[int | None]:
    """Return a seed for each picture of the batch, counting up; none for a model without."""
    if caps.seed == "none":
        return [None] * wish.count
    first = secrets.randbelow(LARGEST_SEED) if wish.seed is None else wish.seed
    return [(first + position) % (LARGEST_SEED + 1) for position in range(wish.count)]


def _pending_images(
    session: Session, wish: GenerationRequest, generation: Generation, seeds: Sequence[int | None]
) -> list[Image]:
    """Return a pending image for each seed."""
    change = touch(session, generation.owner_id, images=len(seeds))
    width, height = expected_size(wish.aspect_ratio, wish.size)
    images = [
        Image(
            owner_id=generation.owner_id,
            generation_id=generation.id,
            position=position,
            prompt=wish.prompt,
            negative_prompt=wish.negative_prompt,
            provider=wish.provider,
            model=wish.model,
            seed=seed,
            width=width,
            height=height,
            change=change,
            born_change=change,
        )
        for position, seed in enumerate(seeds)
    ]
    session.add_all(images)
    session.flush()
    return images


def _image_request(row: Image, generation: Generation) -> ImageRequest:
    return ImageRequest(
        prompt=row.prompt,
        model=row.model,
        aspect_ratio=generation.aspect_ratio,
        size=generation.size,
        seed=row.seed,
        negative_prompt=row.negative_prompt,
    )


def _told(error: Exception) -> tuple[str, str]:
    """Return the kind of a failure and the sentence that people read."""
    if isinstance(error, EaselError):
        return error.code, str(error)
    return "unexpected", UNEXPECTED
