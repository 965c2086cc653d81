from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from tests.servers import temporary_database
from webapp.jobs import NullRunner
from webapp.models import Job, User
from webapp.services.jobs import Jobs, LeaseLostError


class SetClock:
    """A clock that moves when it is told to."""

    def __init__(self):
        self.now = 1_000_000

    def __call__(self):
        return self.now

    def advance(self, seconds):
        self.now += round(seconds * 1000)


class ListRunner(NullRunner):
    """A runner that keeps what was sent."""

    def __init__(self):
        self.sent = []

    def send(self, job_ids):
        self.sent.extend(job_ids)


class BrokenRunner(NullRunner):
    """A runner whose server is away."""

    def send(self, job_ids):
        message = "no route to host"
        raise ConnectionError(message)


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def module_database(request, tmp_path_factory):
    with temporary_database(request.param, tmp_path_factory.mktemp("jobs")) as database:
        yield database


@pytest.fixture
def database(module_database):
    with module_database.writing() as session:
        session.query(Job).delete()
        session.query(User).delete()
    return module_database


@pytest.fixture
def clock():
    return SetClock()


@pytest.fixture
def runner():
    return ListRunner()


@pytest.fixture
def jobs(database, runner, clock):
    jobs = Jobs(database, runner, lease_seconds=30, max_attempts=3, clock=clock)
    add(jobs, database, "noise", [7, 8])
    return jobs


def add(jobs, database, kind, subjects):
    with database.writing() as session:
        return jobs.add(session, kind, subjects)


def finish(jobs, database, lease, name="the result"):
    """Keep a result, and end the job with it."""
    with database.writing() as session:
        session.add(User(name=name))
        session.flush()
        jobs.finish(session, lease)


def postpone(jobs, database, lease, seconds, **options):
    with database.writing() as session:
        jobs.postpone(session, lease, seconds, **options)


def cancel(jobs, database, subjects):
    with database.writing() as session:
        return jobs.cancel(session, "draw", subjects)


def requeue(jobs, database, subject):
    with database.writing() as session:
        return jobs.requeue(session, "draw", subject)


def row(database, job_id):
    with database.reading() as session:
        return session.get_one(Job, job_id)


def results(database):
    with database.reading() as session:
        return session.scalars(select(User.name)).all()


@pytest.fixture
def job_id(jobs, database):
    return add(jobs, database, "draw", [41])[0]


def test_jobs_appear_with_the_transaction_that_adds_them(jobs, database):
    with database.writing() as session:
        jobs.add(session, "draw", [1, 2, 3])
        session.rollback()
    assert jobs.counts()["queued"] == 2


def test_a_claimed_job_knows_what_it_is_about(jobs, job_id):
    lease = jobs.claim(job_id, "me")
    assert (lease.job_id, lease.kind, lease.subject_id, lease.attempt) == (job_id, "draw", 41, 1)
    assert lease.token.startswith("me:")
    assert not lease.exhausted
    assert not lease.is_lost()


def test_a_job_is_claimed_once(jobs, job_id):
    assert jobs.claim(job_id, "me")
    assert jobs.claim(job_id, "you") is None


def test_only_one_of_many_gets_a_job(jobs, job_id):
    with ThreadPoolExecutor(8) as pool:
        leases = list(pool.map(lambda n: jobs.claim(job_id, f"worker {n}"), range(24)))
    assert sum(lease is not None for lease in leases) == 1


def test_a_job_that_does_not_exist_is_not_claimed(jobs):
    assert jobs.claim(999_999, "me") is None


def test_a_result_appears_with_the_end_of_its_job(jobs, database, job_id):
    finish(jobs, database, jobs.claim(job_id, "me"))
    assert results(database) == ["the result"]
    assert row(database, job_id).state == "done"
    assert jobs.claim(job_id, "you") is None


def test_a_job_is_taken_over_when_its_lease_ends(jobs, job_id, clock):
    jobs.claim(job_id, "me")
    clock.advance(29)
    assert jobs.claim(job_id, "you") is None
    clock.advance(2)
    assert jobs.claim(job_id, "you").attempt == 2


def test_a_heartbeat_keeps_a_lease(jobs, job_id, clock):
    lease = jobs.claim(job_id, "me")
    for _ in range(5):
        clock.advance(20)
        assert jobs.extend(lease)
    assert jobs.claim(job_id, "you") is None


def test_a_late_heartbeat_is_welcome_while_nobody_took_over(jobs, job_id, clock):
    lease = jobs.claim(job_id, "me")
    clock.advance(60)
    assert jobs.extend(lease)


def test_whoever_was_overtaken_leaves_no_result(jobs, database, job_id, clock):
    late = jobs.claim(job_id, "me")
    clock.advance(31)
    quick = jobs.claim(job_id, "you")
    assert not jobs.extend(late)
    with pytest.raises(LeaseLostError):
        finish(jobs, database, late, "late")
    assert late.is_lost()
    finish(jobs, database, quick, "quick")
    assert results(database) == ["quick"]


def test_a_job_is_not_finished_twice(jobs, database, job_id):
    lease = jobs.claim(job_id, "me")
    finish(jobs, database, lease, "first")
    with pytest.raises(LeaseLostError):
        finish(jobs, database, lease, "second")
    assert results(database) == ["first"]


def test_a_cancelled_job_leaves_no_result(jobs, database, job_id):
    lease = jobs.claim(job_id, "me")
    assert cancel(jobs, database, [41]) == 1
    assert not jobs.extend(lease)
    with pytest.raises(LeaseLostError):
        finish(jobs, database, lease)
    assert results(database) == []
    assert row(database, job_id).state == "cancelled"


def test_cancelling_leaves_other_jobs_alone(jobs, database, job_id):
    finish(jobs, database, jobs.claim(job_id, "me"))
    add(jobs, database, "draw", [42])
    assert cancel(jobs, database, [41, 43]) == 0
    assert jobs.counts() == {"queued": 3, "running": 0, "done": 1, "failed": 0, "cancelled": 0}


def test_a_postponed_job_waits_and_then_needs_no_message(jobs, database, job_id, clock):
    postpone(jobs, database, jobs.claim(job_id, "me"), 60)
    clock.advance(58)
    assert jobs.claim(job_id, "me") is None
    assert job_id not in jobs.overdue(10)
    clock.advance(2)
    assert job_id in jobs.overdue(10)
    assert jobs.claim(job_id, "me").attempt == 2


def test_waiting_need_not_count_as_an_attempt(jobs, database, job_id):
    postpone(jobs, database, jobs.claim(job_id, "me"), 0, counts=False)
    assert jobs.claim(job_id, "me").attempt == 1


def test_a_job_that_keeps_killing_its_worker_is_exhausted(jobs, job_id, clock):
    for _ in range(3):
        assert not jobs.claim(job_id, "me").exhausted
        clock.advance(31)
    assert jobs.claim(job_id, "me").exhausted


def test_an_exhausted_job_can_be_failed(jobs, database, job_id, clock):
    for _ in range(4):
        lease = jobs.claim(job_id, "me")
        clock.advance(31)
    jobs.fail(lease, "ExhaustedError")
    assert (row(database, job_id).state, row(database, job_id).error) == (
        "failed",
        "ExhaustedError",
    )


def test_trying_again_starts_from_the_beginning(jobs, database, job_id, runner):
    jobs.fail(jobs.claim(job_id, "me"), "OSError")
    assert requeue(jobs, database, 41) == job_id
    assert row(database, job_id).error == ""
    assert jobs.claim(job_id, "me").attempt == 1


def test_trying_again_twice_makes_one_job(jobs, database, job_id):
    jobs.fail(jobs.claim(job_id, "me"), "OSError")
    assert requeue(jobs, database, 41) == requeue(jobs, database, 41) == job_id


def test_trying_again_after_the_job_was_purged_makes_a_new_one(jobs, database):
    assert row(database, requeue(jobs, database, 44)).subject_id == 44


def test_a_running_job_is_not_started_anew(jobs, database, job_id):
    lease = jobs.claim(job_id, "me")
    requeue(jobs, database, 41)
    assert jobs.extend(lease)


def test_a_lost_message_is_noticed(jobs, job_id, clock):
    clock.advance(4)
    assert jobs.overdue(10) == []
    clock.advance(2)
    assert job_id in jobs.overdue(10)


def test_the_longest_overdue_come_first(jobs, database, clock):
    clock.advance(1)
    late = add(jobs, database, "draw", [1])
    clock.advance(60)
    assert late[0] not in jobs.overdue(2)
    assert jobs.overdue(3)[-1] == late[0]


def test_a_dead_workers_job_is_overdue(jobs, job_id, clock):
    jobs.claim(job_id, "me")
    assert job_id not in jobs.overdue(10)
    clock.advance(31)
    assert job_id in jobs.overdue(10)


def test_a_restart_gives_back_its_own_leases_at_once(jobs, database, job_id, runner):
    other = add(jobs, database, "draw", [42])[0]
    jobs.claim(job_id, "studio")
    theirs = jobs.claim(other, "studio-2")
    assert jobs.release("studio") == 1
    assert runner.sent == [job_id]
    assert jobs.claim(job_id, "studio").attempt == 2
    assert jobs.extend(theirs)


def test_wildcards_in_a_holders_name_mean_themselves(jobs, job_id):
    jobs.claim(job_id, "studio")
    assert jobs.release("%") == 0
    assert jobs.release("stud_o") == 0


def test_a_long_holders_name_fits(jobs, job_id):
    assert jobs.claim(job_id, "host." * 40)
    assert jobs.release("host." * 40) == 1


def test_a_transport_that_is_away_is_only_logged(database, clock, caplog):
    jobs = Jobs(database, BrokenRunner(), clock=clock)
    jobs.send([1])
    assert "no route to host" in caplog.text


def test_nothing_to_send_sends_nothing(database, clock, caplog):
    Jobs(database, BrokenRunner(), clock=clock).send([])
    assert "no route to host" not in caplog.text


def test_old_ended_jobs_are_purged(jobs, database, job_id, clock):
    finish(jobs, database, jobs.claim(job_id, "me"))
    open_one = add(jobs, database, "draw", [42])[0]
    clock.advance(60)
    assert jobs.purge_finished(61_000) == 0
    assert jobs.purge_finished(59_000) == 1
    assert row(database, open_one).state == "queued"
