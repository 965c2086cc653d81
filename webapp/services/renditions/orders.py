"""Orders: renditions that a worker makes, because nobody should wait for them."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from webapp.models import Database, RenditionOrder, insert_new
from webapp.services.jobs import Jobs
from webapp.services.pictures import Picture

JOB_KIND = "renditions"
"""The kind of job that makes what is ordered of one picture; its subject is the image's row."""

Wanted = tuple[str, str]
"""The name of a preset, and an extension."""


class RenditionOrders:
    """Keeps orders until a worker has filled them."""

    def __init__(self, database: Database, jobs: Jobs) -> None:
        self._database = database
        self._jobs = jobs
        self._insert = insert_new(database.engine.dialect.name, RenditionOrder)

    def add(self, session: Session, image_id: int, wanted: Collection[Wanted]) -> list[int]:
        """Order renditions of an image, in the caller's transaction.

        Returns the jobs to be sent after the commit: none where nothing new is wanted.
        """
        is_new = False
        for preset, extension in wanted:
            order = {"image_id": image_id, "preset": preset, "extension": extension}
            result = session.connection().execute(self._insert, order)
            is_new = is_new or result.rowcount > 0
        # One that is running may have looked before this: only one that waits will see it.
        if not wanted or (not is_new and self._jobs.is_waiting(session, JOB_KIND, image_id)):
            return []
        return self._jobs.add(session, JOB_KIND, [image_id])

    def place(self, picture: Picture, preset: str, extension: str) -> None:
        """Order one rendition, now."""
        with self._database.writing() as session:
            job_ids = self.add(session, picture.key, [(preset, extension)])
        self.send(job_ids)

    def send(self, job_ids: Sequence[int]) -> None:
        """Have the ordered work begin, after the commit."""
        self._jobs.send(job_ids)

    def of_image(self, image_id: int) -> list[Wanted]:
        """Return what is ordered of an image."""
        mine = select(RenditionOrder).where(RenditionOrder.image_id == image_id)
        with self._database.reading() as session:
            return [(order.preset, order.extension) for order in session.scalars(mine)]

    def strike_out(self, session: Session, image_id: int, done: Collection[Wanted]) -> None:
        """Strike out orders, in the transaction that ends their job."""
        session.execute(
            delete(RenditionOrder).where(
                RenditionOrder.image_id == image_id,
                tuple_(RenditionOrder.preset, RenditionOrder.extension).in_(done),
            )
        )
