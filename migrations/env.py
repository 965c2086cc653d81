"""How Alembic reaches our database: through the Flask app that runs it."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy import Connection

migrate = current_app.extensions["migrate"]
metadata = migrate.db.metadata


def run() -> None:
    """Run the migrations in one transaction each."""
    with migrate.db.engine.connect() as connection, _without_cascades(connection):
        context.configure(
            connection=connection,
            target_metadata=metadata,
            transactional_ddl=True,
            **migrate.configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


@contextmanager
def _without_cascades(connection: Connection) -> Iterator[None]:
    """Keep SQLite from deleting what points at a table that is made anew under its name.

    Dropping a table deletes its rows first, and that cascades. The pragma has no effect within a
    transaction, so that it goes to the driver.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  # the connection is open
    driver.execute("pragma foreign_keys = off")
    try:
        yield
        lost = driver.execute("pragma foreign_key_check").fetchall()
        if lost:
            msg = f"{len(lost)} rows point at nothing after the migration, the first: {lost[0]}"
            raise RuntimeError(msg)
    finally:
        driver.execute("pragma foreign_keys = on")


run()
