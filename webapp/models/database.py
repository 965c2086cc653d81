"""Transactions: short ones, that say beforehand whether they write."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Executable, Select, event, text
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session, sessionmaker

from webapp.errors import BusyError, EaselError, InvalidError, StorageFullError

logger = logging.getLogger(__name__)

READ_ONLY = "easel_read_only"
BUSY_TIMEOUT = 20.0
POSTGRES_DISK_FULL = "53100"
POSTGRES_LOCK_ERRORS = {"40001", "40P01", "55P03"}  # serialisation, deadlock, lock timeout

T = TypeVar("T")


class Database:
    """Hands out sessions on one engine.

    Rows stay readable after their session has ended; nothing is loaded lazily. Keep
    a `writing` block short: never hold one across a remote call or the decoding of a picture.
    A database that stays locked raises BusyError, a full disk StorageFullError, a value that no
    column can hold InvalidError.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._looking = engine.execution_options(**_reading_options(engine))
        self._reading = sessionmaker(self._looking, expire_on_commit=False)
        self._writing = sessionmaker(engine, expire_on_commit=False)

    def ping(self) -> None:
        """Ask the database for nothing; raises BusyError when it does not answer."""
        with self.reading() as session:
            session.execute(text("select 1"))

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees one state of the database and writes nothing."""
        with _plain_errors(), self._reading() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session that is committed at the end of the block, or rolled back on an error."""
        with _plain_errors(), self._writing.begin() as session:
            yield session

    def change(self, statement: Executable, **values: Any) -> None:
        """Do one statement and commit it: a third of what it costs in a session."""
        with _plain_errors(), self.engine.begin() as connection:
            connection.execute(statement, values)

    def look_up(self, statement: Select[T], **values: Any) -> T | None:
        """Return the first value that one statement finds, without a session."""
        with _plain_errors(), self._looking.connect() as connection:
            return connection.scalar(statement, values)


def configure_sqlite(engine: Engine, busy_timeout: float = BUSY_TIMEOUT) -> None:
    """Make SQLite fit for readers and writers at once.

    With Python's default transactions, two threads that read, compute and write lose each other's
    updates. So: write-ahead log, `BEGIN` for readers, `BEGIN IMMEDIATE` for writers, which then
    wait for their turn, up to `busy_timeout` seconds, instead of failing halfway.
    """

    def set_pragmas(connection: Any, _record: object) -> None:
        _set_pragmas(connection, busy_timeout)

    event.listen(engine, "connect", set_pragmas)
    event.listen(engine, "begin", _begin)


def _set_pragmas(connection: Any, busy_timeout: float) -> None:
    connection.isolation_level = None  # SQLAlchemy's begin event below takes over
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {round(busy_timeout * 1000)}",  # first: the next one may need to wait
        "journal_mode = wal",
        "synchronous = normal",
        "foreign_keys = on",
    ):
        cursor.execute(f"pragma {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    reads_only = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def _reading_options(engine: Engine) -> dict[str, Any]:
    if engine.dialect.name != "postgresql":
        return {READ_ONLY: True}
    # Only this level shows several statements the same state; SQLite's snapshots always do.
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn the driver's errors that a person can act on into sentences."""
    try:
        yield
    except PoolTimeoutError as error:
        raise _busy() from error
    except DataError as error:
        logger.warning("The database refused a value: %s", error.orig)
        msg = "A value holds signs that can't be kept, such as a zero byte, or is too large."
        raise InvalidError(msg) from error
    except OperationalError as error:
        sentence = _sentence_for(error.orig)
        if sentence is None:
            raise
        raise sentence from error


def _sentence_for(error: BaseException | None) -> EaselError | None:
    sqlite_code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest is detail
    postgres_code = getattr(error, "sqlstate", None)
    if sqlite_code == sqlite3.SQLITE_FULL or postgres_code == POSTGRES_DISK_FULL:
        return StorageFullError("The disk is full. Make room, then try again.")
    if sqlite_code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return _busy()
    if postgres_code is None and not isinstance(error, sqlite3.Error):
        return BusyError("The database does not answer. Is it running? Try again in a moment.")
    return _busy() if postgres_code in POSTGRES_LOCK_ERRORS else None


def _busy() -> BusyError:
    return BusyError("The database is busy with other work. Try again in a moment.")
