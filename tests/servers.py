"""Real databases and queues for tests: temporary ones, that are gone afterwards."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import psycopg
import pytest
import redis
from sqlalchemy import create_engine, make_url

from webapp.models import Base, Database
from webapp.models.database import configure_sqlite

POSTGRES_URL = os.environ.get(
    "EASEL_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
REDIS_URL = os.environ.get("EASEL_TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
PATIENCE = 30  # seconds; a busy machine may take its time to let somebody in
HOW = {
    "PostgreSQL": "docker run -p 5432:5432 -e POSTGRES_HOST_AUTH_METHOD=trust postgres",
    "Redis": "docker run -p 6379:6379 redis",
}


def missing(server: str, error: Exception) -> NoReturn:
    """Skip the test and say how to get the server; where CI has promised one, fail."""
    reason = str(error).partition("\n")[0]
    advice = f"no {server} here ({reason}); get one: {HOW[server]}"
    if os.environ.get("CI") == "true":
        pytest.fail(advice)
    pytest.skip(advice)


@contextmanager
def postgres_url() -> Iterator[str]:
    """Make an empty PostgreSQL database, and drop it at the end."""
    name = f"easel_test_{secrets.token_hex(4)}"
    url = make_url(POSTGRES_URL)
    server = url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = psycopg.connect(server, autocommit=True, connect_timeout=PATIENCE)
    except psycopg.OperationalError as error:
        missing("PostgreSQL", error)
    with connection:
        connection.execute(f"create database {name}".encode())
        try:
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(f"drop database {name} with (force)".encode())


@contextmanager
def redis_name() -> Iterator[tuple[str, str]]:
    """Find the Redis server, and a name: keys that contain it are deleted at the end."""
    name = f"easeltest{secrets.token_hex(4)}"
    with redis.Redis.from_url(REDIS_URL, socket_connect_timeout=PATIENCE) as client:
        try:
            client.ping()
        except redis.ConnectionError as error:
            missing("Redis", error)
        yield REDIS_URL, name
        for key in client.scan_iter(f"*{name}*"):
            client.delete(key)


@contextmanager
def open_database(url: str, busy_timeout: float = 10.0) -> Iterator[Database]:
    """Connect to a database as Easel does, with all its tables."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        configure_sqlite(engine, busy_timeout)
    Base.metadata.create_all(engine)
    yield Database(engine)
    engine.dispose()


@contextmanager
def temporary_database(kind: str, folder: Path) -> Iterator[Database]:
    """Make an empty "sqlite" or "postgresql" database with all of Easel's tables."""
    if kind == "sqlite":
        with open_database(f"sqlite:///{folder / 'easel.db'}") as database:
            yield database
    else:
        with postgres_url() as url, open_database(url) as database:
            yield database
