from contextlib import contextmanager
from typing import Any

import pytest

from tests.jobs.shop import RESULTS, Making
from tests.servers import postgres_url, redis_name, temporary_database
from webapp.jobs import HueyRunner, InlineRunner, Worker, sweep
from webapp.jobs import worker as worker_module
from webapp.services import jobs as ledger
from webapp.services.jobs import Jobs

PATIENCE = 0.2  # seconds; waits for a worker that sleeps, so tests want little
STOP_TIMEOUT = 30.0  # seconds; a machine may stand still for some of them


@pytest.fixture(autouse=True)
def _impatience(monkeypatch):
    monkeypatch.setattr(sweep, "EVERY", 0.05)
    monkeypatch.setattr(worker_module, "PAUSE_AFTER_ERROR", 0.05)
    monkeypatch.setattr(ledger, "LOST_MESSAGE_MS", 100)


@pytest.fixture
def database(tmp_path):
    with temporary_database("sqlite", tmp_path) as database:
        RESULTS.create(database.engine)
        yield database


@pytest.fixture(scope="session")
def postgres_queue():
    with postgres_url() as url:
        yield url


@pytest.fixture
def redis_queue():
    with redis_name() as url_and_name:
        yield url_and_name


@contextmanager
def _runner(kind, request, folder):
    if kind == "sqlite":
        runner = HueyRunner(f"sqlite:///{folder / 'queue.db'}", patience=PATIENCE)
    elif kind == "redis":
        url, name = request.getfixturevalue("redis_queue")
        runner = HueyRunner(url, name, PATIENCE)
    else:
        runner = HueyRunner(request.getfixturevalue("postgres_queue"), patience=PATIENCE)
    yield runner
    runner.clear()
    runner.disconnect()


@pytest.fixture(params=["sqlite", "redis", "postgresql"])
def runner(request, tmp_path):
    with _runner(request.param, request, tmp_path) as runner:
        yield runner


@pytest.fixture
def embedded(tmp_path):
    runner = HueyRunner(tmp_path / "queue.db")
    yield runner
    runner.disconnect()


@pytest.fixture
def jobs(database, embedded):
    """Return jobs whose leases do not run out, however long the machine stands still."""
    return Jobs(database, embedded, lease_seconds=300)


@pytest.fixture
def short_leases(jobs):
    """Let leases run out soon, and hearts beat often, of workers that are hired from now on."""
    jobs.lease_seconds = 0.3


@pytest.fixture
def making(database, jobs):
    return Making(database, jobs)


@pytest.fixture
def hire(request):
    """Start workers, and stop them at the end."""

    def hire(transport, jobs, making, **options: Any):
        options = {"threads": 2, "holder": "studio", **options}
        worker = Worker(transport, jobs, {"make": making}, **options)
        worker.start()
        request.addfinalizer(lambda: worker.stop(STOP_TIMEOUT))
        return worker

    return hire


@pytest.fixture(params=["sqlite", "redis", "postgresql", "inline"])
def studio(request, database, tmp_path):
    """Give jobs, and their maker, that are done on each transport."""
    if request.param == "inline":
        inline = InlineRunner()
        jobs = Jobs(database, inline)
        making = Making(database, jobs)
        inline.connect(jobs, {"make": making})
        yield jobs, making
        return
    with _runner(request.param, request, tmp_path) as runner:
        jobs = Jobs(database, runner)
        making = Making(database, jobs)
        worker = Worker(runner, jobs, {"make": making}, threads=2, holder="studio")
        worker.start()
        yield jobs, making
        worker.stop(STOP_TIMEOUT)
