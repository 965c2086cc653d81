"""Write a file so that it is there whole or not at all, also after a crash or on a full disk.

obstore's local store renames into place as well, but never syncs: after a power cut the name
could stand there without its bytes.
"""

import errno
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from webapp.errors import StorageFullError

Source = bytes | Path

STAGING = ".incoming"
"""The folder, inside a root, of what is being written."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_MEGABYTE = 1_000_000


def write_durably(source: Source, root: Path, key: str) -> None:
    """Put the bytes at `root / key`, synced to the disk with its folders before this returns.

    They are first written in `root / STAGING`; what a crash leaves there is swept by `sweep`.
    Raises StorageFullError where there is no room, with nothing left behind.
    """
    target = root / key
    with _nothing_left(root / STAGING / secrets.token_hex(16)) as part:
        _write(source, part)
        target.parent.mkdir(parents=True, exist_ok=True)
        part.replace(target)
        sync_folders(root, key)


def sync_folders(root: Path, key: str) -> None:
    """Make sure that the name `key` is on the disk, and those of the folders it is in."""
    for folder in (root / key).parents:
        _sync_folder(folder)
        if folder == root:
            return


def refuse_without_room(folder: Path, wanted: int, reserve: int) -> None:
    """Raise StorageFullError where `wanted` more bytes would leave less than `reserve` free.

    The reserve is what keeps the database, and deleting, working on a full disk.
    """
    free = shutil.disk_usage(folder).free
    if free - wanted < reserve:
        raise StorageFullError(_sentence(free, reserve))


def sweep(root: Path, *, older_than: float = 3600) -> int:
    """Remove what crashed writers left more than `older_than` seconds ago; return how many.

    Younger files may belong to another process that is still writing.
    """
    swept = 0
    for part in (root / STAGING).iterdir():
        with suppress(FileNotFoundError):
            if part.stat().st_mtime < time.time() - older_than:
                part.unlink()
                swept += 1
    return swept


@contextmanager
def _nothing_left(part: Path) -> Iterator[Path]:
    try:
        yield part
    except OSError as error:
        if error.errno not in _FULL:
            raise
        free = shutil.disk_usage(part.parent).free
        raise StorageFullError(_sentence(free)) from error
    finally:
        part.unlink(missing_ok=True)


def _write(source: Source, part: Path) -> None:
    with part.open("xb") as file:
        if isinstance(source, bytes):
            file.write(source)
        else:
            with source.open("rb") as original:
                shutil.copyfileobj(original, file, 1 << 20)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows can't open folders, and keeps names safe by itself
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sentence(free: int, reserve: int = 0) -> str:
    kept = f", and Easel keeps {reserve / _MEGABYTE:,.0f} MB in reserve" if reserve else ""
    return (
        f"The disk is full: {free / _MEGABYTE:,.0f} MB are free{kept}. "
        "Delete something, or give Easel a larger disk."
    )
