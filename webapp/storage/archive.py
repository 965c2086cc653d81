"""Archives: a tar of everything that is to be kept, with the digest of each file at its end.

The files stand in it as in a data directory. The first says what the archive is, the last is what
`sha256sum --check` reads. It is written from the first byte to the last without going back, so
that it can go through a pipe.
"""

import hashlib
import io
import json
import re
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Self

from webapp.errors import InvalidError
from webapp.storage.data_dir import DATABASE
from webapp.storage.keys import is_key

HEADER, SUMS = "easel-backup.json", "SHA256SUMS"
FORMAT = 1
PRIVATE, ORDINARY = 0o600, 0o644

_NAME = re.compile(
    rf"{re.escape(HEADER)}|{SUMS}|{re.escape(DATABASE)}|[a-z]{{1,32}}\.key"
    r"|watermarks/[A-Za-z0-9-]{1,64}\.(?:png|webp|jpg)"
)


@dataclass(frozen=True, slots=True)
class Header:
    """What an archive says of itself first.

    `schema` is the revision of its database's tables, empty where it holds no database. `files`
    is how many originals the database named.
    """

    easel: str
    schema: str
    created: str
    files: int
    has_masters: bool
    has_secrets: bool
    format: int = FORMAT

    @property
    def has_database(self) -> bool:
        """Whether the archive holds a database."""
        return bool(self.schema)

    def encoded(self) -> bytes:
        """Return the header as it stands in the archive."""
        return (json.dumps(asdict(self), indent=2) + "\n").encode()

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Return the header that was encoded; raises InvalidError for what is none."""
        try:
            facts = json.loads(data)
            if facts["format"] != FORMAT:
                msg = "This backup has a format that this Easel does not know. Use a newer Easel."
                raise InvalidError(msg)
            return cls(**facts)
        except (ValueError, TypeError, KeyError) as error:
            raise not_a_backup() from error


def is_expected(name: str) -> bool:
    """Return whether a backup may hold a file of this name; none leads out of its folder."""
    return is_key(name) or _NAME.fullmatch(name) is not None


def forget_members(tar: tarfile.TarFile) -> None:
    """Let a tar forget what it has read or written: a million members take a gigabyte."""
    tar.members = []  # type: ignore[attr-defined]  # since Python 3.13 there is stream=True


def not_a_backup() -> InvalidError:
    """Return the error for what is no archive of ours."""
    return InvalidError("This is no backup of Easel.")


class ArchiveWriter:
    """Adds files to an archive, and their digests at its end."""

    def __init__(self, tar: tarfile.TarFile, sums: IO[bytes]) -> None:
        self._tar = tar
        self._sums = sums
        self.bytes = 0

    def add(self, name: str, source: bytes | Path) -> str:
        """Add a file, and return the SHA-256 of its bytes in hex; raises OSError."""
        if isinstance(source, bytes):
            return self._add(name, io.BytesIO(source), len(source))
        with source.open("rb") as file:
            size = file.seek(0, io.SEEK_END)
            file.seek(0)
            return self._add(name, file, size)

    def finish(self) -> None:
        """Add the digests; what has none is incomplete."""
        size = self._sums.tell()
        self._sums.seek(0)
        self._put(SUMS, self._sums, size)

    def _add(self, name: str, file: IO[bytes], size: int) -> str:
        hashed = _Hashed(file)
        self._put(name, hashed, size)
        digest = hashed.digest.hexdigest()
        self._sums.write(f"{digest}  {name}\n".encode())
        return digest

    def _put(self, name: str, file: "IO[bytes] | _Hashed", size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mtime = size, int(time.time())
        member.mode = PRIVATE if "/" not in name else ORDINARY
        self._tar.addfile(member, file)
        forget_members(self._tar)
        self.bytes += size


class _Hashed:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


@contextmanager
def writing_archive(file: IO[bytes]) -> Iterator[ArchiveWriter]:
    """Give a writer on an open file; what is added is complete at the end of the block."""
    with (
        tempfile.TemporaryFile() as sums,
        tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        writer = ArchiveWriter(tar, sums)
        yield writer
        writer.finish()
