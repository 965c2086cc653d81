"""Unpacking: an archive becomes a folder, file by file, and only if it is whole."""

import hashlib
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import IO

from webapp.errors import InvalidError
from webapp.storage.archive import (
    HEADER,
    ORDINARY,
    PRIVATE,
    SUMS,
    Header,
    forget_members,
    is_expected,
    not_a_backup,
)

PIECE = 1 << 20
LONGEST_HEADER = 65_536
_PLAIN = (tarfile.REGTYPE, tarfile.AREGTYPE)


class Unpacker:
    """Reads an archive once, from its beginning to its end; `header` is known at once."""

    def __init__(self, tar: tarfile.TarFile, sums: IO[bytes]) -> None:
        self._tar = tar
        self._sums = sums
        first = self._next()
        if first is None or first.name != HEADER or first.size > LONGEST_HEADER:
            raise not_a_backup()
        data = self._opened(first).read()
        self.header = Header.read(data)
        self._note(HEADER, hashlib.sha256(data).hexdigest())

    def into(self, folder: Path) -> Iterator[str]:
        """Write the files into an empty folder, and give their names.

        Raises InvalidError for a file that has no place in a backup, and at the end where a file
        is not what it was, or where some are missing.
        """
        while member := self._next():
            if member.name == SUMS:
                self._compare(self._opened(member))
                return
            path = folder / member.name
            path.parent.mkdir(parents=True, exist_ok=True)
            self._note(member.name, self._write(member, path))
            yield member.name
        raise _incomplete()

    def _next(self) -> tarfile.TarInfo | None:
        try:
            member = self._tar.next()
        except tarfile.TarError as error:
            raise not_a_backup() from error
        forget_members(self._tar)
        if member is not None and not (member.type in _PLAIN and is_expected(member.name)):
            msg = f"This is no backup of Easel: {member.name!r} has no place in one."
            raise InvalidError(msg)
        return member

    def _opened(self, member: tarfile.TarInfo) -> IO[bytes]:
        file = self._tar.extractfile(member)
        if file is None:
            raise not_a_backup()
        return file

    def _write(self, member: tarfile.TarInfo, path: Path) -> str:
        """Write a file that was not there, and return its SHA-256."""
        digest = hashlib.sha256()
        mode = ORDINARY if "/" in member.name else PRIVATE
        source = self._opened(member)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        except FileExistsError as error:
            msg = f"This is no backup of Easel: {member.name} is in it twice."
            raise InvalidError(msg) from error
        with os.fdopen(handle, "wb") as file:
            while data := _piece(source):
                digest.update(data)
                file.write(data)
        return digest.hexdigest()

    def _note(self, name: str, digest: str) -> None:
        self._sums.write(f"{digest}  {name}\n".encode())

    def _compare(self, told: IO[bytes]) -> None:
        """Raise InvalidError unless the archive's list of digests is ours."""
        self._sums.seek(0)
        for expected, seen in zip_longest(told, self._sums):
            if expected != seen:
                line = (seen or expected or b"").decode("utf-8", "replace")
                msg = f"This backup is damaged: {line[66:].strip()} is not what was backed up."
                raise InvalidError(msg)


@contextmanager
def reading_archive(file: IO[bytes]) -> Iterator[Unpacker]:
    """Give an unpacker on an open file; raises InvalidError for what is no archive of ours."""
    try:
        tar = tarfile.open(fileobj=file, mode="r|")  # noqa: SIM115  # closed below
    except tarfile.TarError as error:
        raise not_a_backup() from error
    with tar, tempfile.TemporaryFile() as sums:
        yield Unpacker(tar, sums)


def _piece(source: IO[bytes]) -> bytes:
    try:
        return source.read(PIECE)
    except tarfile.TarError as error:
        raise _incomplete() from error


def _incomplete() -> InvalidError:
    return InvalidError("This backup is incomplete: its end is missing.")
