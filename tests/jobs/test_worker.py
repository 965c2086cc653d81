import os
import signal
import threading
import time
from contextlib import suppress

import pytest
from sqlalchemy import create_engine, update

from tests.jobs.shop import Making, SteadyJobs, eventually, order, results, state
from webapp.errors import BusyError
from webapp.jobs import HueyRunner, NullRunner, Periodic, Worker
from webapp.models import Job
from webapp.services.jobs import Jobs


class Unavailable:
    """Stands between a worker and its ledger; `away` lists the calls that fail now."""

    def __init__(self, jobs):
        self.jobs = jobs
        self.lease_seconds = jobs.lease_seconds
        self.away = set()
        self.failures = 0

    def __getattr__(self, name):
        if name in self.away:
            self.failures += 1
            message = "The database is busy."
            raise BusyError(message)
        return getattr(self.jobs, name)


class AwayTransport(HueyRunner):
    """A transport whose server can be switched off."""

    is_away = False
    refusals = 0

    def receive(self):
        if self.is_away:
            self.refusals += 1
            message = "no route to host"
            raise ConnectionError(message)
        return super().receive()


class Forgetful(Making):
    """Can't even give up."""

    def give_up(self, lease, error):
        message = "give up what?"
        raise RuntimeError(message)


def start_long_job(database, jobs, making):
    making.seconds = 600
    job_id = order(database, jobs)[0]
    eventually(lambda: making.started[job_id])
    return job_id


@pytest.mark.usefixtures("short_leases")
def test_a_cancelled_job_learns_of_it_and_leaves_nothing(database, embedded, jobs, making, hire):
    worker = hire(embedded, jobs, making)
    job_id = start_long_job(database, jobs, making)
    with database.writing() as session:
        jobs.cancel(session, "make", [0])
    eventually(lambda: not worker._heartbeat.held())
    assert (state(database, job_id), results(database)) == ("cancelled", [])
    assert making.given_up == []


def test_a_long_job_is_not_taken_over_while_its_worker_lives(database, embedded, hire):
    jobs = SteadyJobs(database, embedded)
    making = Making(database, jobs)
    worker = hire(embedded, jobs, making)
    job_id = start_long_job(database, jobs, making)
    for beats in range(1, 7):  # four leases long
        eventually(lambda beats=beats: jobs.beats >= beats)
        worker._sweep.bring_back()
    making.seconds = 0
    eventually(lambda: state(database, job_id) == "done")
    assert making.started[job_id] == 1


@pytest.mark.usefixtures("short_leases")
def test_a_dead_workers_job_is_taken_over(database, embedded, jobs, making, hire):
    job_id = order(database, jobs, send=False)[0]
    assert jobs.claim(job_id, "dead")
    hire(embedded, jobs, making)
    eventually(lambda: results(database) == [job_id])


def test_a_lost_message_is_made_up_for(database, embedded, jobs, making, hire):
    job_id = order(database, jobs, send=False)[0]
    hire(embedded, jobs, making)
    eventually(lambda: results(database) == [job_id])


def test_a_handlers_error_fails_the_subject_and_the_job(
    database, embedded, jobs, making, hire, caplog
):
    error = ValueError("no such brush")
    making.errors.append(error)
    hire(embedded, jobs, making)
    job_id = order(database, jobs)[0]
    eventually(lambda: state(database, job_id) == "failed")
    assert making.given_up == [(job_id, error)]
    assert "Traceback" in caplog.text


def test_a_handler_that_cant_even_give_up_fails_its_job(database, embedded, jobs, hire, caplog):
    making = Forgetful(database, jobs)
    making.errors.append(ValueError("no such brush"))
    hire(embedded, jobs, making)
    job_id = order(database, jobs)[0]
    eventually(lambda: state(database, job_id) == "failed")
    assert "give up what?" in caplog.text


def test_a_busy_database_is_a_reason_to_wait(database, embedded, jobs, making, hire):
    busy = BusyError("The database is busy.", retry_after=0)
    making.errors += [busy, busy]
    hire(embedded, jobs, making)
    job_id = order(database, jobs)[0]
    eventually(lambda: results(database) == [job_id])
    assert making.started[job_id] == 3


def test_a_job_tried_too_often_is_given_up(database, embedded, jobs, making, hire):
    job_id = order(database, jobs, send=False)[0]
    with database.writing() as session:
        session.execute(update(Job).values(attempts=3))
    hire(embedded, jobs, making)
    eventually(lambda: state(database, job_id) == "failed")
    assert making.started[job_id] == 0
    assert "tried 3 times" in str(making.given_up[0][1])


def test_a_job_that_nobody_handles_fails(database, embedded, jobs, making, hire):
    hire(embedded, jobs, making)
    with database.writing() as session:
        job_ids = jobs.add(session, "unheard of", [1])
    jobs.send(job_ids)
    eventually(lambda: state(database, job_ids[0]) == "failed")


@pytest.mark.usefixtures("short_leases")
@pytest.mark.parametrize(("call", "times"), [("claim", 3), ("overdue", 3), ("extend", 1)])
def test_an_unavailable_database_is_waited_for(call, times, database, embedded, jobs, hire):
    ledger = Unavailable(jobs)
    ledger.away = {call}
    making = Making(database, jobs, seconds=600)
    worker = hire(embedded, ledger, making)
    job_id = order(database, jobs)[0]
    eventually(lambda: ledger.failures >= times)
    ledger.away = set()
    making.seconds = 0
    eventually(lambda: results(database) == [job_id])
    assert worker.is_working()


def test_a_transport_that_is_away_is_waited_for_and_logged_once(
    database, jobs, making, hire, tmp_path, caplog
):
    transport = AwayTransport(tmp_path / "queue.db")
    transport.is_away = True
    worker = hire(transport, jobs, making, threads=1)
    eventually(lambda: transport.refusals >= 3)
    transport.is_away = False
    job_id = order(database, jobs)[0]
    eventually(lambda: results(database) == [job_id])
    assert caplog.text.count("no route to host") == 1
    assert worker.is_working()


@pytest.mark.usefixtures("short_leases")
def test_a_really_locked_database_is_waited_for(database, embedded, jobs, making, hire):
    hire(embedded, jobs, making)
    job_id = start_long_job(database, jobs, making)
    other = create_engine(database.engine.url)
    with other.begin() as connection:
        connection.exec_driver_sql("begin immediate")
        time.sleep(0.4)  # longer than a lease
    other.dispose()
    with database.writing() as session:
        jobs.cancel(session, "make", [0])
    assert state(database, job_id) == "cancelled"
    making.seconds = 0
    assert order(database, jobs)
    eventually(lambda: len(results(database)) == 1)


def test_a_stopped_worker_finishes_what_it_does(database, embedded, jobs, making, hire):
    worker = hire(embedded, jobs, making)
    making.seconds = 0.3
    job_id = order(database, jobs)[0]
    eventually(lambda: making.started[job_id])
    worker.stop(60)
    assert results(database) == [job_id]
    assert not worker.is_working()


def test_a_stopped_worker_hands_back_what_takes_too_long(database, embedded, jobs, making, hire):
    worker = hire(embedded, jobs, making)
    job_id = start_long_job(database, jobs, making)
    worker.stop(0.05)
    assert state(database, job_id) == "queued"
    making.seconds = 0
    hire(embedded, jobs, making, holder="next")
    eventually(lambda: results(database) == [job_id])
    with database.reading() as session:
        assert session.get_one(Job, job_id).attempts == 1


def test_a_stopped_worker_takes_nothing_new(database, embedded, jobs, making, hire):
    hire(embedded, jobs, making).stop(60)
    job_id = order(database, jobs)[0]
    assert embedded.size() == 1
    assert state(database, job_id) == "queued"


def test_a_message_that_arrives_while_stopping_is_passed_on(embedded, jobs, making):
    worker = Worker(embedded, jobs, {"make": making}, threads=1, holder="studio")
    worker._stopping.set()
    embedded.send([5])
    worker._work()
    assert embedded.receive() == 5


def test_stopping_wakes_the_sleepers(jobs, making, hire, tmp_path):
    transport = HueyRunner(tmp_path / "queue.db", patience=600)
    worker = hire(transport, jobs, making, threads=4)
    eventually(worker.is_working)
    worker.stop(60)
    assert not any(thread.is_alive() for thread in worker._threads)
    transport.disconnect()


def test_stopping_leaves_no_thread_behind(embedded, jobs, making, hire):
    before = set(threading.enumerate())
    hire(embedded, jobs, making).stop(60)
    eventually(lambda: set(threading.enumerate()) <= before)


def test_a_worker_that_never_started_can_be_stopped_twice(embedded, jobs, making):
    worker = Worker(embedded, jobs, {"make": making}, threads=1, holder="studio")
    worker.stop()
    worker.stop()


def test_signals_are_left_to_the_web_server(embedded, jobs, making, hire):
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    hire(embedded, jobs, making)
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_process_stops_when_it_is_asked(number, embedded, jobs, making):
    def deaf(_number, _frame):
        message = "the worker does not listen"
        raise AssertionError(message)

    def ask():
        with suppress(AssertionError):  # it is asked all the same
            eventually(lambda: worker.is_working() and signal.getsignal(number) is not deaf)
        os.kill(os.getpid(), number)

    before = signal.signal(number, deaf)
    worker = Worker(embedded, jobs, {"make": making}, threads=1, holder="studio")
    asking = threading.Thread(target=ask)
    asking.start()
    try:
        worker.run_forever(60)
        asking.join()
        assert signal.getsignal(number) is deaf
    finally:
        signal.signal(number, before)
    assert not worker.is_working()


def test_housekeeping_is_done_now_and_then(embedded, jobs, making, hire):
    done = {"often": 0, "seldom": 0, "broken": 0}

    def do(name):
        done[name] += 1
        if name == "broken":
            raise OSError(name)

    hire(
        embedded,
        jobs,
        making,
        housekeeping=[
            Periodic("broken", 0.01, lambda: do("broken")),
            Periodic("often", 0.01, lambda: do("often")),
            Periodic("seldom", 60, lambda: do("seldom")),
        ],
    )
    eventually(lambda: done["often"] >= 3)
    assert done["seldom"] == 1
    assert done["broken"] >= 3


def test_a_long_queue_is_not_sent_over_and_over(database, embedded, jobs, making, hire):
    order(database, jobs, 150)
    time.sleep(0.15)  # all of them are overdue now
    worker = Worker(embedded, jobs, {}, threads=0, holder="nobody")
    for _ in range(5):
        worker._sweep.bring_back()
    assert embedded.size() == 150


def test_lost_messages_are_sent_a_hundred_at_a_time(database, embedded, making):
    jobs = Jobs(database, NullRunner())
    order(database, jobs, 150)
    time.sleep(0.15)
    worker = Worker(embedded, jobs, {}, threads=0, holder="nobody")
    for _ in range(5):
        worker._sweep.bring_back()
    assert embedded.size() == 100
