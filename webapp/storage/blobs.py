"""Originals by content: the key is the SHA-256 of the bytes, so equal pictures are kept once."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from webapp.errors import BusyError, InvalidError, NotFoundError
from webapp.storage.durable import (
    STAGING,
    Source,
    leftovers,
    refuse_without_room,
    sweep,
    sync_folders,
    write_durably,
)
from webapp.storage.keys import DERIVED, FOLDER, is_key

DEFAULT_RESERVE = 200_000_000

_LABEL = re.compile(r"[a-z0-9]{1,16}")
_EXTENSION = re.compile(r"[a-z0-9]{1,8}")
_REMOTE = re.compile(r"[a-z][a-z0-9+]+://", re.IGNORECASE)


class StorageUnavailableError(BusyError):
    """The storage did not answer, or refused."""

    code = "storage_unavailable"


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes that are kept: their SHA-256 in hex, their key in the store, their number."""

    digest: str
    key: str
    size: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of the store as a listing tells of it; `written` is in seconds since 1970, UTC."""

    key: str
    size: int
    written: float


class BlobStore:
    """Keeps blobs under `originals/ab/cd/<sha256>.<ext>`; safe to share between threads.

    With a `root` the store is that folder of a local disk: writes are synced before they count,
    and refused where they would leave less than `reserve_bytes` free.
    """

    def __init__(
        self,
        store: ObjectStore,
        *,
        root: Path | None = None,
        reserve_bytes: int = DEFAULT_RESERVE,
    ) -> None:
        self._store = store
        self._root = root
        self._reserve = reserve_bytes

    @classmethod
    def from_url(
        cls,
        url: str | Path,
        *,
        reserve_bytes: int = DEFAULT_RESERVE,
        options: Mapping[str, Any] | None = None,
    ) -> Self:
        """Return the store at a path, `file://`, `s3://`, `gs://`, `az://` or `memory://` URL.

        A folder is made where there is none. `options` go to obstore: keys, endpoint, region.
        Raises InvalidError for a URL that no store understands.
        """
        text = str(url)
        if text.startswith("memory:"):
            return cls(MemoryStore())
        if _REMOTE.match(text) and not text.startswith("file://"):
            return cls(_remote(text, options or {}))
        root = Path(text.removeprefix("file://")).expanduser().resolve()
        (root / STAGING).mkdir(parents=True, exist_ok=True)
        return cls(LocalStore(root), root=root, reserve_bytes=reserve_bytes)

    def put(self, data: Source, extension: str) -> Blob:
        """Keep the bytes, or those of a file, and return where; what is there is not written again.

        Once this returns they survive a power cut, on a local disk. Raises StorageFullError where
        there is no room, InvalidError for an odd extension.
        """
        if not _EXTENSION.fullmatch(extension):
            message = f"{extension!r} is no file extension."
            raise InvalidError(message, code="invalid_extension")
        digest, size = _measured(data)
        key = f"{_folder(FOLDER, digest)}/{digest}.{extension}"
        # A size that differs is what a crash of the machine may leave of a file: write it anew.
        if self._size(key) != size:
            self._write(data, key, size)
        elif self._root is not None:
            sync_folders(self._root, key)  # whoever wrote it may not have come to that yet
        return Blob(digest, key, size)

    def put_derived(self, digest: str, label: str, data: bytes, extension: str) -> str:
        """Keep bytes that were made from an original, under its digest and a label; return the key.

        Raises as `put` does.
        """
        if not (_LABEL.fullmatch(label) and _EXTENSION.fullmatch(extension)):
            message = f"{label!r} is no label, or {extension!r} no file extension."
            raise InvalidError(message, code="invalid_extension")
        key = _checked(f"{_folder(DERIVED, digest)}/{digest}-{label}.{extension}")
        if self._size(key) != len(data):
            self._write(data, key, len(data))
        return key

    def get(self, key: str) -> bytes:
        """Return the bytes of a key; raises NotFoundError where there are none."""
        with _translated(key):
            return bytes(obstore.get(self._store, _checked(key)).bytes())

    def open_path(self, key: str) -> Path | None:
        """Return the file of a key on a local disk, None where the store is elsewhere.

        Raises NotFoundError where there is no such file.
        """
        _checked(key)
        if self._root is None:
            return None
        path = self._root / key
        if not path.is_file():
            raise _missing(key)
        return path

    def exists(self, key: str) -> bool:
        """Return whether there are bytes for this key."""
        return self._size(_checked(key)) is not None

    def delete(self, key: str) -> None:
        """Remove the bytes of a key; that there are none is fine."""
        with _translated(key):
            try:
                obstore.delete(self._store, _checked(key))
            except FileNotFoundError:
                return

    def keys(self) -> Iterator[str]:
        """Give the key of every original, in no particular order."""
        with _translated(FOLDER):
            for page in obstore.list(self._store, FOLDER, chunk_size=1000):
                yield from (entry["path"] for entry in page if is_key(entry["path"]))

    def entries(self, kind: str, start: str = "") -> Iterator[Stored]:
        """Give the originals or the masters whose digests begin with two hex digits, or all.

        `kind` is FOLDER or DERIVED. They come in no particular order.
        """
        with _translated(kind):
            for page in obstore.list(self._store, f"{kind}/{start}".rstrip("/"), chunk_size=1000):
                for entry in page:
                    if is_key(entry["path"]):
                        written = entry["last_modified"].timestamp()
                        yield Stored(entry["path"], entry["size"], written)

    def digest(self, key: str) -> str:
        """Return the SHA-256 of what is kept under a key, in hex; raises NotFoundError."""
        return _measured(self.open_path(key) or self.get(key))[0]

    def leftovers(self, *, older_than: float = 3600) -> list[Path]:
        """Return what crashed writers left behind, in seconds of age."""
        return [] if self._root is None else list(leftovers(self._root, older_than=older_than))

    def sweep(self, *, older_than: float = 3600) -> int:
        """Remove what crashed writers left behind, in seconds of age; return how many files."""
        return 0 if self._root is None else sweep(self._root, older_than=older_than)

    def _size(self, key: str) -> int | None:
        try:
            with _translated(key):
                return int(obstore.head(self._store, key)["size"])
        except NotFoundError:
            return None

    def _write(self, data: Source, key: str, size: int) -> None:
        if self._root is not None:
            refuse_without_room(self._root, size, self._reserve)
            write_durably(data, self._root, key)
            return
        with _translated(key):
            obstore.put(self._store, key, data)


def _remote(url: str, options: Mapping[str, Any]) -> ObjectStore:
    try:
        return from_url(url, **options)
    except (BaseError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        message = f"The storage must be a folder, s3://…, gs://… or az://…; this is not: {reason}."
        raise InvalidError(message, code="invalid_storage_url") from error


def _folder(kind: str, digest: str) -> str:
    return f"{kind}/{digest[:2]}/{digest[2:4]}"


def _measured(data: Source) -> tuple[str, int]:
    """Return the SHA-256 in hex and the number of bytes."""
    if isinstance(data, bytes):
        return hashlib.sha256(data).hexdigest(), len(data)
    with data.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), file.tell()


def _checked(key: str) -> str:
    if not is_key(key):
        message = "This is no key of the storage."
        raise InvalidError(message, code="invalid_key")
    return key


def _missing(key: str) -> NotFoundError:
    return NotFoundError(f"The storage has no {key}: the file is missing.")


@contextmanager
def _translated(key: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise _missing(key) from error
    except BaseError as error:
        message = "The storage does not answer, or refused the request."
        raise StorageUnavailableError(message) from error
