"""Archives: files one after the other, as a ZIP that is sent while it is written."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

PIECE = 1 << 18
"""How many bytes of a file are in memory at a time."""

OLDEST, NEWEST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2107, 12, 31, tzinfo=UTC)
"""The years that a ZIP can tell."""

REGULAR_FILE = 0o100644 << 16
UNIX = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of an archive: its name, its bytes in pieces, and when it was made.

    `size` is about how many bytes it has, 0 where nobody knows; `digest` is their SHA-256 where it
    is known. Texts are packed, pictures are so already.
    """

    name: str
    content: Iterable[bytes]
    moment: datetime
    size: int = 0
    digest: str = ""
    is_packed: bool = False


def zipped(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Give a ZIP of some files in pieces, each as soon as it is there; little is in memory.

    The same entries give the same bytes.
    """
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as archive:
        for entry in entries:
            with archive.open(_info(entry), "w") as file:
                for piece in entry.content:
                    file.write(piece)
                    yield from outlet.pieces()
            yield from outlet.pieces()
    yield from outlet.pieces(least=1)


class _Outlet(io.RawIOBase):
    """A file that can only be written to, and gives away what it was given."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        self._kept += data
        return len(data)

    def pieces(self, least: int = PIECE) -> Iterator[bytes]:
        """Give what has come together, if it is worth the way."""
        if len(self._kept) >= least:
            yield bytes(self._kept)
            self._kept.clear()


def _info(entry: Entry) -> zipfile.ZipInfo:
    moment = min(max(entry.moment.astimezone(UTC), OLDEST), NEWEST)
    info = zipfile.ZipInfo(entry.name, moment.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED if entry.is_packed else zipfile.ZIP_STORED
    info.external_attr, info.create_system = REGULAR_FILE, UNIX
    info.file_size = entry.size  # decides whether its header has room for more than 4 GB
    return info
