"""Huey's SQLite storage, with a bell: a message from this process wakes a worker at once."""

import sqlite3
import threading
from typing import Any

from huey.storage import SqliteStorage


class WakeSqliteStorage(SqliteStorage):  # type: ignore[misc]  # Huey has no types
    """Waits for messages instead of polling; those of other processes are seen within 2 s."""

    blocking = True

    def __init__(self, *args: Any, patience: float = 2.0, **options: Any) -> None:
        self._patience = patience
        self._bell = threading.Semaphore(0)  # one ring for each message this process has sent
        super().__init__(*args, **options)

    def enqueue(self, data: bytes, priority: float | None = None) -> None:
        """Keep a message and wake one worker."""
        super().enqueue(data, priority)
        self._bell.release()

    def dequeue(self) -> bytes | None:
        """Take the next message, waiting a moment for one."""
        data: bytes | None = super().dequeue()
        if data is not None:
            self._bell.acquire(blocking=False)  # its ring, so that nobody wakes for nothing
            return data
        self._bell.acquire(timeout=self._patience)
        late: bytes | None = super().dequeue()
        return late

    def wake(self, threads: int) -> None:
        """Let that many waiting threads return."""
        self._bell.release(threads)

    def _create_connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection = super()._create_connection()
        # The job rows hold the truth: a message lost in a power cut is sent again.
        connection.execute("pragma synchronous = normal")
        return connection
