"""A file that appears under its name when it is complete, wherever the person wants it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from webapp.errors import AlreadyRunningError, InvalidError
from webapp.storage.durable import noticing_full

PRIVATE, ORDINARY = 0o600, 0o644


@contextmanager
def whole_file(path: Path, *, private: bool = True) -> Iterator[IO[bytes]]:
    """Give a file to write; at the end of the block it is at `path`, synced.

    A `private` one can be read by its owner alone. Until then it is called `<path>.part`; what an
    error leaves of it is removed. Raises InvalidError where it can't be written, StorageFullError
    on a full disk, AlreadyRunningError where somebody else is writing the same file.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, PRIVATE)
    except OSError as error:
        msg = f"{path} can't be written: {(error.strerror or str(error)).lower()}."
        raise InvalidError(msg) from error
    with os.fdopen(handle, "wb") as file:
        _take(handle, path)
        try:
            with noticing_full(part.parent):
                file.truncate(0)
                os.fchmod(handle, PRIVATE if private else ORDINARY)
                yield file
                file.flush()
                os.fsync(handle)
                part.replace(path)
                _sync(path.parent)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def _take(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        msg = f"Another command is writing {path}. Wait for its end, or choose another name."
        raise AlreadyRunningError(msg) from error


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
