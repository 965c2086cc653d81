"""Progress notes: what a provider says of its work, written where open pages find it."""

import logging
import math
import time

from sqlalchemy import select, update

from webapp.errors import EaselError
from webapp.imaging.preview import preview_of
from webapp.models import Database, Image
from webapp.models.job import Lease
from webapp.services.changes import touch
from webapp.services.jobs import Jobs
from webapp.services.requests import clean

logger = logging.getLogger(__name__)

EVERY_SECONDS = 0.4
"""Pages ask once a second, so that writing more often would only load the database."""

LOOK_EVERY_SECONDS = 1.0
"""How soon work that was cancelled elsewhere learns of it."""


class ProgressNotes:
    """A provider's progress callback for one image; writes at most every 0.4 s."""

    def __init__(self, database: Database, image_id: int, lease: Lease) -> None:
        self._database = database
        self._image_id = image_id
        self._lease = lease
        self._last = -math.inf

    def __call__(self, share: float, stage: str, preview: bytes | None = None) -> None:
        """Note the share done (0..1), the stage and how the picture looks, unless just now."""
        if self._lease.is_lost() or time.monotonic() - self._last < EVERY_SECONDS:
            return
        self._last = time.monotonic()
        try:
            self._write(min(99, max(0, round(share * 100))), clean(stage[:64]), _tiny(preview))
        except EaselError:
            logger.warning("Progress of image %s was not noted", self._image_id)

    def _write(self, percent: int, stage: str, preview: str) -> None:
        pending = (Image.id == self._image_id, Image.state == "pending")
        noted = {"progress": percent, "stage": stage} | ({"preview": preview} if preview else {})
        with self._database.writing() as session:
            owner_id = session.scalar(select(Image.owner_id).where(*pending))
            if owner_id is not None:
                change = touch(session, owner_id)
                session.execute(update(Image).where(*pending).values(change=change, **noted))


class Watch:
    """Asked by a provider whether anybody still waits; asks the database once a second."""

    def __init__(self, jobs: Jobs, lease: Lease) -> None:
        self._jobs = jobs
        self._lease = lease
        self._last = time.monotonic()

    def __call__(self) -> bool:
        """Return whether the work is not wanted any more."""
        if not self._lease.is_lost() and time.monotonic() - self._last >= LOOK_EVERY_SECONDS:
            self._last = time.monotonic()
            try:
                self._jobs.is_held(self._lease)
            except EaselError:
                logger.warning(
                    "Nobody could say whether image %s is wanted", self._lease.subject_id
                )
        return self._lease.is_lost()


def _tiny(preview: bytes | None) -> str:
    """Return a preview for the page, nothing where what came is no picture."""
    if not preview:
        return ""
    try:
        return preview_of(preview)
    except EaselError:
        return ""
