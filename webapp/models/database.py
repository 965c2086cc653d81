"""Transactions: short ones, that say beforehand whether they write."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session, sessionmaker

READ_ONLY = "easel_read_only"


class Database:
    """Hands out sessions on one engine.

    Rows stay readable after their session has ended; nothing is loaded lazily. Keep
    a `writing` block short: never hold one across a remote call or the decoding of a picture.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = sessionmaker(
            engine.execution_options(**{READ_ONLY: True}), expire_on_commit=False
        )
        self._writing = sessionmaker(engine, expire_on_commit=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees one state of the database and writes nothing."""
        with self._reading() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session that is committed at the end of the block, or rolled back on an error."""
        with self._writing.begin() as session:
            yield session


def configure_sqlite(engine: Engine) -> None:
    """Make SQLite fit for readers and writers at once.

    With Python's default transactions, two threads that read, compute and write lose each other's
    updates. So: write-ahead log, `BEGIN` for readers, `BEGIN IMMEDIATE` for writers, which then
    wait for their turn instead of failing halfway.
    """
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's begin event below takes over
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = wal",
        "synchronous = normal",
        "foreign_keys = on",
        "busy_timeout = 20000",
    ):
        cursor.execute(f"pragma {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    reads_only = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
