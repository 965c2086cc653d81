"""Happenings: one ear for all that becomes of pictures."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from webapp.models import Image
from webapp.services.pictures import Picture
from webapp.services.ports import Announcer, SourceEvents


class Happenings:
    """Passes on what `PictureEvents` hears: to who makes renditions, and to who tells others."""

    def __init__(self, sources: SourceEvents, announcer: Announcer) -> None:
        self._sources = sources
        self._announcer = announcer

    def source_saved(self, session: Session, image_id: int) -> list[int]:
        """Order what is made ahead; return the jobs to be sent after the commit."""
        return self._sources.source_saved(session, image_id)

    def source_deleted(self, session: Session, picture: Picture) -> None:
        """Take away what was made of a picture, as it looked until now."""
        self._sources.source_deleted(session, picture)

    def image_created(self, session: Session, row: Image) -> list[int]:
        """Note that a picture is ready; return jobs."""
        return self._announcer.image_created(session, row)

    def image_failed(self, session: Session, row: Image) -> list[int]:
        """Note that a picture could not be made, or is not wanted any more; return jobs."""
        return self._announcer.image_failed(session, row)

    def image_deleted(self, session: Session, row: Image) -> list[int]:
        """Note that a picture was moved to the trash, or deleted without it; return jobs."""
        return self._announcer.image_deleted(session, row)

    def send(self, job_ids: Sequence[int]) -> None:
        """Have the work begin, whoever asked for it."""
        self._announcer.send(job_ids)
