"""The data directory: its folders, its secrets, and the lock that lets one server use it."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from webapp.errors import AlreadyRunningError, ConflictError, StorageFullError

PRIVATE = 0o600
LOCK, DATABASE = "serve.lock", "easel.db"

RESTORING = ".restoring"
"""The folder of a backup that is being unpacked; until its end, nothing else is there."""

_EMPTY = {LOCK, RESTORING, "lost+found"}


class DataDirectory:
    """Where an embedded Easel keeps everything."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._lock: IO[str] | None = None

    def prepare(self) -> None:
        """Make the directory, readable by its owner alone.

        Raises ConflictError where a restore was begun in it and has not come to its end.
        """
        self._make()
        if self._is_half_restored():
            msg = f"A restore into {self.root} has not come to its end. Run `easel restore` again."
            raise ConflictError(msg)

    def _make(self) -> None:
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            msg = f"The data directory {self.root} can't be made: {error.strerror}."
            raise StorageFullError(msg) from error

    def _is_half_restored(self) -> bool:
        return (self.root / RESTORING).exists() and not (self.root / DATABASE).exists()

    @contextmanager
    def restoring(self) -> Iterator[Path]:
        """Give an empty folder; at the end of the block what is in it becomes the directory's.

        The database comes last: before it is in place, no Easel uses the directory. What an
        interrupted restore has left there goes first. Raises AlreadyRunningError while a server
        runs, and ConflictError where the directory is in use already.
        """
        self._make()
        self.lock()
        try:
            folder = self._begun()
            try:
                yield folder
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            self._put_in_place(folder)
        finally:
            self.unlock()

    def _begun(self) -> Path:
        folder = self.root / RESTORING
        if self._is_half_restored():
            self._clear()
        used = {path.name for path in self.root.iterdir()} - _EMPTY
        if used:
            found = DATABASE if DATABASE in used else min(used)
            msg = (
                f"{self.root} is in use: there is {found}. Restore into an empty directory, "
                "which EASEL_DATA_DIR names, or move this one away first."
            )
            raise ConflictError(msg)
        folder.mkdir(mode=0o700)
        return folder

    def _clear(self) -> None:
        """Remove what an interrupted restore has left: nobody else uses such a directory."""
        for path in self.root.iterdir():
            if path.name in {LOCK, "lost+found"}:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()

    def _put_in_place(self, folder: Path) -> None:
        os.sync()  # what the database names is on the disk before it
        for path in sorted(folder.iterdir(), key=lambda path: path.name == DATABASE):
            path.rename(self.root / path.name)
        folder.rmdir()
        os.sync()

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
        file = (self.root / LOCK).open("a+")
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
