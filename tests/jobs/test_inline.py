import subprocess
import sys

import pytest

from tests.jobs.shop import Making, SteadyJobs, eventually, order, results, state
from webapp.jobs import InlineRunner, NullRunner
from webapp.services.jobs import Jobs


@pytest.fixture
def inline():
    return InlineRunner()


@pytest.fixture
def jobs(database, inline):
    return Jobs(database, inline, lease_seconds=0.3)


class OrderingMore(Making):
    """Orders another job in the midst of its own, for a while."""

    depth = 0

    def run(self, lease):
        self.depth += 1
        assert self.depth == 1
        if len(self.started) < 2:
            order(self.database, self.jobs)
        super().run(lease)
        self.depth -= 1


def test_a_job_is_done_when_sending_returns(database, inline, jobs, making):
    inline.connect(jobs, {"make": making})
    job_ids = order(database, jobs, 3)
    assert results(database) == job_ids


def test_jobs_ordered_by_a_job_come_after_it(database, inline, jobs):
    making = OrderingMore(database, jobs)
    inline.connect(jobs, {"make": making})
    order(database, jobs)
    assert len(results(database)) == 3


def test_a_failing_job_does_not_fail_the_sender(database, inline, jobs, making):
    making.errors.append(ValueError("no such brush"))
    inline.connect(jobs, {"make": making})
    assert state(database, order(database, jobs)[0]) == "failed"


def test_a_long_inline_job_keeps_its_lease(database, inline, jobs):
    making = Making(database, jobs, seconds=0.7)  # two leases long
    inline.connect(jobs, {"make": making})
    job_ids = order(database, jobs)
    assert results(database) == job_ids


def test_a_long_inline_job_is_not_overdue_meanwhile(database, inline):
    jobs = SteadyJobs(database, inline)
    overdue = []

    class Looking(Making):
        def run(self, lease):
            eventually(lambda: jobs.beats >= 4)  # two leases long
            overdue.extend(jobs.overdue(10))
            super().run(lease)

    inline.connect(jobs, {"make": Looking(database, jobs)})
    job_ids = order(database, jobs)
    assert results(database) == job_ids
    assert overdue == []


def test_an_unconnected_runner_says_so(inline):
    with pytest.raises(RuntimeError, match="connect"):
        inline.send([1])


def test_a_null_runner_leaves_jobs_waiting(database):
    jobs = Jobs(database, NullRunner())
    assert state(database, order(database, jobs)[0]) == "queued"


def test_the_embedded_queue_needs_no_servers_library(tmp_path):
    code = (
        "import sys; sys.modules['redis'] = sys.modules['psycopg'] = None\n"
        "from webapp.jobs import HueyRunner\n"
        f"runner = HueyRunner('sqlite:///{tmp_path}/queue.db')\n"
        "runner.send([3]); assert runner.receive() == 3"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.stderr == ""


def test_the_queue_needs_no_web_framework():
    code = "import sys, webapp.jobs, webapp.services.jobs; sys.exit('flask' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
