"""The worker's part of renditions: a job makes what is ordered of one picture."""

import logging

from webapp.errors import BusyError, EaselError
from webapp.models import Database, Image
from webapp.models.job import Lease
from webapp.services.jobs import Jobs
from webapp.services.pictures import Picture
from webapp.services.renditions.orders import RenditionOrders, Wanted
from webapp.services.renditions.renditions import Renditions

logger = logging.getLogger(__name__)


class RenditionWorker:
    """Fills orders. What can't be made is left to those who ask for it, and told then."""

    def __init__(
        self, database: Database, jobs: Jobs, orders: RenditionOrders, renditions: Renditions
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._orders = orders
        self._renditions = renditions

    def run(self, lease: Lease) -> None:
        """Make what is ordered of an image that is still there."""
        wanted = self._orders.of_image(lease.subject_id)
        picture = self._picture(lease.subject_id)
        if picture is not None:
            for preset, extension in wanted:
                self._try(picture, preset, extension)
        self._end(lease, wanted, seen=picture)

    def give_up(self, lease: Lease, error: Exception) -> None:
        """Drop the orders of an image."""
        wanted = self._orders.of_image(lease.subject_id)
        self._end(lease, wanted, error=str(error) or type(error).__name__)

    def _try(self, picture: Picture, preset: str, extension: str) -> None:
        try:
            self._renditions.ensure(self._renditions.by_preset(picture, preset, extension))
        except BusyError:
            raise
        except EaselError as error:
            logger.warning("No %s.%s of image %s: %s", preset, extension, picture.id, error)
        except Exception:
            logger.exception("No %s.%s of image %s", preset, extension, picture.id)

    def _picture(self, image_id: int) -> Picture | None:
        with self._database.reading() as session:
            row = session.get(Image, image_id)
        if row is None or row.state != "ready" or row.deleted_ms is not None:
            return None
        return Picture.of(row)

    def _end(
        self, lease: Lease, done: list[Wanted], *, seen: Picture | None = None, error: str = ""
    ) -> None:
        """End the job. What was ordered anew of a picture that has changed is left to its job."""
        with self._database.writing() as session:
            row = session.get(Image, lease.subject_id)
            if row is None or seen is None or Picture.of(row).version == seen.version:
                self._orders.strike_out(session, lease.subject_id, done)
            self._jobs.finish(session, lease, "failed" if error else "done", error)
