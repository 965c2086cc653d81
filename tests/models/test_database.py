import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, event, select, text
from sqlalchemy.exc import DBAPIError

from tests.servers import open_database, temporary_database
from webapp.errors import BusyError, InvalidError, StorageFullError
from webapp.models import Base, Database, User

THREADS = 8


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'easel.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request, tmp_path):
    with temporary_database(request.param, tmp_path) as database:
        yield database


def add_person(database, name="ada"):
    with database.writing() as session:
        session.add(User(name=name))


def change_of(database):
    with database.reading() as session:
        return session.scalars(select(User.change)).one()


def count_up(database, times):
    """Read, compute and write; return how many times an error came instead."""
    errors = 0
    for _ in range(times):
        try:
            with database.writing() as session:
                person = session.scalars(select(User)).one()
                person.change += 1
        except (BusyError, DBAPIError):
            errors += 1
    return errors


def count_up_in_threads(database, times):
    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(lambda _: count_up(database, times), range(THREADS)))


def test_no_update_is_lost_between_threads(url):
    with open_database(url, busy_timeout=120) as database:  # eight wait for a disk that may be slow
        add_person(database)
        errors = count_up_in_threads(database, 100)
        assert (errors, change_of(database)) == (0, THREADS * 100)


def test_a_plain_engine_would_lose_updates(url):
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    database = Database(engine)
    add_person(database)
    errors = count_up_in_threads(database, 100)
    assert (errors, change_of(database)) != (0, THREADS * 100)
    engine.dispose()


def test_readers_do_not_wait_for_a_writer(url):
    with open_database(url, busy_timeout=0) as database:
        add_person(database)
        with database.writing() as session:
            session.add(User(name="grace"))
            session.flush()
            assert change_of(database) == 0


def test_readers_get_on_while_writers_take_turns(url):
    stop = threading.Event()
    with open_database(url) as database, ThreadPoolExecutor(2) as pool:
        add_person(database)

        def write():
            while not stop.is_set():
                count_up(database, 1)

        writers = [pool.submit(write) for _ in range(2)]
        reads = [change_of(database) for _ in range(200)]
        stop.set()
        assert all(writer.result() is None for writer in writers)
    assert reads == sorted(reads)


def test_a_database_that_stays_locked_is_busy(url):
    with open_database(url, busy_timeout=0.05) as database:
        add_person(database)
        with database.writing() as session:
            session.add(User(name="grace"))
            session.flush()
            with pytest.raises(BusyError, match="busy with other work"):
                add_person(database, "alan")
        add_person(database, "alan")  # the connections are as good as before


def test_more_readers_than_connections_is_busy(url):
    engine = create_engine(url, pool_size=1, max_overflow=0, pool_timeout=0.05)
    Base.metadata.create_all(engine)
    database = Database(engine)
    with database.reading() as session:
        session.execute(text("select 1"))
        with pytest.raises(BusyError):
            change_of(database)
    engine.dispose()


def test_a_full_disk_is_said_plainly(url):
    with open_database(url) as database:
        event.listen(
            database.engine, "begin", lambda c: c.exec_driver_sql("pragma max_page_count = 1")
        )
        with pytest.raises(StorageFullError, match="disk is full"), database.writing() as session:
            session.add_all([User(name=f"{number}" * 50) for number in range(2000)])


def test_other_errors_stay_themselves(url):
    with (
        open_database(url) as database,
        pytest.raises(DBAPIError, match="no such table"),
        database.writing() as session,
    ):
        session.execute(text("select * from missing"))


def add_person_and_fail(database):
    with database.writing() as session:
        session.add(User(name="ada"))
        session.flush()
        raise ZeroDivisionError


def test_an_error_takes_everything_back(either):
    with pytest.raises(ZeroDivisionError):
        add_person_and_fail(either)
    with either.reading() as session:
        assert session.scalars(select(User)).all() == []


def test_a_reader_sees_one_state(either):
    add_person(either)
    with either.reading() as session:
        before = session.scalars(select(User.change)).one()
        assert count_up(either, 1) == 0
        assert session.scalars(select(User.change)).one() == before
    assert change_of(either) == before + 1


def test_rows_stay_readable_after_their_session(either):
    add_person(either)
    with either.reading() as session:
        person = session.scalars(select(User)).one()
    assert person.name == "ada"


def test_foreign_keys_are_kept(url):
    with (
        open_database(url) as database,
        pytest.raises(DBAPIError, match="FOREIGN KEY"),
        database.writing() as session,
    ):
        session.execute(
            text("insert into sign_in_link (user_id, token_hash, expires_ms) values (999, 'x', 1)")
        )


def test_a_database_that_does_not_answer_is_said():
    engine = create_engine("postgresql+psycopg://postgres@127.0.0.1:1/nothing")
    with pytest.raises(BusyError, match="does not answer"):
        Database(engine).ping()
    engine.dispose()


def test_a_value_that_no_column_holds_is_the_asker_s_mistake(tmp_path):
    with temporary_database("postgresql", tmp_path) as database:
        with pytest.raises(InvalidError, match="zero byte"), database.reading() as session:
            session.execute(select(User).where(User.name == "a\0"))
        with pytest.raises(InvalidError):
            database.look_up(select(User.id).where(User.name == "a\0"))
        add_person(database)
