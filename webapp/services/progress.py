"""Progress notes: what a provider says of its work, written where open pages find it."""

import logging
import time

from sqlalchemy import select, update

from webapp.errors import EaselError
from webapp.models import Database, Image
from webapp.models.job import Lease
from webapp.services.changes import touch

logger = logging.getLogger(__name__)

EVERY_SECONDS = 0.4
"""Pages ask once a second, so that writing more often would only load the database."""


class ProgressNotes:
    """A provider's progress callback for one image; writes at most every 0.4 s."""

    def __init__(self, database: Database, image_id: int, lease: Lease) -> None:
        self._database = database
        self._image_id = image_id
        self._lease = lease
        self._last = 0.0

    def __call__(self, share: float, stage: str) -> None:
        """Note the share done (0..1) and the stage, unless a note was made just now."""
        if self._lease.is_lost() or time.monotonic() - self._last < EVERY_SECONDS:
            return
        self._last = time.monotonic()
        try:
            self._write(min(99, max(0, round(share * 100))), stage[:64])
        except EaselError:
            logger.warning("Progress of image %s was not noted", self._image_id)

    def _write(self, percent: int, stage: str) -> None:
        pending = (Image.id == self._image_id, Image.state == "pending")
        with self._database.writing() as session:
            owner_id = session.scalar(select(Image.owner_id).where(*pending))
            if owner_id is not None:
                change = touch(session, owner_id)
                session.execute(
                    update(Image)
                    .where(*pending)
                    .values(progress=percent, stage=stage, change=change)
                )
