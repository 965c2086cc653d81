"""What services need from the outside, said beside the code that needs it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from sqlalchemy.orm import Session

from webapp.models import Image
from webapp.services.pictures import Picture


class Cache(Protocol):
    """A bounded store of bytes that may forget anything at any time."""

    def get(self, key: str) -> bytes | None:
        """Return the bytes kept under a key, or None."""
        ...

    def set(self, key: str, value: bytes, timeout: int | None = None) -> bool | None:
        """Keep bytes under a key, for `timeout` seconds; None means the default."""
        ...

    def delete_many(self, *keys: str) -> object:
        """Forget the keys."""
        ...


class SharedCache(Cache, Protocol):
    """A cache that others use as well, perhaps in other processes."""

    def has(self, key: str) -> bool:
        """Return whether there are bytes under a key."""
        ...

    def add(self, key: str, value: bytes, timeout: int | None = None) -> bool | None:
        """Keep bytes where there are none; of several at once, one alone gets True."""
        ...

    def discard(self, key: str) -> object:
        """Forget a key, if that can be done."""
        ...


class JobRunner(Protocol):
    """Brings jobs to the workers; may lose or repeat a message, the job rows make up for it."""

    def send(self, job_ids: Sequence[int]) -> None:
        """Ask the workers to look at these jobs, soon."""
        ...


class Blob(Protocol):
    """A kept original."""

    @property
    def digest(self) -> str:
        """The SHA-256 of its bytes, in hex."""
        ...

    @property
    def key(self) -> str:
        """Where the store keeps it."""
        ...

    @property
    def size(self) -> int:
        """Its length in bytes."""
        ...


class BlobStore(Protocol):
    """Keeps originals by the digest of their content."""

    def put(self, data: bytes | Path, extension: str) -> Blob:
        """Keep bytes durably; keeping the same bytes again changes nothing."""
        ...

    def put_derived(self, digest: str, label: str, data: bytes, extension: str) -> str:
        """Keep bytes that were made from an original; return their key."""
        ...

    def get(self, key: str) -> bytes:
        """Return an original's bytes, or raise NotFoundError."""
        ...

    def exists(self, key: str) -> bool:
        """Say whether there is an original under a key."""
        ...

    def open_path(self, key: str) -> Path | None:
        """Return where the file lies on this machine, or None when the store is remote."""
        ...

    def delete(self, key: str) -> None:
        """Delete an original; a missing one is fine."""
        ...


class Watermarks(Protocol):
    """Pictures by name, to be laid over others."""

    def read(self, name: str) -> bytes:
        """Return the encoded picture, or raise InvalidError where there is none."""
        ...

    def digest(self, name: str) -> str:
        """Return what changes with the picture, or raise InvalidError where there is none."""
        ...


class SourceEvents(Protocol):
    """Hears of pictures that renditions are made of, in the transactions that change them."""

    def source_saved(self, session: Session, image_id: int) -> list[int]:
        """Order what is made ahead; return the jobs to be sent after the commit."""
        ...

    def source_deleted(self, session: Session, picture: Picture) -> None:
        """Take away what was made of a picture, as it looked until now."""
        ...

    def send(self, job_ids: Sequence[int]) -> None:
        """Have the ordered work begin."""
        ...


class Announcer(Protocol):
    """Tells others what happened to pictures, in the transactions that hold their owner."""

    def image_created(self, session: Session, row: Image) -> list[int]:
        """Note that a picture is ready; return the jobs to be sent after the commit."""
        ...

    def image_failed(self, session: Session, row: Image) -> list[int]:
        """Note that a picture could not be made, or is not wanted any more; return jobs."""
        ...

    def image_deleted(self, session: Session, row: Image) -> list[int]:
        """Note that a picture was moved to the trash, or deleted without it; return jobs."""
        ...

    def send(self, job_ids: Sequence[int]) -> None:
        """Have the telling begin."""
        ...


class PictureEvents(SourceEvents, Announcer, Protocol):
    """Hears of pictures for both: those who make renditions, and those who tell others."""
