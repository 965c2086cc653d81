"""What `easel import` finds, and how it is brought in by all processors."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from webapp.errors import EaselError, InvalidError, NotFoundError
from webapp.services.accounts import Viewer
from webapp.services.uploads.staging import Arrival
from webapp.services.uploads.uploads import Outcome, Uploads

PICTURES = frozenset(
    {
        *(".avif", ".bmp", ".gif", ".heic", ".heif", ".jfif", ".jpe", ".jpeg", ".jpg", ".png"),
        *(".tif", ".tiff", ".webp"),
    }
)
"""The pictures of a folder; a file that is named itself is taken whatever it is called."""

ARCHIVES = frozenset({".zip"})
"""What is opened in a folder."""

THREADS = min(16, 4 * (os.cpu_count() or 1))
"""While some decode, as many as there are processors, the others wait for the disk side by side."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file, or an address where `path` is None, by the name that it was found under."""

    name: str
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """A picture by its name: its id, new or not, or why it was not kept."""

    name: str
    id: str = ""
    is_new: bool = False
    error: str = ""


def gathered(sources: Sequence[str]) -> Iterator[Source]:
    """Give what there is at some paths and addresses, the files in folders in their order."""
    for text in sources:
        path = Path(text)
        if text.lower().startswith(("http://", "https://")):
            yield Source(text)
        elif path.is_dir():
            yield from (Source(str(file), file) for file in _files_in(path))
        else:
            yield Source(text, path)


def kept(uploads: Uploads, owner: Viewer, found: Sequence[Source]) -> Iterator[list[Imported]]:
    """Import what was found and say, source by source, what became of it."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix="easel-import") as pool:
        yield from pool.map(lambda source: _kept(uploads, owner, source), found)


def unreadable(error: OSError) -> str:
    """Return the sentence for a file that the system does not let us read."""
    return f"It can't be read: {(error.strerror or str(error)).lower()}."


def readable(path: Path) -> Path:
    """Return a path where there is a file: a pipe would be waited for, for ever.

    Raises NotFoundError, or InvalidError for what is no file.
    """
    if not path.exists():
        msg = "There is no such file."
        raise NotFoundError(msg)
    if not path.is_file():
        msg = "This is no file."
        raise InvalidError(msg)
    return path


def _kept(uploads: Uploads, owner: Viewer, source: Source) -> list[Imported]:
    try:
        if source.path is None:
            with uploads.fetched(source.name) as arrival:
                return _told(source, uploads.take(owner, arrival), arrival)
        arrival = Arrival(readable(source.path), source.path.name)
        return _told(source, uploads.take(owner, arrival), arrival)
    except EaselError as error:
        return [Imported(source.name, error=str(error))]
    except OSError as error:
        return [Imported(source.name, error=unreadable(error))]


def _told(source: Source, outcomes: Iterator[Outcome], arrival: Arrival) -> list[Imported]:
    told = []
    for item in outcomes:
        name = source.name if item.name == arrival.name else f"{source.name}: {item.name}"
        if item.kept is None:
            told.append(Imported(name, error=str(item.error)))
        else:
            told.append(Imported(name, item.kept.picture.id, is_new=item.kept.is_new))
    return told


def _files_in(folder: Path) -> Iterator[Path]:
    """Give the pictures and archives below a folder; what is hidden, and links, are left out."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(parent, name)
            is_wanted = file.suffix.lower() in PICTURES | ARCHIVES and not name.startswith(".")
            if is_wanted and file.is_file() and not file.is_symlink():
                yield file
