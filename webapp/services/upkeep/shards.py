"""Shards: the store beside the rows that name its files, a 256th at a time.

A million pictures and their masters are three million files: all of them at once would take a
gigabyte of memory. Digests spread evenly, so that each shard is small.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import Database, Image
from webapp.services.upkeep.ports import Inventory, Stored

ORIGINALS, MASTERS = "originals", "masters"
SHARDS = 256


@dataclass(frozen=True, slots=True)
class Known:
    """What the row of an image says of its files."""

    uid: str
    digest: str
    key: str
    size: int
    masters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shard:
    """The files whose digests begin alike, and the images that name such files."""

    stored: dict[str, Stored]
    images: list[Known]

    @property
    def by_digest(self) -> dict[str, list[Known]]:
        """The images, grouped by the original that they share."""
        groups: dict[str, list[Known]] = {}
        for image in self.images:
            groups.setdefault(image.digest, []).append(image)
        return groups

    @property
    def strays(self) -> list[Stored]:
        """The files that no image names."""
        named = {key for image in self.images for key in (image.key, *image.masters.values())}
        return [entry for key, entry in self.stored.items() if key not in named]


def shards(database: Database, store: Inventory) -> Iterator[Shard]:
    """Give all shards.

    Files are listed before rows are read: a picture that is kept meanwhile has its row, and may
    seem to lack its file. Whoever acts on that looks again.
    """
    for number in range(SHARDS):
        start = f"{number:02x}"
        stored = {
            entry.key: entry
            for kind in (ORIGINALS, MASTERS)
            for entry in store.entries(kind, start)
        }
        with database.reading() as session:
            yield Shard(stored, _images(session, start))


def digest_of(key: str) -> str:
    """Return the digest in a key of the store."""
    return key.rpartition("/")[2][:64]


def is_named(session: Session, key: str) -> bool:
    """Return whether any image names a file."""
    alike = select(Image.blob_key, Image.masters).where(Image.digest == digest_of(key))
    return any(
        key == original or key in masters.values() for original, masters in session.execute(alike)
    )


def _images(session: Session, start: str) -> list[Known]:
    some = select(Image.uid, Image.digest, Image.blob_key, Image.bytes, Image.masters).where(
        Image.digest >= start, Image.digest < f"{start}g"
    )
    return [
        Known(uid, digest or "", key or "", size, dict(masters or {}))
        for uid, digest, key, size, masters in session.execute(some)
    ]
