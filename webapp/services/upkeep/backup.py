"""Backup: the database as it is at one moment, and after it the files that it names.

Originals never change once they are written, and are there before the rows that name them; so
database first, files second makes one consistent copy beside a server that goes on working.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import Select, func, select, text

from webapp.errors import NotFoundError
from webapp.models import Database, Image
from webapp.models.snapshot import copy_sqlite, looking_at
from webapp.services.image_rows import hold_original, is_used
from webapp.services.upkeep.ports import Inventory
from webapp.storage.archive import is_expected

PAGE = 1000


class Archive(Protocol):
    """What is written to."""

    def add(self, name: str, source: bytes | Path) -> str:
        """Add a file, and return the SHA-256 of its bytes in hex."""
        ...


@dataclass(frozen=True, slots=True)
class Files:
    """The files of an original: its digest, and the keys of it and of its masters."""

    digest: str
    key: str
    masters: Mapping[str, str]


@dataclass(slots=True)
class Tally:
    """What came of it: the digests of originals that were missing, or had other bytes.

    What was deleted for good since the database was copied is not missing.
    """

    images: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether every original is there, as it was kept."""
        return not (self.missing or self.damaged)


class Source:
    """A state of a database, and what it names. `path` is None where it can't be copied."""

    def __init__(self, live: Database, state: Database, path: Path | None) -> None:
        self._live = live
        self._database = state
        self.path = path

    def revision(self) -> str:
        """Return the revision of the tables."""
        with self._database.reading() as session:
            return str(session.scalars(text("select version_num from alembic_version")).one())

    def images(self) -> int:
        """Return how many images have an original."""
        return self._count(select(func.count(Image.id)))

    def originals(self) -> int:
        """Return how many originals there are; some images may share one."""
        return self._count(select(func.count(Image.digest.distinct())))

    def files(self) -> Iterator[Files]:
        """Give the files of every original, by digest."""
        some = select(Image.digest, Image.blob_key, Image.masters).order_by(Image.digest)
        last = ""
        while True:
            page = some.where(Image.digest > last, Image.blob_key.is_not(None)).limit(PAGE)
            with self._database.reading() as session:
                rows = session.execute(page).all()
            if not rows:
                return
            for digest, key, masters in rows:
                if digest and key and digest != last:
                    last = digest
                    yield Files(digest, key, masters or {})

    def is_wanted(self, digest: str) -> bool:
        """Return whether an image has an original by now; a purge under way is waited for."""
        with self._live.writing() as session:
            hold_original(session, digest)
            return is_used(session, digest)

    def _count(self, counted: Select[int]) -> int:
        return self._database.look_up(counted.where(Image.blob_key.is_not(None))) or 0


@contextmanager
def source_of(database: Database, folder: Path) -> Iterator[Source]:
    """Give the state of a database: of SQLite a copy in a folder, removed afterwards.

    Raises StorageFullError where there is no room for it.
    """
    if database.engine.dialect.name != "sqlite":
        yield Source(database, database, None)
        return
    folder.mkdir(exist_ok=True)
    copy = folder / f"{secrets.token_hex(16)}.db"
    copy.touch(0o600)
    try:
        copy_sqlite(database.engine, copy)
        with looking_at(copy) as snapshot:
            yield Source(database, snapshot, copy)
    finally:
        copy.unlink(missing_ok=True)


class Backup:
    """Writes what a source names into an archive."""

    def __init__(self, source: Source, store: Inventory, *, masters: bool) -> None:
        self._source = source
        self._store = store
        self._masters = masters
        self.tally = Tally(images=source.images())

    def originals(self, archive: Archive) -> Iterator[str]:
        """Add every original, and its masters where they are wanted; give their digests."""
        for files in self._source.files():
            digest = self._add(archive, files.key)
            if digest is None:
                if self._source.is_wanted(files.digest):
                    self.tally.missing.append(files.digest)
            elif digest != files.digest:
                self.tally.damaged.append(files.digest)
            for key in files.masters.values() if self._masters else ():
                self._add(archive, key)
            yield files.digest

    def _add(self, archive: Archive, key: str) -> str | None:
        """Add a file of the store; None where there is none, or none any more."""
        try:
            return archive.add(key, self._store.open_path(key) or self._store.get(key))
        except (NotFoundError, FileNotFoundError):
            return None


def private_files(root: Path, *, keys: bool) -> Iterator[tuple[str, bytes]]:
    """Give what else a data directory holds and nobody can make anew: keys and watermarks."""
    if keys:
        for path in sorted(root.glob("*.key")):
            yield path.name, path.read_bytes()
    for path in sorted((root / "watermarks").glob("*")):
        name = f"watermarks/{path.name}"
        if is_expected(name) and path.is_file():
            yield name, path.read_bytes()


def moment() -> str:
    """Return the time in UTC as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")
