"""Transactions of one person on PostgreSQL: all take locks in the same order."""

import threading
from functools import partial

import pytest

from tests.servers import temporary_database
from webapp.errors import BusyError
from webapp.jobs import NullRunner
from webapp.models import Generation, Image, User
from webapp.models.job import Lease
from webapp.providers.plain import PlainProvider
from webapp.services.accounts import Viewer
from webapp.services.catalogue import Catalogue
from webapp.services.generations.generator import ImageGeneratorService
from webapp.services.generations.making import JOB_KIND
from webapp.services.generations.progress import ProgressNotes
from webapp.services.jobs import Jobs
from webapp.services.money.budgets import Budgets
from webapp.services.money.ledger import Ledger
from webapp.services.webhooks.outbox import Outbox

PICTURES = 30


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    with temporary_database(request.param, tmp_path) as database:
        yield database


@pytest.fixture
def jobs(database):
    return Jobs(database, NullRunner())


@pytest.fixture
def generator(database, jobs):
    catalogue = Catalogue({"plain": PlainProvider()}, "plain")
    budgets = Budgets(database, Ledger(database))
    return ImageGeneratorService(database, jobs, catalogue, budgets, Outbox(jobs, ()))


@pytest.fixture
def pending(database, jobs):
    """Give a person pictures that wait, by key and id."""
    with database.writing() as session:
        session.add(User(id=1, name="ann"))
        session.flush()
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
        jobs.add(session, JOB_KIND, [image.id for image in images], owner_id=1)
        return [(image.id, image.uid) for image in images]


def at_once(*works):
    """Do things in threads of their own, all begun together; return what went wrong."""
    start, failures = threading.Barrier(len(works)), []

    def run(work):
        start.wait()
        for step in work:
            try:
                step()
            except BusyError as error:
                failures.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_cancelling_and_progress_do_not_wait_for_each_other(database, generator, pending):
    owner = Viewer(1, "ann", "member")
    notes = [ProgressNotes(database, key, Lease(0, JOB_KIND, key, "t", 1)) for key, _ in pending]
    cancel = [partial(generator.cancel, uid, owner) for _, uid in pending]
    note = [partial(item._write, percent, "Painting", "") for item in notes for percent in range(5)]
    assert at_once(cancel, note) == []


def test_two_who_try_again_at_once_begin_everything_once(database, generator, jobs, pending):
    owner, counts = Viewer(1, "ann", "member"), []
    for _, uid in pending:
        generator.cancel(uid, owner)
    with database.writing() as session:
        for key, _ in pending:
            session.get_one(Image, key).error_kind = "unavailable"
    retry = [lambda: counts.append(generator.retry_failed(owner))]
    assert at_once(retry, retry) == []
    assert sorted(counts) == [0, PICTURES]
    assert jobs.counts()["queued"] == PICTURES
