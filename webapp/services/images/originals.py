"""Originals: bytes that somebody brought become a file in the store and facts about it."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from webapp.errors import InvalidError, TooLargeError
from webapp.imaging.intake import take_in
from webapp.imaging.limits import READABLE
from webapp.services.ports import BlobStore
from webapp.services.renderer import Renderer

READ = frozenset(kind.name for kind in READABLE.values())
"""The formats that people may bring."""


@dataclass(frozen=True, slots=True)
class Original:
    """A kept file, and what is known of the picture in it. The names are the image row's.

    `masters` are the keys of smaller originals, by the pixels of their longest side.
    """

    digest: str
    blob_key: str
    bytes: int
    width: int
    height: int
    format: str
    has_alpha: bool
    preview: str
    colour: str
    palette: list[str]
    masters: dict[str, str]


class Originals:
    """Checks pictures and keeps them by the digest of their content."""

    def __init__(
        self, blobs: BlobStore, renderer: Renderer, *, max_bytes: int, max_pixels: int
    ) -> None:
        self._blobs = blobs
        self._renderer = renderer
        self._max_bytes = max_bytes
        self.max_pixels = max_pixels

    def keep(self, source: bytes | Path, *, formats: Collection[str] = READ) -> Original:
        """Check a picture of one of some formats, keep it durably, and return what it is.

        Raises InvalidError for what is no such picture, TooLargeError for too many bytes or pixels,
        StorageFullError when there is no room, OverloadedError when too many pictures are worked
        on: a large one takes much memory while it is looked at, so that few are at a time.
        """
        self._refuse_large(source)
        with self._renderer.turn():
            taken = take_in(source, max_pixels=self.max_pixels)
        info = taken.info
        if info.format not in formats:
            msg = (
                f"This is a {info.format.upper()}, and a {' or '.join(sorted(formats))} is needed."
            )
            raise InvalidError(msg, code="invalid_image", fields={"image": ["invalid_image"]})
        blob = self._blobs.put(source, info.extension)
        masters = {
            str(item.side): self._blobs.put_derived(
                blob.digest, str(item.side), item.data, item.extension
            )
            for item in taken.masters
        }
        return Original(
            digest=blob.digest,
            blob_key=blob.key,
            bytes=blob.size,
            width=info.width,
            height=info.height,
            format=info.format,
            has_alpha=info.alpha,
            preview=taken.preview,
            colour=taken.colour,
            palette=list(taken.palette),
            masters=masters,
        )

    def digest(self, source: bytes | Path) -> str:
        """Return the SHA-256 of a picture in hex; raises TooLargeError as `keep` does."""
        self._refuse_large(source)
        if isinstance(source, bytes):
            return hashlib.sha256(source).hexdigest()
        with source.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def has(self, original: Original) -> bool:
        """Say whether an original's file is there; a purge of its last other use may take it."""
        return self._blobs.exists(original.blob_key)

    def _refuse_large(self, source: bytes | Path) -> None:
        size = source.stat().st_size if isinstance(source, Path) else len(source)
        if size > self._max_bytes:
            msg = f"The file is larger than the {self._max_bytes // 10**6} MB that are allowed."
            raise TooLargeError(msg)
