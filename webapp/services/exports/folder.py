"""Exports into a folder: every file whole and on the disk, and only what is missing is written."""

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from webapp.errors import InvalidError
from webapp.services.exports.archive import Entry
from webapp.storage.durable import sync_folders, write_pieces

PART = ".part-"


class ExportFolder:
    """Writes the files of an export into a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def begin(self) -> None:
        """Make the folder; raises InvalidError where it holds something, or can't be made."""
        if self.swept():
            msg = f"{self.root} is not empty. Choose another folder."
            raise InvalidError(msg)

    def swept(self) -> set[str]:
        """Make the folder, remove what a crash has left, and return the names of what is in it."""
        with told(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            for part in self.root.glob(f"{PART}*"):
                part.unlink()
            return {path.name for path in self.root.iterdir()}

    def write(self, entries: Iterable[Entry]) -> Iterator[bool]:
        """Write files, and give for each whether it was missing.

        All are synced to the disk at the end, the folders that they are in too. Raises
        StorageFullError where there is no room, InvalidError where nothing can be written.
        """
        for entry in entries:
            path = self.root / entry.name
            with told(path):
                is_missing = not (entry.digest and _is_kept(path, entry))
                if is_missing:
                    self._write(entry, path)
            yield is_missing
        self.sync()

    def sync(self) -> None:
        """See that the names of all files are on the disk."""
        with told(self.root):
            for path in self.root.iterdir():
                if path.is_dir():
                    sync_folders(path, "any")
            sync_folders(self.root, "any")

    def _write(self, entry: Entry, path: Path) -> None:
        path.parent.mkdir(exist_ok=True)
        part = self.root / f"{PART}{secrets.token_hex(8)}"
        write_pieces(entry.content, part)
        seconds = entry.moment.timestamp()
        os.utime(part, (seconds, seconds))
        part.replace(path)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn the system's refusal to write something into a sentence: an InvalidError."""
    try:
        yield
    except OSError as error:
        msg = f"{path} can't be written: {(error.strerror or str(error)).lower()}."
        raise InvalidError(msg) from error


def _is_kept(path: Path, entry: Entry) -> bool:
    """Return whether a file is there already, byte for byte."""
    if not path.is_file() or path.stat().st_size != entry.size:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == entry.digest
