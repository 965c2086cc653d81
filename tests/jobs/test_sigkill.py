"""Workers that are killed in the middle of everything, for real."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.jobs.shop import RESULTS, eventually, order, results, state
from tests.servers import open_database, postgres_url, redis_name
from webapp.jobs import HueyRunner
from webapp.services.jobs import Jobs

ROOT = Path(__file__).parents[2]
ROUNDS, MOST_ROUNDS = {"sqlite": 10, "postgresql": 5}, 30

pytestmark = pytest.mark.slow


class WorkerProcesses:
    """Real worker processes, that share a parent which has imported everything already."""

    def __init__(self, database_url, queue_url, name):
        self.place = f"{database_url} {queue_url} {name}"
        self.parent = subprocess.Popen(
            [sys.executable, "-m", "tests.jobs.shop"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            start_new_session=True,
        )

    def start(self, holders):
        stdin, stdout = self.parent.stdin, self.parent.stdout
        assert stdin is not None
        assert stdout is not None
        for holder in holders:
            print(self.place, holder, file=stdin, flush=True)
        return [int(stdout.readline()) for _ in holders]

    def end(self, process_ids, number):
        for process_id in process_ids:
            os.kill(process_id, number)
        eventually(lambda: not any(map(is_alive, process_ids)))

    def close(self):
        os.killpg(self.parent.pid, signal.SIGKILL)
        self.parent.communicate()


def is_alive(process_id):
    return Path(f"/proc/{process_id}").exists()


@pytest.fixture(params=["embedded", "redis", "postgresql"])
def place(request, tmp_path):
    """Give the URL of a database, and the URL and name of a queue."""
    with ExitStack() as stack:
        if request.param == "embedded":
            yield f"sqlite:///{tmp_path}/easel.db", f"sqlite:///{tmp_path}/queue.db", "easel"
            return
        database_url = stack.enter_context(postgres_url())
        if request.param == "redis":
            yield database_url, *stack.enter_context(redis_name())
        else:
            yield database_url, database_url, "easel"


@pytest.fixture
def workers(place):
    workers = WorkerProcesses(*place)
    yield workers
    workers.close()


def holders_for(database):
    """Name one embedded worker, always the same as nobody else has it; or two new ones."""
    if database.engine.dialect.name == "sqlite":
        return ["studio"]
    return [os.urandom(4).hex(), os.urandom(4).hex()]


def running(database, job_ids):
    """Return those of the jobs that somebody has begun, and not ended."""
    return [job_id for job_id in job_ids if state(database, job_id) == "running"]


def wait_for_the_kill(database, added, *, had_luck):
    """Wait a while; without luck so far, until somebody does one of the jobs, or all are done."""
    if had_luck:
        time.sleep(random.uniform(0.02, 0.3))
    else:
        eventually(lambda: running(database, added) or set(added) <= set(results(database)))


def test_every_job_has_one_result_however_often_workers_are_killed(place, workers):
    database_url, queue_url, name = place
    with open_database(database_url) as database:
        RESULTS.create(database.engine)
        runner = HueyRunner(queue_url, name)
        jobs = Jobs(database, runner)
        ordered = []
        cut_off = []
        rounds = ROUNDS[database.engine.dialect.name]
        for round_number in range(MOST_ROUNDS):
            added = order(database, jobs, 8)
            ordered += added
            process_ids = workers.start(holders_for(database))
            wait_for_the_kill(database, added, had_luck=round_number < rounds)
            workers.end(process_ids, signal.SIGKILL)
            cut_off += running(database, ordered)
            if round_number >= rounds - 1 and cut_off:
                break
        assert cut_off  # or the kills came too late to matter
        process_ids = workers.start(holders_for(database))
        eventually(lambda: set(results(database)) == set(ordered), 120)
        eventually(lambda: all(state(database, job_id) == "done" for job_id in ordered))
        workers.end(process_ids, signal.SIGTERM)
        assert results(database) == ordered
        runner.disconnect()
