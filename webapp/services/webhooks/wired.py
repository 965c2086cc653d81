"""Webhooks: who is told, what was told, and the telling, wired together."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from webapp.models import Database
from webapp.services.jobs import Jobs
from webapp.services.webhooks.log import DeliveryLog
from webapp.services.webhooks.outbox import Outbox
from webapp.services.webhooks.sender import WebhookSender, guarded
from webapp.services.webhooks.shelf import WebhookShelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhooks:
    """All that is done with webhooks; what happens reaches them by the `Outbox`."""

    shelf: WebhookShelf
    log: DeliveryLog
    sender: WebhookSender

    @classmethod
    def of(
        cls,
        database: Database,
        jobs: Jobs,
        outbox: Outbox,
        private_hosts: Collection[str],
        base_url: str,
    ) -> Self:
        """Return the wired set; receivers at `private_hosts` need not be public."""
        return cls(
            shelf=WebhookShelf(database, jobs, private_hosts),
            log=DeliveryLog(database, outbox),
            sender=WebhookSender(database, jobs, guarded(private_hosts), base_url),
        )
