"""How soon a provider is asked, and how well many pictures share the workers.

    python -m bench.queue

Prints the time from "Generate", and from its commit, to the provider's call on an idle, embedded
Easel; how long a hundred pictures take with eight workers when each keeps its provider busy for two
seconds; and what it takes to choose the next of 10,000 waiting jobs, beside ten.
"""

import logging
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import text

from tests.servers import temporary_database
from webapp.app import create_app, easel_of
from webapp.cli.background import serving_worker
from webapp.cli.session import upgrade_database
from webapp.extensions import db
from webapp.jobs import NullRunner
from webapp.models import Database, User
from webapp.parts import Easel
from webapp.providers.base import Cancelled, ImageRequest, ImageResult, Progress
from webapp.providers.plain import PlainProvider
from webapp.services import turns
from webapp.services.jobs import Jobs
from webapp.services.requests import GenerationRequest
from webapp.settings import Settings

LATENCIES = 60
PICTURES, WORKERS, SECONDS = 100, 8, 2.0
IDEAL = -(-PICTURES // WORKERS) * SECONDS
MANY, FEW, CLAIMS, PEOPLE = 10_000, 10, 60, 5
WISH = GenerationRequest(prompt="a lake at dawn", provider="plain", model="plain-paid")


class Slow(PlainProvider):
    """Notes when it is asked, and takes its time."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.asked = threading.Semaphore(0)
        self.asked_at = 0.0

    def generate(
        self, request: ImageRequest, progress: Progress, cancelled: Cancelled
    ) -> ImageResult:
        """Wait, then paint."""
        self.asked_at = time.perf_counter()
        self.asked.release()
        time.sleep(self.seconds)
        return super().generate(request, progress, cancelled)


@contextmanager
def working(folder: Path, provider: Slow) -> Iterator[Easel]:
    settings = Settings(data_dir=folder, workers=WORKERS)
    app = create_app(settings, providers={"plain": provider})
    upgrade_database(app)
    easel = easel_of(app)
    easel.services.accounts.ensure_owner()
    with app.app_context():
        worker = serving_worker(easel)
        worker.start()
        try:
            yield easel
        finally:
            worker.stop()
            db.engine.dispose()


@contextmanager
def noting_sends(easel: Easel) -> Iterator[list[float]]:
    """Give a list of the times at which jobs are sent, which is after their commit."""
    jobs, times = easel.services.jobs, list[float]()
    send = jobs.send

    def noted(job_ids: Sequence[int]) -> None:
        times.append(time.perf_counter())
        send(job_ids)

    with patch.object(jobs, "send", noted):
        yield times


def latencies(easel: Easel, provider: Slow, wish: GenerationRequest) -> None:
    owner = easel.services.accounts.named("owner")
    whole, queued = [], []
    for _ in range(LATENCIES):
        wait_for_all(easel)
        with noting_sends(easel) as sent:
            before = time.perf_counter()
            easel.services.generator.start(owner, wish)
            provider.asked.acquire()
        whole.append((provider.asked_at - before) * 1000)
        queued.append((provider.asked_at - sent[0]) * 1000)
    wait_for_all(easel)
    print(f"{wish.model}: from the request to the provider {percentiles(whole)}")
    print(f"{wish.model}: from the commit to the provider {percentiles(queued)}", flush=True)


def wait_for_all(easel: Easel) -> None:
    jobs = easel.services.jobs
    while jobs.counts()["queued"] + jobs.counts()["running"]:
        time.sleep(0.02)


def shared(easel: Easel, provider: Slow) -> float:
    """Return the seconds that all pictures take."""
    provider.seconds = SECONDS
    owner = easel.services.accounts.named("owner")
    before = time.perf_counter()
    batches = [replace(WISH, count=10, seed=None)] * (PICTURES // 10)
    easel.services.generator.start_all(owner, batches)
    wait_for_all(easel)
    return time.perf_counter() - before


def claim_times(database: Database, count: int) -> list[float]:
    """Return the milliseconds of some claims while so many jobs of a few people wait."""
    jobs = Jobs(database, NullRunner())
    with database.writing() as session:
        people = [User(name=f"{count} {number}") for number in range(PEOPLE)]
        session.add_all(people)
        session.flush()
        each = range(count // PEOPLE + CLAIMS)
        ids = [jobs.add(session, "image", each, owner_id=person.id)[0] for person in people]
    with database.writing() as session:
        session.execute(text("analyze"))  # as databases do by themselves after a while
    times = []
    for number in range(CLAIMS):
        before = time.perf_counter()
        lease = jobs.claim(ids[number % PEOPLE], "bench")
        times.append((time.perf_counter() - before) * 1000)
        assert lease is not None
        jobs.fail(lease, "")
    return times


def move_time(database: Database) -> float:
    """Return the milliseconds that it takes to bring the last of many waiting jobs to the front."""
    with database.reading() as session:
        owner_id = session.query(User.id).filter(User.name == f"{MANY} 0").scalar()
    before = time.perf_counter()
    with database.writing() as session:
        waiting = turns.waiting_jobs(session, owner_id)
        turns.move(waiting, waiting[-1], "first")
    return (time.perf_counter() - before) * 1000


def percentiles(times: Sequence[float]) -> str:
    return (
        f"p50 {statistics.median(times):.1f} ms, p95 {statistics.quantiles(times, n=20)[-1]:.1f} ms"
    )


def main() -> None:
    """Measure one after the other."""
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        provider = Slow()
        with working(Path(folder), provider) as easel:
            latencies(easel, provider, replace(WISH, model="plain-1"))
            latencies(easel, provider, WISH)
            seconds = shared(easel, provider)
            print(
                f"{PICTURES} pictures of {SECONDS:g} s with {WORKERS} workers: {seconds:.1f} s, "
                f"{seconds / IDEAL:.2f}x of {IDEAL:g} s",
                flush=True,
            )
    for kind in ("sqlite", "postgresql"):
        with (
            tempfile.TemporaryDirectory() as folder,
            temporary_database(kind, Path(folder)) as database,
        ):
            few, many = claim_times(database, FEW), claim_times(database, MANY)
            ratio = statistics.median(many) / statistics.median(few)
            print(f"claim of {MANY:,} on {kind}: {percentiles(many)}, {ratio:.2f}x of {FEW}")
            print(
                f"last of {MANY // PEOPLE:,} to the front on {kind}: {move_time(database):.0f} ms"
            )


if __name__ == "__main__":
    main()
