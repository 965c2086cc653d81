"""ZIP archives of pictures: opened with bounds, whatever their headers claim.

Names in an archive are never paths: what is in it goes to staged files, and a name is only told.
"""

import io
import math
import stat
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from webapp.errors import BusyError, EaselError, InvalidError, TooLargeError
from webapp.services.uploads.staging import Arrival, StagedFiles

MOST_ENTRIES = 10_000
MOST_DIRECTORY = 4_000_000
"""The bytes that an archive's table of contents may have; ten thousand entries need half of it."""

MOST_RATIO, HARMLESS = 100, 200_000_000
"""An archive may unpack to so many times its size, or in any case to so many bytes."""

_ARCHIVES = (b"PK\3\4", b"PK\5\6")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_IS_ENCRYPTED = 0x1
_PIECE = 256 * 1024

ENCRYPTED = "The file is encrypted in its archive. Unpack it, and upload it by itself."
ODDLY_PACKED = "The file is packed in a way that Easel does not read. Unpack it first."
DAMAGED_INSIDE = "The file is damaged in its archive."
DAMAGED = "The archive is damaged or was cut off."
NESTED = "An archive within an archive is not opened. Upload it by itself."

_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError),
    *(OSError, OverflowError, RuntimeError, ValueError),
)
"""What the standard library raises for archives that somebody has tampered with."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What could not be taken out of an archive, and why."""

    name: str
    error: EaselError


def is_archive(path: Path) -> bool:
    """Say whether a file begins as a ZIP archive does."""
    with path.open("rb") as file:
        return file.read(4) in _ARCHIVES


def pictures_in(
    arrival: Arrival, files: StagedFiles, *, most_bytes: int, end: float = math.inf
) -> Iterator[Arrival | Unreadable]:
    """Give the files in an archive, one after the other, and what can't be read.

    Each may have `most_bytes`. Folders, links, and what systems hide or add are passed over. An
    archive that is none, or that promises too much, is one that can't be read. What is not begun
    by `end`, in seconds of the monotonic clock, is left, and told by its number.
    """
    try:
        with _Bounded(arrival.path) as file, zipfile.ZipFile(file) as archive:
            entries = _entries(archive, arrival.path.stat().st_size)
            for number, entry in enumerate(entries):
                if time.monotonic() >= end:
                    yield Unreadable(arrival.name, _unfinished(len(entries) - number))
                    return
                name = PurePosixPath(entry.filename.replace("\\", "/")).name
                try:
                    yield Arrival(_unpacked(archive, entry, files, most_bytes), name)
                except EaselError as error:
                    yield Unreadable(name, error)
    except EaselError as error:
        yield Unreadable(arrival.name, error)
    except _BROKEN:
        yield Unreadable(arrival.name, _invalid(DAMAGED))


def _entries(archive: zipfile.ZipFile, size: int) -> list[zipfile.ZipInfo]:
    """Return the entries that are files of somebody's; raises TooLargeError."""
    found = archive.infolist()
    if len(found) > MOST_ENTRIES:
        msg = f"An archive may have {MOST_ENTRIES:,} files; this one has {len(found):,}."
        raise TooLargeError(msg)
    promised = sum(entry.file_size for entry in found)
    if promised > max(HARMLESS, size * MOST_RATIO):
        msg = f"The archive would unpack to {promised / 10**6:,.0f} MB, which no pictures do."
        raise TooLargeError(msg)
    # What several entries share is one file: a small archive could else unpack it for hours.
    apart = {entry.header_offset: entry for entry in found}
    return [entry for entry in apart.values() if not _is_passed_over(entry)]


def _is_passed_over(entry: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
    kind = stat.S_IFMT(entry.external_attr >> 16)
    return (
        not parts  # asked first: the library looks at the last letter of a name
        or entry.is_dir()
        or kind not in {0, stat.S_IFREG}
        or any(part.startswith(".") and part != ".." for part in parts)
        or "__MACOSX" in parts
        or parts[-1].lower() in {"..", "thumbs.db", "desktop.ini"}
    )


def _unpacked(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, files: StagedFiles, most_bytes: int
) -> Path:
    """Return the file that an entry became; raises what tells why it became none."""
    if entry.flag_bits & _IS_ENCRYPTED:
        raise _invalid(ENCRYPTED)
    if entry.compress_type not in _METHODS:
        raise _invalid(ODDLY_PACKED)
    if entry.file_size > most_bytes:
        raise _too_large(most_bytes)
    files.make_room(entry.file_size)
    path = files.new()
    try:
        with files.filling():
            _copy(archive, entry, path, most_bytes)
    except _BROKEN:
        path.unlink(missing_ok=True)
        raise _invalid(DAMAGED_INSIDE) from None
    if is_archive(path):
        path.unlink()
        raise _invalid(NESTED)
    return path


def _copy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, most_bytes: int) -> None:
    taken = 0
    with archive.open(entry) as packed, path.open("xb") as file:
        while piece := packed.read(_PIECE):
            taken += len(piece)
            if taken > most_bytes:
                raise _too_large(most_bytes)
            file.write(piece)


class _Bounded(io.FileIO):
    """A file of which nobody reads much at once: an archive's table of contents is read whole."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MOST_DIRECTORY:
            msg = "The archive's table of contents is larger than that of any pictures."
            raise TooLargeError(msg)
        return super().read(-1 if size is None else size) or b""


def _unfinished(left: int) -> BusyError:
    files = "One file of the archive was" if left == 1 else f"{left:,} files of the archive were"
    msg = (
        f"{files} left for lack of time. Send the archive again: what is kept already is skipped. "
        "Or bring it by `easel import`."
    )
    return BusyError(msg)


def _too_large(most_bytes: int) -> TooLargeError:
    msg = f"The file is larger than the {most_bytes // 10**6} MB that are allowed."
    return TooLargeError(msg)


def _invalid(message: str) -> InvalidError:
    return InvalidError(message, code="invalid_archive", fields={"image": ["invalid_archive"]})
