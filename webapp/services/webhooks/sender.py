"""The sender: a worker's job tells one webhook, in order, what is due to it.

Whoever tells something takes it first, by a row: so much time is theirs, and then it is due again.
A crash between the telling and the note of it tells twice, under the same id.
"""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.models import Database, Webhook, WebhookDelivery, now_ms
from webapp.models.job import Lease
from webapp.providers.base.outward import post
from webapp.providers.base.reach import Answer, PostError
from webapp.services.jobs import Jobs
from webapp.services.webhooks.notes import Outcome, note
from webapp.services.webhooks.outbox import JOB_KIND
from webapp.services.webhooks.payloads import body_of
from webapp.services.webhooks.signatures import signature
from webapp.services.webhooks.turns import Person, Turns

SECONDS = 10.0
"""The deadline of one telling."""
MOST_READ = 64 * 1024
TAKEN_MS = 30_000
"""How long a telling belongs to whoever took it: longer than it may last."""

LONGEST_RUN = 10.0
"""After so many seconds a job lets others work, and goes on later."""
QUICK = 1.0
RESTS = 3
"""Whoever is not quick is left alone for so many times as long as it took, so that a slow receiver
has a quarter of one thread at most."""

Post = Callable[[str, bytes, Mapping[str, str]], Answer]
"""Sends bytes with headers to an address; raises PostError."""


@dataclass(frozen=True, slots=True)
class _Task:
    delivery_id: int
    url: str
    secret: str
    message_id: str
    body: bytes


class WebhookSender:
    """Does the jobs that the outbox queues, one at a time in a process: others make pictures."""

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        post: Post,
        base_url: str,
        *,
        clock: Callable[[], int] = now_ms,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._post = post
        self._base_url = base_url
        self._clock = clock
        self._timer = timer
        self._turns = Turns()
        self._rests: dict[int, float] = {}

    def run(self, lease: Lease) -> None:
        """Tell a webhook what is due, or leave that to the thread that is telling another one."""
        owner = self._owner_of(lease.subject_id)
        if not self._turns.begin():
            self._jobs.retry(lease, 0, counts=False)
            self._turns.wait(lease.job_id, owner)
        else:
            try:
                self._tell(lease)
            finally:
                self._turns.end(owner)
        if self._turns.is_free:
            self._jobs.send(self._turns.called())

    def give_up(self, lease: Lease, error: Exception) -> None:
        """End the job; `DeliveryLog.sweep` begins another for what is left."""
        self._jobs.fail(lease, str(error) or type(error).__name__)

    def _owner_of(self, webhook_id: int) -> Person:
        return self._database.look_up(select(Webhook.owner_id).where(Webhook.id == webhook_id))

    def _tell(self, lease: Lease) -> None:
        end = self._timer() + LONGEST_RUN
        while not lease.is_lost() and self._timer() < end and not self._rest_of(lease.subject_id):
            task = self._take(lease.subject_id)
            if task is None:
                break
            began = self._timer()
            outcome = self._outcome(task)
            with self._database.writing() as session:
                note(session, lease.subject_id, task.delivery_id, outcome, self._clock())
            took = self._timer() - began
            if took > QUICK:
                self._rests[lease.subject_id] = self._timer() + RESTS * took
        self._end(lease)

    def _take(self, webhook_id: int) -> _Task | None:
        """Take what is due first, None where nothing is, or where nobody is to be told."""
        now = self._clock()
        due = select(WebhookDelivery).where(
            WebhookDelivery.webhook_id == webhook_id,
            WebhookDelivery.state == "pending",
            WebhookDelivery.next_ms <= now,
        )
        with self._database.writing() as session:
            webhook = session.get(Webhook, webhook_id)
            if webhook is None or not webhook.is_active:
                return None
            first = due.order_by(WebhookDelivery.id).limit(1).with_for_update(skip_locked=True)
            row = session.scalar(first)
            if row is None:
                return None
            row.attempts += 1
            row.tried_ms, row.next_ms = now, now + TAKEN_MS
            body = body_of(row.payload, self._base_url)
            return _Task(row.id, webhook.url, webhook.secret, row.payload["id"], body)

    def _outcome(self, task: _Task) -> Outcome:
        timestamp = self._clock() // 1000
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Easel",
            "webhook-id": task.message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(task.secret, task.message_id, timestamp, task.body),
        }
        try:
            answer = self._post(task.url, task.body, headers)
        except PostError as error:
            return Outcome(task.url, None, str(error))
        return Outcome.of(task.url, answer)

    def _rest_of(self, webhook_id: int) -> float:
        """Return for how many seconds a webhook is still left alone."""
        left = self._rests.get(webhook_id, 0.0) - self._timer()
        if left > 0:
            return left
        self._rests.pop(webhook_id, None)
        return 0.0

    def _end(self, lease: Lease) -> None:
        """End the job, or put it off until the next thing is due."""
        with self._database.writing() as session:
            due = _next_due(session, lease.subject_id)
            if due is None or self._jobs.is_waiting(session, JOB_KIND, lease.subject_id):
                self._jobs.finish(session, lease)
                return
            seconds = max((due - self._clock()) / 1000, self._rest_of(lease.subject_id), 0)
            # One attempt stays with it, so that the sweep brings it as soon as it is due.
            self._jobs.postpone(session, lease, seconds, counts=lease.attempt == 1)
        if not seconds:
            self._jobs.send([lease.job_id])


def guarded(private: Collection[str]) -> Post:
    """Return what sends to public hosts only, and to those private ones that are named."""
    return partial(post, seconds=SECONDS, most_bytes=MOST_READ, private=private)


def _next_due(session: Session, webhook_id: int) -> int | None:
    """Return when something is to be told to a webhook next, in milliseconds since 1970."""
    waiting = (
        select(func.min(WebhookDelivery.next_ms))
        .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
        .where(Webhook.id == webhook_id, Webhook.is_active, WebhookDelivery.state == "pending")
    )
    return session.scalar(waiting)
