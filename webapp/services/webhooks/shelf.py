"""Webhooks: whom a person wants to be told what happens. Their secrets are shown once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from webapp.errors import InvalidError, NotFoundError
from webapp.models import Database, Webhook, WebhookDelivery, is_public_id, now_ms
from webapp.providers.base.outward import check_address
from webapp.providers.base.reach import PostError
from webapp.services.accounts import Viewer
from webapp.services.changes import hold_owner
from webapp.services.jobs import Jobs
from webapp.services.pictures import moment
from webapp.services.revisions import Expected, check_revision
from webapp.services.webhooks.events import checked
from webapp.services.webhooks.outbox import JOB_KIND
from webapp.services.webhooks.signatures import new_secret

MOST = 50
LONGEST_URL = 2000
MISSING = "There is no such webhook."
SWITCHED_OFF = "The webhook was switched off before this could be told."
GONE = "Its receiver answered that it is gone (410)."
SILENT = "Nothing has reached its receiver for five days."


@dataclass(frozen=True, slots=True)
class WebhookInfo:
    """What may be known of a webhook. `trouble` says why Easel switched it off, if it did."""

    id: str
    url: str
    events: tuple[str, ...]
    is_active: bool
    version: int
    created: datetime
    updated: datetime
    trouble: str = ""

    @property
    def revision(self) -> str:
        """What names its state, for changes that are meant for just that."""
        return str(self.version)


class WebhookShelf:
    """Keeps people's webhooks."""

    def __init__(self, database: Database, jobs: Jobs, private: Collection[str]) -> None:
        self._database = database
        self._jobs = jobs
        self._private = private

    def all(self, owner: Viewer) -> tuple[WebhookInfo, ...]:
        """Return a person's webhooks, newest first."""
        mine = select(Webhook).where(Webhook.owner_id == owner.id).order_by(Webhook.id.desc())
        with self._database.reading() as session:
            return tuple(_info(session, row) for row in session.scalars(mine).all())

    def get(self, uid: str, owner: Viewer) -> WebhookInfo:
        """Return a webhook of a person's own; else raise NotFoundError."""
        with self._database.reading() as session:
            return _info(session, own_webhook(session, uid, owner))

    def create(self, owner: Viewer, url: str, events: Sequence[str]) -> tuple[WebhookInfo, str]:
        """Return a new webhook, and its secret, which is not shown again.

        Raises InvalidError for an address that can't be told anything, for events that there are
        not, and for one webhook too many.
        """
        row = Webhook(
            owner_id=owner.id, url=self._address(url), events=checked(events), secret=new_secret()
        )
        with self._database.writing() as session:
            hold_owner(session, owner.id)
            mine = select(func.count()).select_from(Webhook).where(Webhook.owner_id == owner.id)
            if (session.scalar(mine) or 0) >= MOST:
                msg = f"You have {MOST} webhooks, which is the most. Delete one first."
                raise InvalidError(msg)
            session.add(row)
            session.flush()
            return _info(session, row), row.secret

    def change(
        self,
        uid: str,
        owner: Viewer,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        is_active: bool | None = None,
        expected: Expected = None,
    ) -> WebhookInfo:
        """Change what is given of a webhook; return how it is then.

        What waits for one that is switched off is not told any more. Raises as `create` does,
        NotFoundError, and ChangedError where it is not as `expected`.
        """
        address = None if url is None else self._address(url)
        chosen = None if events is None else checked(events)
        with self._database.writing() as session:
            row = self._held(session, uid, owner, expected)
            row.url = row.url if address is None else address
            row.events = row.events if chosen is None else chosen
            if is_active is not None and row.is_active != is_active:
                row.is_active = is_active
                drop_waiting(session, row.id)
            _count_change(row)
            session.flush()
            return _info(session, row)

    def rotate(
        self, uid: str, owner: Viewer, *, expected: Expected = None
    ) -> tuple[WebhookInfo, str]:
        """Give a webhook a new secret and return it; the old one signs nothing any more."""
        with self._database.writing() as session:
            row = self._held(session, uid, owner, expected)
            row.secret = new_secret()
            _count_change(row)
            session.flush()
            return _info(session, row), row.secret

    def delete(self, uid: str, owner: Viewer, *, expected: Expected = None) -> None:
        """Delete a webhook and its deliveries; what waits is not told any more."""
        with self._database.writing() as session:
            row = self._held(session, uid, owner, expected)
            self._jobs.cancel(session, JOB_KIND, [row.id])
            session.execute(delete(Webhook).where(Webhook.id == row.id))

    def _held(self, session: Session, uid: str, owner: Viewer, expected: Expected) -> Webhook:
        hold_owner(session, owner.id)
        row = own_webhook(session, uid, owner)
        check_revision(str(row.version), expected)
        return row

    def _address(self, url: str) -> str:
        address = url.strip()
        try:
            check_address(address[: LONGEST_URL + 1], self._private)
        except PostError as error:
            raise InvalidError(str(error), fields={"url": [str(error)]}) from error
        if len(address) > LONGEST_URL:
            msg = f"The address has more than {LONGEST_URL} characters."
            raise InvalidError(msg, fields={"url": [msg]})
        return address


def own_webhook(session: Session, uid: str, owner: Viewer) -> Webhook:
    """Return the row of a webhook of a person's own; else raise NotFoundError."""
    mine = select(Webhook).where(Webhook.uid == uid, Webhook.owner_id == owner.id)
    row = session.scalar(mine) if is_public_id(uid) else None
    if row is None:
        raise NotFoundError(MISSING)
    return row


def drop_waiting(session: Session, webhook_id: int) -> None:
    """Give up what waits to be told to a webhook."""
    waiting = select(WebhookDelivery).where(
        WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.state == "pending"
    )
    for row in session.scalars(waiting.with_for_update()):
        row.state, row.next_ms = "failed", None
        row.answer = row.answer or SWITCHED_OFF


def _count_change(row: Webhook) -> None:
    row.version += 1
    row.updated_ms = now_ms()


def _info(session: Session, row: Webhook) -> WebhookInfo:
    return WebhookInfo(
        id=row.uid,
        url=row.url,
        events=tuple(row.events),
        is_active=row.is_active,
        version=row.version,
        created=moment(row.created_ms),
        updated=moment(row.updated_ms),
        trouble="" if row.is_active else _trouble(session, row),
    )


def _trouble(session: Session, row: Webhook) -> str:
    """Return why Easel switched a webhook off: it does so in the moment of a last attempt."""
    last = select(WebhookDelivery.status).where(
        WebhookDelivery.webhook_id == row.id,
        WebhookDelivery.state == "failed",
        WebhookDelivery.tried_ms == row.updated_ms,
    )
    found = session.execute(last.limit(1)).first()
    if found is None:
        return ""
    return GONE if found.status == 410 else SILENT
