"""Write a file so that it is there whole or not at all, also after a crash or on a full disk.

obstore's local store renames into place as well, but never syncs: after a power cut the name
could stand there without its bytes.
"""

import errno
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path

from webapp.errors import StorageFullError

Source = bytes | Path

STAGING = ".incoming"
"""The folder, inside a root, of what is being written."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_MEGABYTE = 1_000_000
_MOST_NAMED = 20_000
_named: set[str] = set()
"""Folders below a root whose names are on the disk, with those of all between it and the root."""


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


def write_pieces(pieces: Iterable[bytes], part: Path) -> None:
    """Write a new file whose bytes come in pieces, synced to the disk before this returns.

    Its name is not: that is for `sync_folders`. Raises StorageFullError, with nothing left behind.
    """
    try:
        with noticing_full(part.parent), part.open("xb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def sync_folders(root: Path, key: str) -> None:
    """Make sure that the name `key` is on the disk, and those of the folders it is in.

    A folder whose own name this process has synced stays: only what is in it is synced again.
    """
    folders = [root / parent for parent in Path(key).parents]
    _sync_folder(folders[0])
    for folder, parent in pairwise(folders):
        if str(folder) in _named:
            break
        _sync_folder(parent)
    if len(_named) > _MOST_NAMED:
        _named.clear()
    _named.update(map(str, folders[:-1]))


def refuse_without_room(folder: Path, wanted: int, reserve: int) -> None:
    """Raise StorageFullError where `wanted` more bytes would leave less than `reserve` free.

    The reserve is what keeps the database, and deleting, working on a full disk.
    """
    free = shutil.disk_usage(folder).free
    if free - wanted < reserve:
        raise StorageFullError(_sentence(free, reserve))


def leftovers(root: Path, *, older_than: float = 3600) -> Iterator[Path]:
    """Give what crashed writers left more than `older_than` seconds ago.

    Younger files may belong to another process that is still writing.
    """
    for part in (root / STAGING).iterdir():
        with suppress(FileNotFoundError):
            if part.stat().st_mtime < time.time() - older_than:
                yield part


def sweep(root: Path, *, older_than: float = 3600) -> int:
    """Remove what crashed writers left more than `older_than` seconds ago; return how many."""
    swept = 0
    for part in leftovers(root, older_than=older_than):
        with suppress(FileNotFoundError):
            part.unlink()
            swept += 1
    return swept


@contextmanager
def noticing_full(folder: Path) -> Iterator[None]:
    """Raise StorageFullError for a disk that turns out to be full while `folder` is written to."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        free = shutil.disk_usage(folder).free
        raise StorageFullError(_sentence(free)) from error


@contextmanager
def _nothing_left(part: Path) -> Iterator[Path]:
    try:
        with noticing_full(part.parent):
            yield part
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
