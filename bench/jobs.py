"""How quick and how quiet the task queue is: `python -m bench.jobs [seconds of idling]`.

Prints, for each transport that is there: the time from adding a job to its start, when idle;
how many jobs that do nothing are done in a second, rows and all; and what idling costs.
"""

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.servers import open_database, postgres_url, redis_name, temporary_database
from webapp.jobs import HueyRunner, Worker
from webapp.models import Database
from webapp.models.job import Lease
from webapp.services.jobs import Jobs

LATENCY_JOBS = 50
THROUGHPUT_JOBS = 1000
THREADS = 4


class Nothing:
    """Notes when a job starts, and finishes it."""

    def __init__(self, database: Database, jobs: Jobs) -> None:
        self.database = database
        self.jobs = jobs
        self.started = 0.0
        self.remaining = threading.Semaphore(0)

    def run(self, lease: Lease) -> None:
        """Do nothing."""
        self.started = time.perf_counter()
        with self.database.writing() as session:
            self.jobs.finish(session, lease)
        self.remaining.release()

    def give_up(self, lease: Lease, error: Exception) -> None:
        """Fail loudly."""
        message = f"job {lease.job_id} failed"
        raise RuntimeError(message) from error


def add(database: Database, jobs: Jobs, count: int) -> None:
    with database.writing() as session:
        job_ids = jobs.add(session, "nothing", range(count))
    jobs.send(job_ids)


def latency(database: Database, jobs: Jobs, nothing: Nothing) -> tuple[float, float]:
    times = []
    for _ in range(LATENCY_JOBS):
        time.sleep(0.03)
        before = time.perf_counter()
        add(database, jobs, 1)
        nothing.remaining.acquire()
        times.append((nothing.started - before) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def throughput(database: Database, jobs: Jobs, nothing: Nothing) -> float:
    before = time.perf_counter()
    add(database, jobs, THROUGHPUT_JOBS)
    for _ in range(THROUGHPUT_JOBS):
        nothing.remaining.acquire()
    return THROUGHPUT_JOBS / (time.perf_counter() - before)


def idle_cost(seconds: float) -> float:
    before = time.process_time()
    time.sleep(seconds)
    return (time.process_time() - before) / seconds * 100


@contextmanager
def place(kind: str, folder: Path) -> Iterator[tuple[Database, HueyRunner]]:
    with ExitStack() as stack:
        if kind == "embedded":
            database = stack.enter_context(temporary_database("sqlite", folder))
            yield database, HueyRunner(folder / "queue.db")
            return
        url = stack.enter_context(postgres_url())
        database = stack.enter_context(open_database(url))
        if kind == "redis":
            yield database, HueyRunner(*stack.enter_context(redis_name()))
        else:
            yield database, HueyRunner(url)


def measure(kind: str, idle_seconds: float, folder: Path) -> None:
    with place(kind, folder) as (database, runner):
        jobs = Jobs(database, runner)
        nothing = Nothing(database, jobs)
        worker = Worker(runner, jobs, {"nothing": nothing}, threads=THREADS, holder="bench")
        worker.start()
        median, slow = latency(database, jobs, nothing)
        rate = throughput(database, jobs, nothing)
        cost = idle_cost(idle_seconds)
        worker.stop()
        runner.disconnect()
    print(f"{kind:10} {median:9.1f} {slow:9.1f} {rate:9.0f} {cost:9.2f}", flush=True)


def main(idle_seconds: float = 10.0) -> None:
    print(f"{'':10} {'p50 ms':>9} {'p95 ms':>9} {'jobs/s':>9} {'idle %':>9}")
    for kind in ("embedded", "redis", "postgresql"):
        with tempfile.TemporaryDirectory() as folder:
            try:
                measure(kind, idle_seconds, Path(folder))
            except pytest.skip.Exception as missing:
                print(f"{kind:10} {missing}")


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
