"""The outbox: what happened and who shall hear of it, written where it happens.

A delivery is a row in the same transaction as its cause: both are there, or neither. A job for each
webhook brings what is due to it.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import Generation, Image, Webhook, WebhookDelivery, now_ms, public_id
from webapp.services.generations.views import views
from webapp.services.jobs import Jobs
from webapp.services.pictures import Picture
from webapp.services.webhooks import events
from webapp.services.webhooks.payloads import envelope, generation_facts, image_facts

JOB_KIND = "webhook"
"""The kind of job that tells one webhook what is due; its subject is the webhook's row."""


class Outbox:
    """Writes down what webhooks shall be told. Of those who have none it asks one question.

    All but `send` belong to the caller's transaction, which holds the owner: of two pictures that
    end at once, one sees that it is the last.
    """

    def __init__(self, jobs: Jobs, presets: Collection[str]) -> None:
        self._jobs = jobs
        self._presets = tuple(presets)

    def image_created(self, session: Session, row: Image) -> list[int]:
        """Tell that a picture is ready, and that its generation has ended where it was the last."""
        listeners = _listeners(session, row.owner_id)
        if not listeners:
            return []
        facts = self._facts(session, row)
        told = _tell(session, listeners, events.IMAGE_CREATED, facts)
        return self.wake(session, told | self._tell_end(session, listeners, row))

    def image_failed(self, session: Session, row: Image) -> list[int]:
        """Tell that a generation has ended, where a picture that could not be made was its last."""
        listeners = _listeners(session, row.owner_id)
        return self.wake(session, self._tell_end(session, listeners, row)) if listeners else []

    def image_deleted(self, session: Session, row: Image) -> list[int]:
        """Tell that a picture was deleted."""
        listeners = _listeners(session, row.owner_id)
        if not listeners:
            return []
        facts = self._facts(session, row)
        return self.wake(session, _tell(session, listeners, events.IMAGE_DELETED, facts))

    def ping(self, session: Session, webhook: Webhook) -> WebhookDelivery:
        """Add a delivery that only says that the webhook is reached."""
        facts = {"webhook": webhook.uid}
        return _add(session, webhook.id, events.PING, _enveloped(events.PING, facts))

    def repeat(self, session: Session, before: WebhookDelivery) -> WebhookDelivery:
        """Add a delivery of what was told before, under the same id."""
        return _add(session, before.webhook_id, before.event, before.payload)

    def wake(self, session: Session, webhook_ids: Collection[int]) -> list[int]:
        """Have webhooks told what is due; return the jobs to be sent after the commit."""
        wanted = sorted(webhook_ids)
        return [job for key in wanted for job in self._jobs.soon(session, JOB_KIND, key)]

    def send(self, job_ids: Sequence[int]) -> None:
        """Have the telling begin, after the commit."""
        self._jobs.send(job_ids)

    def _facts(self, session: Session, row: Image) -> dict[str, Any]:
        generation = None
        if row.generation_id is not None:
            wanted = select(Generation.uid).where(Generation.id == row.generation_id)
            generation = session.scalar(wanted)
        return image_facts(Picture.of(row), self._presets, generation, row.cost)

    def _tell_end(self, session: Session, listeners: Sequence[Webhook], row: Image) -> set[int]:
        if row.generation_id is None:
            return set()
        open_ones = select(Image.id).where(
            Image.generation_id == row.generation_id, Image.state == "pending"
        )
        if session.scalar(open_ones.limit(1)) is not None:
            return set()
        view = views(session, [session.get_one(Generation, row.generation_id)])[0]
        is_whole = view.status == "succeeded"
        event = events.GENERATION_SUCCEEDED if is_whole else events.GENERATION_FAILED
        return _tell(session, listeners, event, generation_facts(view, self._presets))


def _listeners(session: Session, owner_id: int) -> Sequence[Webhook]:
    mine = select(Webhook).where(Webhook.owner_id == owner_id, Webhook.is_active)
    return session.scalars(mine.order_by(Webhook.id)).all()


def _tell(
    session: Session, listeners: Sequence[Webhook], event: str, facts: Mapping[str, Any]
) -> set[int]:
    """Add a delivery for each webhook that wants to know, and return which those are."""
    chosen = [webhook.id for webhook in listeners if event in webhook.events]
    payload = _enveloped(event, facts)
    for webhook_id in chosen:
        _add(session, webhook_id, event, payload)
    return set(chosen)


def _enveloped(event: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    return envelope(public_id(), event, now_ms(), facts)


def _add(
    session: Session, webhook_id: int, event: str, payload: Mapping[str, Any]
) -> WebhookDelivery:
    row = WebhookDelivery(
        webhook_id=webhook_id, event=event, payload=dict(payload), next_ms=now_ms()
    )
    session.add(row)
    session.flush()
    return row
