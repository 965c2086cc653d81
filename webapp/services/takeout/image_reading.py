"""Reading the images of a take-out: looked at on all processors, added in their order."""

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from webapp.errors import EaselError, InvalidError, NotFoundError, TooLargeError
from webapp.models import Database
from webapp.services.accounts import Viewer
from webapp.services.changes import hold_owner
from webapp.services.image_rows import hold_original
from webapp.services.images.originals import Original, Originals
from webapp.services.patience import patiently
from webapp.services.ports import SourceEvents
from webapp.services.takeout.keeping import keep_image
from webapp.services.takeout.places import NewIds, Place, place_of_image
from webapp.services.takeout.records import ImageRecord
from webapp.services.takeout.reports import TAKEN, Report
from webapp.services.takeout.sources import Source, read

WORKERS = os.cpu_count() or 1
AHEAD = 2 * WORKERS
"""So many pictures are in memory at most."""

DELETED = "It was deleted at the same moment. Run the import again."
ALTERED = "It is not what was taken out: {}."

Intake = Future[Original]


@dataclass(frozen=True, slots=True)
class Parts:
    """What it takes to take pictures over; `changed` hears the ids of new ones."""

    database: Database
    originals: Originals
    events: SourceEvents
    changed: Callable[[str], None]
    max_bytes: int


class ImageReading:
    """The images of one take-out on their way in."""

    def __init__(
        self, parts: Parts, source: Source, owner: Viewer, report: Report, ids: NewIds
    ) -> None:
        self._parts = parts
        self._source = source
        self._owner = owner
        self._report = report
        self._ids = ids

    def read(self, records: Iterable[ImageRecord]) -> Iterator[ImageRecord]:
        """Take over those that are not here yet; give each when it is done with."""
        with ThreadPoolExecutor(WORKERS) as pool:
            window: deque[tuple[ImageRecord, Intake | None]] = deque()
            for record in records:
                window.append((record, self._begun(pool, record)))
                if len(window) > AHEAD:
                    yield self._end(*window.popleft())
            while window:
                yield self._end(*window.popleft())

    def _begun(self, pool: ThreadPoolExecutor, record: ImageRecord) -> Intake | None:
        """Begin to look at an original, unless there is none, or it is known already."""
        if record.state != "ready":
            return None
        with self._parts.database.reading() as session:
            place = place_of_image(session, self._owner, record)
        return pool.submit(self._taken_in, record) if place.key is None else None

    def _taken_in(self, record: ImageRecord) -> Original:
        """Keep an original that is what it was; raises an EaselError for any other."""
        if record.bytes > self._parts.max_bytes:
            msg = f"It is larger than the {self._parts.max_bytes // 10**6} MB that are allowed."
            raise TooLargeError(msg)
        data = read(self._source, record.file, record.bytes)
        if len(data) != record.bytes:
            msg = ALTERED.format(f"it has {len(data):,} bytes instead of {record.bytes:,}")
            raise InvalidError(msg)
        if hashlib.sha256(data).hexdigest() != record.sha256:
            raise InvalidError(ALTERED.format("its SHA-256 differs"))
        return patiently(lambda: self._parts.originals.keep(data))

    def _end(self, record: ImageRecord, intake: Intake | None) -> ImageRecord:
        try:
            original = None if intake is None else intake.result()
            place = patiently(lambda: self._kept(record, original))
        except EaselError as error:
            self._report.tell(record.file if record.state == "ready" else record.id, str(error))
        except IntegrityError:
            self._report.tell(record.id, TAKEN)
        else:
            if place.uid != record.id:
                self._ids.images[record.id] = place.uid
            self._report.count("images", is_new=place.key is None)
        return record

    def _kept(self, record: ImageRecord, original: Original | None) -> Place:
        """Add an image in a transaction of its own, unless it is there; return its place."""
        parts, job_ids = self._parts, []
        with parts.database.writing() as session:
            hold_owner(session, self._owner.id)
            if original is not None:
                hold_original(session, original.digest)
            place = place_of_image(session, self._owner, record)
            if place.key is not None:
                return place
            if original is None and record.state == "ready":  # known a moment ago
                raise NotFoundError(DELETED)
            row = keep_image(session, self._owner, record, place.uid, original, self._ids)
            if row.state == "ready" and row.deleted_ms is None:
                job_ids = parts.events.source_saved(session, row.id)
            parts.changed(place.uid)
        parts.changed(place.uid)
        if original is not None and not parts.originals.has(original):
            self._taken_in(record)
        parts.events.send(job_ids)
        return place
