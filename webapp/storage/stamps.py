"""Stamps: numbers that change with what may be shown, read in no time by every process.

A process that keeps answers in memory has to learn at once that a picture was deleted or made
private, also by another process on the same data directory. A file that all of them map into
memory tells them, without a question to the database.
"""

import mmap
import struct
import threading
import zlib
from pathlib import Path

SLOTS = 65_536
_NUMBER = struct.Struct("<I")
SIZE = SLOTS * _NUMBER.size


class Stamps:
    """Counters in a shared file. A picture has one by its id; some pictures share one."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        with path.open("a+b") as file:
            if path.stat().st_size < SIZE:
                file.truncate(SIZE)
            self._map = mmap.mmap(file.fileno(), SIZE)

    def stamp(self, uid: str) -> int:
        """Return a number; as long as it stays the same, so does what may be shown."""
        found: int = _NUMBER.unpack_from(self._map, self._place(uid))[0]
        return found

    def change(self, uid: str) -> None:
        """Change an image's number: call it once the change is committed, before telling anyone.

        Two processes that change the same number at once may count one instead of two, which
        is a change all the same.
        """
        place = self._place(uid)
        with self._lock:
            number = (_NUMBER.unpack_from(self._map, place)[0] + 1) % 2**32
            _NUMBER.pack_into(self._map, place, number)

    def change_all(self) -> None:
        """Change every image's number."""
        with self._lock:
            for place in range(0, SIZE, _NUMBER.size):
                number = (_NUMBER.unpack_from(self._map, place)[0] + 1) % 2**32
                _NUMBER.pack_into(self._map, place, number)

    def close(self) -> None:
        """Give the file back."""
        self._map.close()

    def _place(self, uid: str) -> int:
        return zlib.crc32(uid.encode()) % SLOTS * _NUMBER.size
