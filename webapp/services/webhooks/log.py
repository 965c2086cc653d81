"""The log: what was told to a webhook, what it answered, and telling it again."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.errors import ConflictError, CursorError, NotFoundError
from webapp.models import Database, Webhook, WebhookDelivery, is_public_id, now_ms
from webapp.models.job import OPEN_STATES, Job
from webapp.services.accounts import Viewer
from webapp.services.changes import hold_owner
from webapp.services.pictures import moment, moment_or_none
from webapp.services.webhooks.outbox import JOB_KIND, Outbox
from webapp.services.webhooks.schedule import KEPT_MS
from webapp.services.webhooks.shelf import own_webhook

PAGE = 20
OFF = "This webhook is switched off. Switch it on first."


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something that was told, or is to be told, to a webhook.

    `event_id` is the `webhook-id` that receivers see; `status` and `answer` are what they said
    last, or why they were not reached.
    """

    id: str
    event: str
    event_id: str
    payload: Mapping[str, Any]
    state: str
    attempts: int
    status: int | None
    answer: str
    created: datetime
    tried: datetime | None
    next: datetime | None

    @property
    def text(self) -> str:
        """What is told, as people read it; addresses are paths."""
        return json.dumps(self.payload, ensure_ascii=False, indent=2)


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Some deliveries, newest first, and the cursor that asks for those after them."""

    deliveries: tuple[Delivery, ...]
    next_cursor: str | None = None


class DeliveryLog:
    """Reads and adds deliveries."""

    def __init__(
        self, database: Database, outbox: Outbox, *, clock: Callable[[], int] = now_ms
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock

    def page(self, uid: str, owner: Viewer, cursor: str = "", limit: int = PAGE) -> DeliveryPage:
        """Return a page of the deliveries of a person's own webhook.

        The cursor is the one of the page before, or empty; raises InvalidError for what is none,
        NotFoundError for a webhook that is not theirs.
        """
        with self._database.reading() as session:
            webhook = own_webhook(session, uid, owner)
            wanted = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.id)
            if cursor:
                wanted = wanted.where(WebhookDelivery.id < _key(session, webhook, cursor))
            rows = session.scalars(
                wanted.order_by(WebhookDelivery.id.desc()).limit(limit + 1)
            ).all()
        following = rows[limit - 1].uid if len(rows) > limit else None
        return DeliveryPage(tuple(map(_delivery, rows[:limit])), following)

    def test(self, uid: str, owner: Viewer) -> Delivery:
        """Tell a webhook `ping`; raises ConflictError for one that is switched off."""
        with self._database.writing() as session:
            webhook = _active(session, uid, owner)
            row = self._outbox.ping(session, webhook)
            job_ids = self._outbox.wake(session, {webhook.id})
        self._outbox.send(job_ids)
        return _delivery(row)

    def redeliver(self, uid: str, delivery: str, owner: Viewer) -> Delivery:
        """Tell the same once more, as a new delivery; raises as `test` does, and NotFoundError."""
        with self._database.writing() as session:
            webhook = _active(session, uid, owner)
            row = self._outbox.repeat(session, _own_delivery(session, webhook, delivery))
            job_ids = self._outbox.wake(session, {webhook.id})
        self._outbox.send(job_ids)
        return _delivery(row)

    def sweep(self) -> int:
        """Forget old deliveries and return how many; have those told whose job was lost."""
        now = self._clock()
        old = delete(WebhookDelivery).where(WebhookDelivery.created_ms < now - KEPT_MS)
        due = (
            select(WebhookDelivery.webhook_id)
            .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
            .where(WebhookDelivery.state == "pending", WebhookDelivery.next_ms <= now)
            .where(Webhook.is_active, ~_has_job())
        )
        with self._database.writing() as session:
            count = len(session.scalars(old.returning(WebhookDelivery.id)).all())
            job_ids = self._outbox.wake(session, set(session.scalars(due)))
        self._outbox.send(job_ids)
        return count


def _has_job() -> Any:
    mine = select(Job.id).where(Job.kind == JOB_KIND, Job.subject_id == WebhookDelivery.webhook_id)
    return mine.where(Job.state.in_(OPEN_STATES)).exists()


def _active(session: Session, uid: str, owner: Viewer) -> Webhook:
    hold_owner(session, owner.id)
    webhook = own_webhook(session, uid, owner)
    if not webhook.is_active:
        raise ConflictError(OFF, code="inactive")
    return webhook


def _own_delivery(session: Session, webhook: Webhook, uid: str) -> WebhookDelivery:
    mine = select(WebhookDelivery).where(
        WebhookDelivery.uid == uid, WebhookDelivery.webhook_id == webhook.id
    )
    row = session.scalar(mine) if is_public_id(uid) else None
    if row is None:
        msg = "There is no such delivery. They are forgotten after 30 days."
        raise NotFoundError(msg)
    return row


def _key(session: Session, webhook: Webhook, cursor: str) -> int:
    try:
        return _own_delivery(session, webhook, cursor).id
    except NotFoundError:
        raise CursorError from None


def _delivery(row: WebhookDelivery) -> Delivery:
    return Delivery(
        id=row.uid,
        event=row.event,
        event_id=row.payload["id"],
        payload=row.payload,
        state=row.state,
        attempts=row.attempts,
        status=row.status,
        answer=row.answer,
        created=moment(row.created_ms),
        tried=moment_or_none(row.tried_ms),
        next=moment_or_none(row.next_ms),
    )
