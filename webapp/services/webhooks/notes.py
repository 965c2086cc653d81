"""Notes: what became of telling something, and what follows for its webhook."""

from dataclasses import dataclass
from typing import Self

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.models import Webhook, WebhookDelivery
from webapp.providers.base.reach import Answer
from webapp.services.webhooks.schedule import PATIENCE_MS, pause_ms
from webapp.services.webhooks.shelf import drop_waiting

GONE = 410
LONGEST_ANSWER = 2048
"""Bytes of an answer that are kept."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a receiver said: its status, None where it said nothing, and a readable excerpt."""

    url: str
    status: int | None
    text: str

    @classmethod
    def of(cls, url: str, answer: Answer) -> Self:
        """Return the outcome of an answer."""
        return cls(url, answer.status, readable(answer.body))

    @property
    def is_good(self) -> bool:
        """Whether the receiver has heard it."""
        return self.status is not None and 200 <= self.status < 300


def readable(body: bytes) -> str:
    """Return the beginning of an answer as text on one line, without control characters."""
    text = body[:LONGEST_ANSWER].decode("utf-8", errors="replace")
    return " ".join("".join(item if item.isprintable() else " " for item in text).split())


def note(session: Session, webhook_id: int, delivery_id: int, outcome: Outcome, now: int) -> None:
    """Write down what became of an attempt; the webhook may be switched off by it.

    One that was given up or deleted meanwhile is left as it is.
    """
    # The webhook first, as everybody does; those who only add deliveries need not wait for it.
    webhook = session.get(Webhook, webhook_id, with_for_update={"key_share": True})
    row = session.get(WebhookDelivery, delivery_id, with_for_update=True)
    if webhook is None or row is None:
        return
    row.status, row.answer = outcome.status, outcome.text
    if outcome.is_good:
        row.state, row.next_ms, row.tried_ms = "delivered", None, now
        return
    if row.state != "pending":
        return
    pause = pause_ms(row.attempts)
    row.tried_ms = now
    row.state, row.next_ms = ("failed", None) if pause is None else ("pending", now + pause)
    is_gone = outcome.status == GONE
    # What was said of an address that has been changed meanwhile says nothing of the new one.
    if (
        webhook.is_active
        and webhook.url == outcome.url
        and (is_gone or _is_silent(session, webhook, now))
    ):
        _switch_off(session, webhook, row, now)


def _switch_off(session: Session, webhook: Webhook, row: WebhookDelivery, now: int) -> None:
    row.state, row.next_ms = "failed", None
    webhook.is_active = False
    webhook.version += 1
    webhook.updated_ms = now
    session.flush()
    drop_waiting(session, webhook.id)


def _is_silent(session: Session, webhook: Webhook, now: int) -> bool:
    """Return whether nothing has reached a webhook for too long, since it was changed last."""
    session.flush()
    mine = WebhookDelivery.webhook_id == webhook.id
    heard = session.scalar(
        select(func.max(WebhookDelivery.tried_ms)).where(mine, WebhookDelivery.state == "delivered")
    )
    since = max(heard or 0, webhook.updated_ms)
    tried = select(func.min(WebhookDelivery.created_ms)).where(
        mine, WebhookDelivery.attempts > 0, WebhookDelivery.created_ms > since
    )
    first = session.scalar(tried)
    return first is not None and now - first >= PATIENCE_MS
