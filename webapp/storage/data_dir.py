"""The data directory: its folders, its secrets, and the lock that lets one server use it."""

import fcntl
import os
import secrets
from pathlib import Path
from typing import IO

from webapp.errors import AlreadyRunningError, StorageFullError

PRIVATE = 0o600


class DataDirectory:
    """Where an embedded Easel keeps everything."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._lock: IO[str] | None = None

    def prepare(self) -> None:
        """Make the directory, readable by its owner alone."""
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            msg = f"The data directory {self.root} can't be made: {error.strerror}."
            raise StorageFullError(msg) from error

    def secret(self, name: str) -> str:
        """Return the secret of a name, made at the first call and kept with mode 0600."""
        path = self.root / name
        if not path.exists():
            self._write_new(path, secrets.token_urlsafe(48))
        return path.read_text("ascii").strip()

    def _write_new(self, path: Path, text: str) -> None:
        """Write a file that appears whole or not at all; the first of two writers wins."""
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        with os.fdopen(handle, "w") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()

    def keep_private(self, name: str) -> None:
        """Let only the owner read a file, also where the directory was there before us."""
        path = self.root / name
        if path.exists():
            path.chmod(PRIVATE)

    def lock(self) -> None:
        """Take the directory for this process until it ends.

        Raises AlreadyRunningError when another server has it. The kernel gives the lock back
        whichever way the process ends.
        """
        # Unbuffered state lives in the kernel: the file stays open as long as this object.
        file = (self.root / "serve.lock").open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            msg = (
                f"Another `easel serve` is using {self.root}. Stop it first, or give this one a "
                "directory of its own with EASEL_DATA_DIR."
            )
            raise AlreadyRunningError(msg) from error
        self._lock = file

    def unlock(self) -> None:
        """Give the directory back."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None
