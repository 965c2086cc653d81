"""Figures: how much there is, and how much waits, for whoever looks after an Easel."""

from dataclasses import dataclass

from sqlalchemy import func, select

from webapp.models import Database, User, WebhookDelivery
from webapp.services.jobs import Jobs


@dataclass(frozen=True, slots=True)
class Totals:
    """Accounts, pictures outside the trash, jobs by state, and what webhooks are still to hear."""

    people: int
    pictures: int
    jobs: dict[str, int]
    deliveries: int


class Figures:
    """Counts what there is."""

    def __init__(self, database: Database, jobs: Jobs) -> None:
        self._database = database
        self._jobs = jobs

    def totals(self) -> Totals:
        """Return the numbers of this moment."""
        accounts = select(func.count(), func.coalesce(func.sum(User.image_count), 0)).select_from(
            User
        )
        waiting = select(func.count()).where(WebhookDelivery.state == "pending")
        with self._database.reading() as session:
            people, pictures = session.execute(accounts).one()
            deliveries = session.scalar(waiting) or 0
        return Totals(people, int(pictures), self._jobs.counts(), deliveries)
