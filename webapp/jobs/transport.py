"""The transport: Huey's queues on SQLite, Redis or PostgreSQL, carrying nothing but job ids."""

import logging
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from huey.storage import PostgresStorage, PriorityRedisStorage

from webapp.errors import SettingsError
from webapp.jobs.wake import WakeSqliteStorage

logger = logging.getLogger(__name__)

QUEUE = "easel"
PATIENCE = 2.0  # seconds that an idle worker waits in one call
LONGEST_MESSAGE = 20  # digits


class HueyRunner:
    """Sends and receives job ids through one of Huey's storages.

    A message is the id in digits: whoever can write into the queue can make Easel look at
    a job row, and nothing else. Connects on first use, so that a web process starts, and
    keeps accepting work, while Redis is away.
    """

    def __init__(self, url: str | Path, name: str = QUEUE, patience: float = PATIENCE) -> None:
        self._url = f"sqlite:///{url}" if isinstance(url, Path) else url
        self._name = name
        self._patience = patience
        self._lock = threading.Lock()
        self._storage: Any = None

    def send(self, job_ids: Sequence[int]) -> None:
        """Send ids to the workers; a connection that went stale is opened anew, once."""
        for job_id in job_ids:
            message = b"%d" % job_id
            try:
                self._open().enqueue(message)
            except Exception:  # noqa: BLE001  # each storage has its own
                self._open().enqueue(message)

    def receive(self) -> int | None:
        """Wait for an id, as long as `patience` says."""
        data = self._open().dequeue()
        if data is None:
            return None
        message = bytes(data)
        if message.isdigit() and len(message) < LONGEST_MESSAGE:
            return int(message)
        logger.warning("Dropped a message that is not a job id: %.40r", message)
        return None

    def size(self) -> int:
        """Return how many messages wait in the queue."""
        return int(self._open().queue_size())

    def wake(self, threads: int) -> None:
        """Let that many of this process' waiting threads return early (SQLite only)."""
        if self._url.startswith("sqlite:"):
            self._open().wake(threads)

    def disconnect(self) -> None:
        """Close this thread's connections and the shared one; the next call opens new ones."""
        with self._lock:
            if self._storage is not None:
                self._storage.close()

    def clear(self) -> None:
        """Drop every message; the sweep brings the jobs back that are still wanted."""
        self._open().flush_queue()

    def _open(self) -> Any:
        with self._lock:
            if self._storage is None:
                self._storage = _storage_for(self._url, self._name, self._patience)
            return self._storage


def _storage_for(url: str, name: str, patience: float) -> Any:
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        return WakeSqliteStorage(name, filename=rest.removeprefix("/"), patience=patience)
    if scheme in {"redis", "rediss", "unix"}:
        return PriorityRedisStorage(name, url=url, read_timeout=patience)
    if scheme in {"postgresql", "postgresql+psycopg"}:
        return PostgresStorage(name, dsn=f"postgresql://{rest}", read_timeout=patience)
    message = f"The queue can't live at “{scheme}://…”: use sqlite, redis or postgresql."
    raise SettingsError(message)
