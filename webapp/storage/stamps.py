"""Stamps: numbers that change with what may be shown, read in no time by every process.

A process that keeps answers in memory has to learn at once that a picture was deleted or made
private, also by another process on the same data directory. A file that all of them map into
memory tells them, without a question to the database.
"""

import mmap
import os
import struct
import threading
import zlib
from pathlib import Path

from webapp.errors import StorageFullError

SLOTS = 65_536
_NUMBER = struct.Struct("<I")
SIZE = SLOTS * _NUMBER.size


class Stamps:
    """Numbers in a shared file. A picture has one by its id; some pictures share one.

    Raises StorageFullError where there is no room for the file.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        with path.open("a+b") as file:
            try:
                # A hole in the file would be filled when a stamp is changed; on a full disk that
                # is no error but the end of the process.
                os.posix_fallocate(file.fileno(), 0, SIZE)
            except OSError as error:
                msg = "The disk is full. Make room, then start Easel again."
                raise StorageFullError(msg) from error
            self._map = mmap.mmap(file.fileno(), SIZE)

    def stamp(self, uid: str) -> int:
        """Return a number; as long as it stays the same, so does what may be shown."""
        found: int = _NUMBER.unpack_from(self._map, self._place(uid))[0]
        return found

    def change(self, uid: str) -> None:
        """Change an image's number: call it once the change is committed, before telling anyone.

        Numbers are random: where two processes change the same one at once, it can't fall back
        to what it was before.
        """
        place = self._place(uid)
        with self._lock:
            self._map[place : place + _NUMBER.size] = os.urandom(_NUMBER.size)

    def change_all(self) -> None:
        """Change every image's number."""
        with self._lock:
            self._map[:] = os.urandom(SIZE)

    def close(self) -> None:
        """Give the file back."""
        self._map.close()

    def _place(self, uid: str) -> int:
        return zlib.crc32(uid.encode()) % SLOTS * _NUMBER.size
