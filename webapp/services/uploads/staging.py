"""Staging: files for what is on its way in, in the data directory, gone when it has arrived."""

import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from webapp.storage.blobs import DEFAULT_RESERVE
from webapp.storage.durable import STAGING, noticing_full, refuse_without_room, sweep


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that has arrived: where it is for now, and how whoever sent it calls it.

    `name` is what somebody wrote and no path; it may be empty. `field` is that of the form.
    """

    path: Path
    name: str = ""
    field: str = "image"


class StagedFiles:
    """Makes files that belong to one request or command."""

    def __init__(self, folder: Path, reserve: int) -> None:
        self._folder = folder
        self._reserve = reserve
        self._stack = ExitStack()

    def make_room(self, wanted: int) -> None:
        """Raise StorageFullError where so many more bytes would leave too little room."""
        refuse_without_room(self._folder, wanted, self._reserve)

    def filling(self) -> AbstractContextManager[None]:
        """Raise StorageFullError, while files are written, where the disk turns out to be full."""
        return noticing_full(self._folder)

    def new(self) -> Path:
        """Return the path of a new file, which is not there yet."""
        path = self._folder / f"upload-{secrets.token_hex(16)}"
        self._stack.callback(path.unlink, missing_ok=True)
        return path

    def close(self) -> None:
        """Remove all of them."""
        self._stack.close()


class Staging:
    """The folder of what is on its way in; never /tmp, which may be memory."""

    def __init__(self, root: Path, *, reserve_bytes: int = DEFAULT_RESERVE) -> None:
        self._folder = root / STAGING
        self._root = root
        self._reserve = reserve_bytes

    def prepared(self) -> Path:
        """Return the folder, made where there is none."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder

    @contextmanager
    def files(self) -> Iterator[StagedFiles]:
        """Give a maker of files that are removed at the end, whatever happens."""
        staged = StagedFiles(self.prepared(), self._reserve)
        try:
            yield staged
        finally:
            staged.close()

    def sweep(self) -> int:
        """Remove what processes that were killed left behind an hour ago; return how many files."""
        self.prepared()
        return sweep(self._root)
