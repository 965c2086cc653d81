"""A small shop that makes numbers: what the workers' tests let the workers do.

Run as a script it starts a worker process for each line DATABASE QUEUE NAME HOLDER that it reads.
"""

import logging
import os
import random
import signal
import sys
import time
from collections import Counter
from typing import Any

from sqlalchemy import Column, Integer, MetaData, Table, insert, select

from tests.servers import open_database
from webapp.jobs import HueyRunner, Worker, sweep
from webapp.models import Database, Job
from webapp.models.job import Lease
from webapp.services import jobs as ledger
from webapp.services.jobs import Jobs

# No uniqueness here: a result that is kept twice has to be visible.
RESULTS = Table("shop_result", MetaData(), Column("job_id", Integer), Column("attempt", Integer))


class Making:
    """Makes one result a job; can be told to take long, or to fail.

    `seconds` counts as long as a job runs: set to 0, it ends at once those that run.
    """

    def __init__(self, database: Database, jobs: Jobs, seconds: float = 0.0) -> None:
        self.database = database
        self.jobs = jobs
        self.seconds = seconds
        self.errors: list[Exception] = []
        self.given_up: list[tuple[int, Exception]] = []
        self.started: Counter[int] = Counter()

    def run(self, lease: Lease) -> None:
        self.started[lease.job_id] += 1
        if self.errors:
            raise self.errors.pop(0)
        began = time.monotonic()
        while time.monotonic() - began < self.seconds and not lease.lost.wait(0.01):
            pass
        with self.database.writing() as session:
            session.execute(insert(RESULTS).values(job_id=lease.job_id, attempt=lease.attempt))
            self.jobs.finish(session, lease)

    def give_up(self, lease: Lease, error: Exception) -> None:
        self.given_up.append((lease.job_id, error))
        with self.database.writing() as session:
            self.jobs.finish(session, lease, "failed", type(error).__name__)


class SteadyJobs(Jobs):
    """Jobs for which time goes on with each heartbeat, by two thirds of a lease, and never else.

    So a lease runs out if the heartbeat does not extend it, and not if the machine stands still.
    """

    def __init__(self, *parts: Any) -> None:
        self.now = 1_000_000_000_000
        self.beats = 0
        super().__init__(*parts, lease_seconds=0.3, clock=lambda: self.now)

    def extend(self, lease: Lease) -> bool:
        is_held = super().extend(lease)
        self.now += 200
        self.beats += 1
        return is_held


class UnevenMaking(Making):
    """Takes as long as it takes."""

    def run(self, lease: Lease) -> None:
        self.seconds = random.uniform(0.05, 0.3)
        super().run(lease)


def order(database: Database, jobs: Jobs, count: int = 1, *, send: bool = True) -> list[int]:
    """Add jobs as a web process does."""
    with database.writing() as session:
        job_ids = jobs.add(session, "make", range(count))
    if send:
        jobs.send(job_ids)
    return job_ids


def results(database: Database) -> list[int]:
    """Return the job ids of all results."""
    with database.reading() as session:
        return sorted(session.scalars(select(RESULTS.c.job_id)))


def state(database: Database, job_id: int) -> str:
    """Return a job's state."""
    with database.reading() as session:
        return session.get_one(Job, job_id).state


def eventually(claim, seconds: float = 60.0) -> None:
    """Wait until a claim holds."""
    deadline = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.005)


def work(database_url: str, queue_url: str, name: str, holder: str) -> None:
    """Work until killed; print the process id when about to begin."""
    logging.basicConfig(level=logging.WARNING)
    sweep.EVERY = 0.3
    ledger.LOST_MESSAGE_MS = 500
    with open_database(database_url) as database:
        runner = HueyRunner(queue_url, name, patience=0.5)
        jobs = Jobs(database, runner, lease_seconds=1, max_attempts=1000)
        jobs.release(holder)
        handlers = {"make": UnevenMaking(database, jobs)}
        worker = Worker(runner, jobs, handlers, threads=4, holder=holder)
        os.write(sys.stdout.fileno(), b"%d\n" % os.getpid())  # in one piece, unlike print()
        worker.run_forever()


def main() -> None:
    """Become a worker process for each line of input: forking saves a second's imports."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead need no burial
    for line in sys.stdin:
        if os.fork() == 0:
            work(*line.split())
            os._exit(0)


if __name__ == "__main__":
    main()
