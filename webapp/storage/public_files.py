"""Renditions that anyone may see, as plain files that a web server sends without asking Easel.

Each picture has one folder, so that taking it away is one rename: from then on no address of it
leads to a file, not even to one that is being written at that moment.
"""

import logging
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path

from webapp.errors import SettingsError

logger = logging.getLogger(__name__)

FOLDER = "public"
GONE = ".gone"
"""The folder of what was taken away and is still to be deleted; no address leads there."""

BATCH = 500  # ids that the database is asked for at once
BLOCK = 512  # bytes, in which the kernel counts what a file takes of the disk

_UID = re.compile(r"[1-9A-HJ-NP-Za-km-z]{11}")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_,.:~-]{0,249}")


class PublicFiles:
    """Files at `<folder>/<first two of id>/<id>/<name>`, shared by threads and processes.

    They are a cache: what can't be written is left out, and nothing is synced to the disk. Their
    modes do not depend on the umask, as another user reads them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._gone = folder / GONE
        self._has_warned = False

    def lead_to(self, target: Path) -> None:
        """Keep the files at `target` from now on: the folder itself is only a link to it.

        So every process on the data directory finds them, whatever its settings. Raises
        SettingsError where nothing can be written there.
        """
        with suppress(OSError):
            _make(target)
        if not os.access(target, os.W_OK):
            msg = (
                f"Easel can't write to {target}. EASEL_NGINX_DIR must belong to the user whom "
                "Easel runs as; under systemd it also needs a line ReadWritePaths=."
            )
            raise SettingsError(msg)
        if self._folder.is_symlink() and self._folder.readlink() == target:
            return
        draft = self._folder.with_name(f".{self._folder.name}.{secrets.token_hex(4)}")
        draft.symlink_to(target, target_is_directory=True)
        self.clear()
        self.prune(0)
        draft.replace(self._folder)

    def has(self, uid: str, name: str) -> bool:
        """Return whether there is a file."""
        with suppress(OSError):
            return (self._place(uid) / name).is_file()
        return False

    def put(self, uid: str, name: str, data: bytes, is_current: Callable[[], bool]) -> bool:
        """Keep a file, unless `is_current` says that its picture has changed meanwhile.

        The folder is held open before that question: if it is taken away afterwards, what is
        written goes with it. Returns whether the file was written.
        """
        if not (_UID.fullmatch(uid) and _NAME.fullmatch(name)):
            return False
        try:
            with self._opened(uid) as handle:
                is_kept = is_current()
                if is_kept:
                    _write(handle, name, data)
                return is_kept
        except OSError as error:
            was_taken_away = isinstance(error, FileNotFoundError)
            if not (was_taken_away or self._has_warned):
                self._has_warned = True
                logger.warning("Public thumbnails are not kept for nginx: %s", error)
            return False

    def remove(self, uid: str) -> None:
        """Take all files of a picture away, at once; that there are none is fine.

        Raises OSError where they can't be taken away.
        """
        if not _UID.fullmatch(uid):
            return
        place = self._place(uid)
        with suppress(FileNotFoundError):
            place.lstat()
            self._take_away(place)

    def uids(self) -> set[str]:
        """Return the ids of the pictures that have files."""
        return {place.name for folder in self._folders() for place in _entries(folder)}

    def keep_only(self, shown: Callable[[list[str]], set[str]]) -> None:
        """Remove the files of pictures that `shown` does not return of the ids that it is given.

        That is what a crash between a change and the removal of its files leaves behind.
        """
        uids = (place.name for folder in self._folders() for place in _entries(folder))
        while batch := list(islice(uids, BATCH)):
            for uid in set(batch) - shown(batch):
                self.remove(uid)

    def clear(self) -> None:
        """Take all files away, at once; `prune` deletes them later."""
        for folder in list(self._folders()):
            with suppress(FileNotFoundError):  # somebody else was quicker
                _make(self._gone)
                folder.rename(self._gone / secrets.token_hex(8))

    def prune(self, max_bytes: int) -> None:
        """Remove the least recently written files beyond a number of bytes, and empty folders."""
        for place in _entries(self._gone):
            shutil.rmtree(place, ignore_errors=True)
        places = [place for folder in self._folders() for place in _entries(folder)]
        files = sorted(fact for place in places for fact in _facts(place))
        total = sum(size for _written, size, _path in files)
        for _written, size, path in files:
            if total <= max_bytes:
                break
            path.unlink(missing_ok=True)
            total -= size
        for place in places:
            with suppress(OSError):  # it is not empty
                place.rmdir()

    def _take_away(self, place: Path) -> None:
        gone = self._gone / secrets.token_hex(8)
        try:
            _make(self._gone)
            place.rename(gone)
        except OSError:  # a full disk may lack room for the new name
            shutil.rmtree(place, ignore_errors=True)
            if place.exists():
                raise
        shutil.rmtree(gone, ignore_errors=True)

    def _folders(self) -> Iterator[Path]:
        return (folder for folder in _entries(self._folder) if folder.name != GONE)

    def _place(self, uid: str) -> Path:
        return self._folder / uid[:2] / uid

    @contextmanager
    def _opened(self, uid: str) -> Iterator[int]:
        place = self._place(uid)
        for folder in (place.parent, place):
            _make(folder)
        handle = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield handle
        finally:
            os.close(handle)


def _facts(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """Give the files of a folder with when they were written and what they take of the disk."""
    for path in _entries(folder):
        with suppress(OSError):  # gone meanwhile
            status = path.stat()
            yield status.st_mtime, status.st_blocks * BLOCK, path


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:  # there is none, or none any more
        return []


def _make(folder: Path) -> None:
    with suppress(FileExistsError):
        folder.mkdir()
        folder.chmod(0o755)


def _write(handle: int, name: str, data: bytes) -> None:
    """Write a file in an open folder, so that it appears whole or not at all."""
    draft = f".{secrets.token_hex(8)}"
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644, dir_fd=handle)
    try:
        with os.fdopen(file, "wb") as out:
            os.fchmod(file, 0o644)
            out.write(data)
        os.replace(draft, name, src_dir_fd=handle, dst_dir_fd=handle)
    except OSError:
        with suppress(OSError):
            os.unlink(draft, dir_fd=handle)
        raise
