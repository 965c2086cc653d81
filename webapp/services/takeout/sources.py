"""Sources: a take-out to be read, in a folder or a ZIP that nobody vouches for."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol, Self

from pydantic import ValidationError

from webapp.errors import InvalidError, NotFoundError, TooLargeError
from webapp.services.takeout.records import FORMAT, MANIFEST, Manifest

LONGEST_LINE = 1 << 24
"""An album of a million pictures has room in it."""

LARGEST_MANIFEST = 1 << 26
NO_TAKEOUT = "{} is no take-out: it holds no easel-takeout.json that can be read."
NEWER = "This take-out is of format {}. This Easel reads {} at most: bring Easel up to date first."
INCOMPLETE = (
    "This take-out is not complete. Run `easel export` with the same folder again: it goes on "
    "where it stopped."
)
MISSING = "{} is missing."
UNREADABLE = "{} can't be read."


class Source(Protocol):
    """Files by their names in a take-out."""

    @property
    def title(self) -> str:
        """What to call it in a sentence."""
        ...

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Give an open file; raises NotFoundError where there is none."""
        ...


class FolderSource:
    """A folder; links in it are not followed."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def title(self) -> str:
        """Its path."""
        return str(self._root)

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Give an open file."""
        path = self._root / name
        if path.is_symlink() or path.parent.is_symlink() or not path.is_file():
            raise NotFoundError(MISSING.format(name))
        try:
            file = path.open("rb")
        except OSError as error:
            raise NotFoundError(UNREADABLE.format(name)) from error
        with file:
            yield file


class ZipSource:
    """A ZIP; the take-out may lie in a folder within it, as other programs pack it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._archive = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile) as error:
            raise InvalidError(NO_TAKEOUT.format(path)) from error
        places = [name for name in self._archive.namelist() if name.endswith(MANIFEST)]
        self._prefix = min(places, key=len, default="").removesuffix(MANIFEST)

    @property
    def title(self) -> str:
        """Its path."""
        return str(self._path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Give an open file."""
        try:
            file = self._archive.open(self._prefix + name)
        except KeyError as error:
            raise NotFoundError(MISSING.format(name)) from error
        except (RuntimeError, NotImplementedError, zipfile.BadZipFile, OSError) as error:
            raise NotFoundError(UNREADABLE.format(name)) from error  # a password, an odd method
        with file:
            yield file  # type: ignore[misc]  # an IO[bytes], which is what is read from


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Give the take-out at a path; raises InvalidError where there is none."""
    if path.is_dir():
        yield FolderSource(path)
    else:
        with ZipSource(path) as source:
            yield source


def is_takeout(path: Path) -> bool:
    """Return whether a folder or a file seems to be a take-out."""
    if path.is_dir():
        return (path / MANIFEST).is_file()
    try:
        with ZipSource(path) as source, source.open(MANIFEST):
            return True
    except (InvalidError, NotFoundError):
        return False


def manifest_of(source: Source) -> Manifest:
    """Return what a take-out is; raises InvalidError where it can't be read here, or never."""
    try:
        manifest = Manifest.model_validate_json(read(source, MANIFEST, LARGEST_MANIFEST))
    except (NotFoundError, TooLargeError, ValidationError) as error:
        raise InvalidError(NO_TAKEOUT.format(source.title)) from error
    if manifest.format > FORMAT:
        raise InvalidError(NEWER.format(manifest.format, FORMAT))
    if not manifest.is_complete:
        raise InvalidError(INCOMPLETE)
    return manifest


def read(source: Source, name: str, most: int) -> bytes:
    """Return the bytes of a file; raises NotFoundError and TooLargeError."""
    with source.open(name) as file, _readable(name):
        data = file.read(most + 1)
    if len(data) > most:
        msg = f"{name} is larger than it says."
        raise TooLargeError(msg)
    return data


def lines(source: Source, name: str) -> Iterator[bytes | None]:
    """Give the lines of a file, None for one that is too long; raises NotFoundError."""
    with source.open(name) as file, io.BufferedReader(file) as reader:  # type: ignore[type-var]  # any raw file
        while True:
            with _readable(name):
                line = reader.readline(LONGEST_LINE)
            if not line:
                return
            if len(line) < LONGEST_LINE or line.endswith(b"\n"):
                yield line
                continue
            with _readable(name):
                while line and not line.endswith(b"\n"):
                    line = reader.readline(LONGEST_LINE)
            yield None


@contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise NotFoundError(UNREADABLE.format(name)) from error
