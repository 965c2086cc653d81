"""A Flask-Caching backend for renditions: raw bytes in files, bounded by bytes.

    CACHE_TYPE = "webapp.extensions.file_cache.FileBytesCache"
    CACHE_DIR = "instance/cache"
    CACHE_OPTIONS = {"max_bytes": 2 << 30}

The same values in Redis: `CACHE_TYPE = "RedisCache"`, `CACHE_SERIALIZER = RawBytes`.
Flask-Caching's own FileSystemCache pickles, and once full it reads its whole folder at every set.
"""

import hashlib
import math
import os
import secrets
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, Self

from cachelib.serializers import BaseSerializer
from flask import Flask
from flask_caching.backends.base import BaseCache

DEFAULT_MAX_BYTES = 2 << 30

_EXPIRY = struct.Struct(">Q")
_NEVER = 0
_PART = ".part"
_HOUR = 3600
_BLOCK = 4096
"""A file takes whole blocks of the disk, in bytes."""
_ROOM_TO_GROW = 0.9
"""Pruning goes down to this share of the limit, so that it is not needed again at once."""


Place = Callable[[Path, Path], None]


class RawBytes(BaseSerializer):
    """Store bytes as they are: no pickle, which whoever can write to the cache could abuse."""

    def dump(self, value: Any, f: IO[bytes], protocol: int = 0) -> None:
        """Write the bytes to a file."""
        del protocol  # pickle's word, without meaning here
        f.write(_only_bytes(value))

    def load(self, f: IO[bytes]) -> bytes:
        """Return the rest of a file."""
        return f.read()

    def dumps(self, value: Any, protocol: int = 0) -> bytes:
        """Return the bytes; raises TypeError for anything else."""
        del protocol
        return _only_bytes(value)

    def loads(self, bvalue: Any) -> Any:
        """Return the bytes, or None as it came."""
        return bvalue


@dataclass(frozen=True, slots=True)
class Pruned:
    """What a sweep removed and what is left, in files and bytes on disk."""

    removed: int
    freed: int
    left: int


class FileBytesCache(BaseCache):
    """Values of bytes, a file each, in 256 folders; shared by threads and processes.

    An entry is a file of 8 bytes with the second it expires (0: never), then the value. Its
    modification time says roughly when it was last read, and `prune` removes the oldest first.
    """

    def __init__(
        self,
        cache_dir: str | Path,
        *,
        max_bytes: int = DEFAULT_MAX_BYTES,
        default_timeout: int = 300,
        ignore_delete_many_errors: bool = True,
    ) -> None:
        super().__init__(default_timeout, ignore_delete_many_errors)
        self.max_bytes = max_bytes
        self._folder = Path(cache_dir)
        self._lock = threading.Lock()

    @classmethod
    def factory(
        cls, app: Flask, config: dict[str, Any], args: list[Any], kwargs: dict[str, Any]
    ) -> Self:
        """Return the cache that Flask-Caching's configuration asks for."""
        del app
        return cls(config["CACHE_DIR"], *args, **kwargs)

    def get(self, key: str) -> bytes | None:
        """Return the value, or None where there is none or it has expired."""
        path = self._path(key)
        try:
            with path.open("rb") as file:
                if not _is_fresh(file):
                    return None
                value = file.read()
                _touch(path, os.fstat(file.fileno()).st_mtime)
        except OSError:
            return None
        return value

    def has(self, key: str) -> bool:
        """Return whether `get` would find a value."""
        try:
            with self._path(key).open("rb") as file:
                return _is_fresh(file)
        except OSError:
            return False

    def set(self, key: str, value: bytes, timeout: int | timedelta | None = None) -> bool:
        """Keep the value for `timeout` seconds (0: for ever); return False on a full disk."""
        return self._write(key, value, timeout, os.replace)

    def add(self, key: str, value: bytes, timeout: int | timedelta | None = None) -> bool:
        """Keep the value only where there is none; of several at once one alone returns True."""
        if self._write(key, value, timeout, os.link):
            return True
        with self._lock:
            if self.has(key):
                return False
            self.delete(key)  # expired
            return self._write(key, value, timeout, os.link)

    def delete(self, key: str) -> bool:
        """Remove the value; return whether it is gone, True also where there was none."""
        return _removed(self._path(key))

    def clear(self) -> bool:
        """Remove everything; return whether that worked."""
        stuck = [path for path in self._files() if not _removed(path)]
        return not stuck

    def prune(self) -> Pruned:
        """Remove what has expired, then what was read longest ago, down to `max_bytes` on disk.

        It looks at every file: call it from a sweep, never from a request.
        """
        return self._prune(_removed)

    def prunable(self) -> Pruned:
        """Return what `prune` would remove now."""
        return self._prune(lambda _path: True)

    def _prune(self, remove: Callable[[Path], bool]) -> Pruned:
        entries = sorted(filter(None, map(_entry, self._files())))
        before = left = sum(entry.size for entry in entries)
        goal = self.max_bytes if before <= self.max_bytes else self.max_bytes * _ROOM_TO_GROW
        removed = 0
        for entry in entries:
            if (entry.read_at == _STALE or left > goal) and remove(entry.path):
                left -= entry.size
                removed += 1
        return Pruned(removed, before - left, left)

    def _write(self, key: str, value: bytes, timeout: int | timedelta | None, place: Place) -> bool:
        """Write aside, then `place` under the key's name; return whether that worked."""
        data = _EXPIRY.pack(self._expiry(timeout)) + _only_bytes(value)
        path = self._path(key)
        part = path.with_name(f"{secrets.token_hex(16)}{_PART}")
        try:
            _write_aside(part, data)
            place(part, path)
        except OSError:
            _removed(part)
            return False
        return place is os.replace or _removed(part)

    def _expiry(self, timeout: int | timedelta | None) -> int:
        seconds = self._normalize_timeout(timeout)
        return _NEVER if seconds == 0 else max(1, math.ceil(time.time() + seconds))

    def _path(self, key: str) -> Path:
        name = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
        return self._folder / name[:2] / name

    def _files(self) -> Iterator[Path]:
        for number in range(256):
            with suppress(OSError), os.scandir(self._folder / f"{number:02x}") as files:
                yield from (Path(file.path) for file in files)


@dataclass(frozen=True, slots=True, order=True)
class _Entry:
    """A file to be pruned, or not: those to go first sort first."""

    read_at: float
    size: int
    path: Path


_STALE = 0.0


def _entry(path: Path) -> _Entry | None:
    """Return what pruning must know of a file, None where it has just vanished."""
    try:
        status = path.stat()
        fresh = _is_being_written(status) if path.suffix == _PART else _is_fresh_file(path)
    except OSError:
        return None
    size = -(-status.st_size // _BLOCK) * _BLOCK
    return _Entry(status.st_mtime if fresh else _STALE, size, path)


def _is_being_written(status: os.stat_result) -> bool:
    return status.st_mtime > time.time() - _HOUR


def _is_fresh_file(path: Path) -> bool:
    with path.open("rb") as file:
        return _is_fresh(file)


def _is_fresh(file: IO[bytes]) -> bool:
    """Return whether the entry has not expired; the file then stands at its value."""
    head = file.read(_EXPIRY.size)
    if len(head) < _EXPIRY.size:
        return False
    (expiry,) = _EXPIRY.unpack(head)
    return bool(expiry == _NEVER or expiry > time.time())


def _touch(path: Path, read_at: float) -> None:
    # To the hour is exact enough for pruning, and spares a write at nearly every read.
    if read_at < time.time() - _HOUR:
        with suppress(OSError):
            os.utime(path)


def _write_aside(part: Path, data: bytes) -> None:
    try:
        part.write_bytes(data)
    except FileNotFoundError:
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)


def _removed(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _only_bytes(value: Any) -> bytes:
    if not isinstance(value, bytes | bytearray | memoryview):
        message = f"This cache keeps bytes, not {type(value).__name__}."
        raise TypeError(message)
    return bytes(value)
