"""Snapshots: one consistent copy of an SQLite database, beside whoever writes to it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine

from webapp.errors import StorageFullError
from webapp.models.database import Database

BUSY_SECONDS = 20


def copy_sqlite(engine: Engine, target: Path) -> None:
    """Copy an SQLite database into a new file of one piece, as it is at one moment.

    Nobody has to wait meanwhile. Raises StorageFullError where there is no room for the copy.
    """
    try:
        with (
            closing(sqlite3.connect(str(engine.url.database), timeout=BUSY_SECONDS)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
            # With a write-ahead log, the copy would need two more files beside it.
            copy.execute("pragma journal_mode = delete")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_FULL:
            raise
        msg = "The disk is full: there is no room for a copy of the database."
        raise StorageFullError(msg) from error


@contextmanager
def looking_at(path: Path) -> Iterator[Database]:
    """Give an SQLite database that is only read: not made, not changed, not upgraded."""
    read_only = f"{path.absolute().as_uri()}?mode=ro"
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        creator=lambda: sqlite3.connect(read_only, uri=True, check_same_thread=False),
    )
    try:
        yield Database(engine)
    finally:
        engine.dispose()
