"""The last of a generation's pictures, where several workers end theirs at once."""

import threading
from functools import partial

import pytest

from tests.servers import temporary_database
from webapp.errors import BusyError
from webapp.jobs import NullRunner
from webapp.models import Generation, Image, User, Webhook, WebhookDelivery, now_ms
from webapp.providers.base.reach import Answer
from webapp.services.accounts import Viewer
from webapp.services.changes import touch
from webapp.services.image_rows import hold_owner_of, mark_failed
from webapp.services.jobs import Jobs, LeaseLostError
from webapp.services.webhooks.events import EVENTS
from webapp.services.webhooks.outbox import JOB_KIND, Outbox
from webapp.services.webhooks.sender import WebhookSender
from webapp.services.webhooks.shelf import WebhookShelf

PICTURES, ROUNDS = 6, 5


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    with temporary_database(request.param, tmp_path) as database:
        with database.writing() as session:
            session.add(User(id=1, name="ann"))
            session.flush()
            session.add(
                Webhook(
                    owner_id=1, url="https://a.example", secret="whsec_c2VjcmV0", events=[*EVENTS]
                )
            )
        yield database


def pending(database):
    with database.writing() as session:
        asked = Generation(
            owner_id=1,
            prompt="a lake",
            provider="plain",
            model="plain-1",
            aspect_ratio="1:1",
            size="64",
            count=PICTURES,
        )
        session.add(asked)
        session.flush()
        images = [
            Image(owner_id=1, generation_id=asked.id, provider="plain", width=8, height=8)
            for _ in range(PICTURES)
        ]
        session.add_all(images)
        session.flush()
        return [image.id for image in images]


@pytest.fixture
def jobs(database):
    return Jobs(database, NullRunner())


def at_once(works):
    """Do things in threads of their own; return the locks that could not be had."""
    start, failures = threading.Barrier(len(works)), []

    def run(work):
        start.wait()
        try:
            work()
        except BusyError as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def end(database, outbox, image_id, *, is_ready):
    """End the work on a picture as workers do."""
    with database.writing() as session:
        hold_owner_of(session, image_id)
        row = session.get_one(Image, image_id)
        if is_ready:
            row.state, row.ready_ms = "ready", now_ms()
        else:
            mark_failed(row, "quota", "No.")
        row.change = touch(session, 1)
        (outbox.image_created if is_ready else outbox.image_failed)(session, row)


def told(database):
    with database.reading() as session:
        rows = session.query(WebhookDelivery).order_by(WebhookDelivery.id).all()
    return [row.event for row in rows], [row.payload["data"] for row in rows]


def test_one_of_those_who_end_at_once_is_the_last(database, jobs):
    outbox = Outbox(jobs, ("small",))
    for _ in range(ROUNDS):
        ends = [
            partial(end, database, outbox, key, is_ready=number % 2 == 0)
            for number, key in enumerate(pending(database))
        ]
        assert at_once(ends) == []
    events, facts = told(database)
    assert events.count("image.created") == ROUNDS * PICTURES // 2
    ended = [data for data in facts if "images" in data]
    assert [data["status"] for data in ended] == ["partial"] * ROUNDS
    assert len({data["id"] for data in ended}) == ROUNDS
    assert all(len(data["images"]) == PICTURES for data in ended)
    assert jobs.counts()["queued"] == 1


def test_telling_noting_and_deleting_do_not_wait_for_each_other(database, jobs):
    outbox, shelf = Outbox(jobs, ()), WebhookShelf(database, jobs, ())
    sender = WebhookSender(database, jobs, lambda *_: Answer(410, b""), "")

    def tell():
        for key in [key for _ in range(ROUNDS) for key in pending(database)]:
            end(database, outbox, key, is_ready=True)

    def send():
        for _ in range(3 * ROUNDS):
            _send_all(database, jobs, sender)

    def change():
        for _ in range(3 * ROUNDS):
            _replace(shelf, Viewer(1, "ann", "member"))

    assert at_once([tell, send, change]) == []


def _replace(shelf, owner):
    for hook in shelf.all(owner):
        shelf.delete(hook.id, owner)
    shelf.create(owner, "https://a.example", [*EVENTS])


def _send_all(database, jobs, sender):
    for key in [row.id for row in _hooks(database)]:
        with database.writing() as session:
            job_ids = jobs.add(session, JOB_KIND, [key])
        _run(jobs, sender, job_ids[0])


def _hooks(database):
    with database.reading() as session:
        return session.query(Webhook).all()


def _run(jobs, sender, job_id):
    lease = jobs.claim(job_id, "test")
    if lease is not None:
        try:
            sender.run(lease)
        except LeaseLostError:
            assert lease.is_lost()  # its webhook was deleted
