"""What upkeep needs of the store and of what web servers send."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Protocol

from webapp.services.ports import BlobStore


class Stored(Protocol):
    """A file of the store as a listing tells of it."""

    @property
    def key(self) -> str:
        """Where the store keeps it."""
        ...

    @property
    def size(self) -> int:
        """Its length in bytes."""
        ...

    @property
    def written(self) -> float:
        """When it was written, in seconds since 1970, UTC."""
        ...


class Inventory(BlobStore, Protocol):
    """A store that says what it has."""

    def entries(self, kind: str, start: str = "") -> Iterator[Stored]:
        """Give what is kept of a kind, originals or masters, by the first digits of digests."""
        ...

    def digest(self, key: str) -> str:
        """Return the SHA-256 of what is kept under a key, or raise NotFoundError."""
        ...

    def leftovers(self, *, older_than: float = 3600) -> list[Path]:
        """Return what crashed writers left behind, in seconds of age."""
        ...

    def sweep(self, *, older_than: float = 3600) -> int:
        """Remove what crashed writers left behind; return how many files."""
        ...


class ShownFiles(Protocol):
    """Public renditions as files that a web server sends."""

    def uids(self) -> Collection[str]:
        """Return the ids of the pictures that have files."""
        ...

    def remove(self, uid: str) -> None:
        """Take all files of a picture away."""
        ...
