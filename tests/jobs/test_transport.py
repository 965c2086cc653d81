import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
import redis
from sqlalchemy import update

from tests.jobs.shop import eventually, order, results, state
from webapp.errors import SettingsError
from webapp.jobs import HueyRunner
from webapp.models import Job


class TestEveryTransport:
    """What holds wherever the messages travel."""

    def test_brings_a_job_to_its_handler(self, studio, database):
        job_id = order(database, studio[0])[0]
        eventually(lambda: state(database, job_id) == "done")
        assert results(database) == [job_id]

    def test_brings_many_jobs_each_to_one_result(self, studio, database):
        job_ids = order(database, studio[0], 40)
        eventually(lambda: len(results(database)) >= 40)
        assert results(database) == job_ids

    def test_may_repeat_a_message_without_harm(self, studio, database):
        jobs, making = studio
        job_ids = order(database, jobs, 5)
        for _ in range(4):
            jobs.send(job_ids)
        last = order(database, jobs)
        eventually(lambda: results(database) == job_ids + last)
        assert set(making.started.values()) == {1}

    def test_leaves_a_cancelled_job_alone(self, studio, database):
        jobs, _ = studio
        job_ids = order(database, jobs, 3, send=False)
        with database.writing() as session:
            jobs.cancel(session, "make", [1])
        jobs.send(job_ids)
        eventually(lambda: len(results(database)) == 2)
        assert results(database) == [job_ids[0], job_ids[2]]

    def test_outlives_a_handler_that_fails(self, studio, database):
        jobs, making = studio
        making.errors.append(OSError("no such brush"))
        bad = order(database, jobs)[0]
        eventually(lambda: state(database, bad) == "failed")
        good = order(database, jobs)
        eventually(lambda: results(database) == good)

    def test_forgives_a_message_about_nothing(self, studio, database):
        jobs, _ = studio
        jobs.send([987_654_321])
        job_ids = order(database, jobs)
        eventually(lambda: results(database) == job_ids)


def test_ids_arrive_in_the_order_they_were_sent(runner):
    runner.send([5, 3, 9])
    assert [runner.receive() for _ in range(3)] == [5, 3, 9]


def test_the_size_is_what_is_on_its_way(runner):
    runner.send([5, 3])
    assert runner.size() == 2
    runner.clear()
    assert runner.size() == 0


def test_a_waiting_receiver_is_woken_by_a_message(runner):
    assert runner.receive() is None  # PostgreSQL listens from here on
    runner._open().read_timeout = runner._open()._patience = 120
    sender = threading.Timer(0.1, lambda: (runner.send([7]), runner.disconnect()))
    sender.start()
    before = time.monotonic()
    assert runner.receive() == 7
    assert time.monotonic() - before < 60
    sender.join()


def test_each_message_arrives_once(runner):
    runner.send(range(60))
    with ThreadPoolExecutor(4) as pool:
        received = list(pool.map(lambda _: runner.receive(), range(60)))
        closing = threading.Barrier(4)
        list(pool.map(lambda _: (closing.wait(60), runner.disconnect()), range(4)))
    assert sorted(received) == list(range(60))


@pytest.mark.parametrize("junk", [b"", b"-1", b"12x", b"\x80\x04.", b"9" * 30, b'{"id": 3}'])
def test_what_is_no_id_is_dropped(runner, junk, caplog):
    runner._open().enqueue(junk)
    runner.send([4])
    assert [runner.receive(), runner.receive()] == [None, 4]
    assert "not a job id" in caplog.text


def test_a_connection_that_was_closed_is_opened_again(runner):
    runner.send([1])
    runner.disconnect()
    assert runner.receive() == 1


def test_messages_of_other_processes_are_seen(tmp_path):
    mine, theirs = HueyRunner(tmp_path / "queue.db"), HueyRunner(tmp_path / "queue.db")
    theirs.send([3])
    assert mine.receive() == 3
    mine.disconnect()
    theirs.disconnect()


def test_messages_survive_a_restart(tmp_path):
    before = HueyRunner(tmp_path / "queue.db")
    before.send([3])
    before.disconnect()
    after = HueyRunner(tmp_path / "queue.db")
    assert after.receive() == 3
    after.disconnect()


def test_a_sleeping_receiver_can_be_woken_for_nothing(embedded):
    assert embedded.size() == 0
    embedded.wake(1)
    assert embedded.receive() is None


def test_a_bell_rings_for_each_message_and_no_more(embedded):
    embedded.send(range(20))
    for _ in range(20):
        embedded.receive()
    assert not embedded._open()._bell.acquire(blocking=False)


def test_a_queue_of_an_unknown_kind_is_refused():
    with pytest.raises(SettingsError, match="sqlite, redis or postgresql"):
        HueyRunner("amqp://somewhere").send([1])


def test_a_server_that_is_away_is_no_obstacle_until_something_is_sent():
    runner = HueyRunner("redis://127.0.0.1:1/0")
    with pytest.raises(redis.ConnectionError):
        runner.send([1])


def test_a_web_process_accepts_jobs_while_the_transport_is_away(database, jobs, caplog):
    jobs._runner = HueyRunner("redis://127.0.0.1:1/0")
    job_id = order(database, jobs)[0]
    assert state(database, job_id) == "queued"
    assert "the sweep will" in caplog.text


def test_the_queue_file_keeps_only_digits(embedded, tmp_path):
    embedded.send([41])
    with sqlite3.connect(tmp_path / "queue.db") as connection:
        assert connection.execute("select data from task").fetchall() == [(b"41",)]
    connection.close()


def test_a_job_due_later_is_not_started_by_its_message(studio, database):
    jobs, _ = studio
    job_id = order(database, jobs, send=False)[0]
    with database.writing() as session:
        session.execute(update(Job).values(due_ms=Job.due_ms + 60_000))
    jobs.send([job_id])
    last = order(database, jobs)
    eventually(lambda: results(database) == last)


def test_a_restarted_postgresql_is_found_again(postgres_queue):
    runner = HueyRunner(postgres_queue, patience=0.05)
    runner.send([1])
    with psycopg.connect(postgres_queue.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    runner.send([2])
    assert [runner.receive(), runner.receive()] == [1, 2]
    runner.disconnect()
