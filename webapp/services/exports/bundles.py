"""Bundles: some pictures as one ZIP to be saved, each with a file that tells how it was made."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, BinaryIO

from webapp.errors import EaselError, InvalidError
from webapp.models import Database
from webapp.services.accounts import Viewer
from webapp.services.exports.archive import Entry, zipped
from webapp.services.exports.names import file_name
from webapp.services.exports.originals import intact, pieces
from webapp.services.exports.selection import Page, Selections
from webapp.services.images.downloads import CHOICES, Downloads
from webapp.services.images.images import ImageManager
from webapp.services.library import facts
from webapp.services.pictures import Picture

PROBLEMS = "MISSING.txt"
UNKNOWN = "There is no such finished picture of yours."

Sidecar = Mapping[str, Any]


class Bundles:
    """Writes ZIPs of pictures while they are sent; what can't be had is told at the end of them."""

    def __init__(self, database: Database, images: ImageManager, downloads: Downloads) -> None:
        self._database = database
        self._images = images
        self._downloads = downloads
        self._selections = Selections(database)

    def of_ids(self, owner: Viewer, uids: Sequence[str], metadata: str = "") -> Iterator[bytes]:
        """Return a ZIP of some pictures in pieces.

        `metadata` is full or none, as for downloads; without prompts there are no files beside the
        pictures either. Raises InvalidError for another choice, and for no or too many ids.
        """
        return self._zip(owner, self._selections.of_ids(owner, uids), metadata)

    def of_album(self, owner: Viewer, uid: str, metadata: str = "") -> Iterator[bytes]:
        """Return a ZIP of an album; raises NotFoundError too."""
        album = self._selections.album(owner, uid)
        return self._zip(owner, self._selections.of_album(owner, album), metadata)

    def everything(self, owner: Viewer, metadata: str = "") -> Iterator[bytes]:
        """Return a ZIP of all of a person's pictures outside the trash."""
        return self._zip(owner, self._selections.everything(owner), metadata)

    def _zip(self, owner: Viewer, pages: Iterable[Page], metadata: str) -> Iterator[bytes]:
        if metadata not in ("", *CHOICES):
            msg = f"Metadata is one of {', '.join(CHOICES)}."
            raise InvalidError(msg, fields={"metadata": ["invalid"]})
        strips = metadata == "none" or (not metadata and self._downloads.strips(owner))
        return zipped(self._entries(owner, pages, "none" if strips else "full"))

    def _entries(self, owner: Viewer, pages: Iterable[Page], metadata: str) -> Iterator[Entry]:
        problems: list[str] = []
        for page in pages:
            problems += [f"{uid}: {UNKNOWN}" for uid in page.unknown]
            sidecars = self._sidecars(page.pictures) if metadata == "full" else {}
            for picture in page.pictures:
                try:
                    yield from self._files(owner, picture, metadata, sidecars.get(picture.id))
                except EaselError as error:
                    problems.append(f"{picture.id}: {error}")
        if problems:
            told = "\n".join(["These pictures are not in this archive:", "", *problems, ""])
            yield Entry(PROBLEMS, [told.encode()], datetime.now(UTC), is_packed=True)

    def _files(
        self, owner: Viewer, picture: Picture, metadata: str, sidecar: Sidecar | None
    ) -> Iterator[Entry]:
        with intact(self._images, picture) as file:
            saved = self._downloads.saved(picture, owner, metadata)
            written: BinaryIO = saved.source if isinstance(saved.source, BytesIO) else file
            name = file_name(picture, is_bare=saved.is_bare)
            yield Entry(name, pieces(written), picture.created, picture.bytes)
        if sidecar is not None:
            text = json.dumps(sidecar, ensure_ascii=False, indent=2) + "\n"
            yield Entry(f"{name}.json", [text.encode()], picture.created, is_packed=True)

    def _sidecars(self, pictures: Sequence[Picture]) -> dict[str, Sidecar]:
        """Return what is told of pictures, by id."""
        keys = [picture.key for picture in pictures]
        with self._database.reading() as session:
            makers = facts.makers_of(session, keys)
            tags, albums = facts.tags_of(session, keys), facts.albums_of(session, keys)
            parents = facts.parents_of(session, keys)
        return {
            picture.id: _told(picture, makers.get(picture.key))
            | {
                "tags": tags[picture.key],
                "albums": [title for _, title in albums[picture.key]],
                "parents": [{"id": uid, "role": role} for uid, role in parents[picture.key]],
            }
            for picture in pictures
        }


def _told(picture: Picture, made_by: facts.MadeBy | None) -> dict[str, Any]:
    """Return a picture's own facts; the digest and the size are those of what is kept."""
    return {
        "id": picture.id,
        "created": picture.created.isoformat(),
        "prompt": picture.prompt,
        "negative_prompt": picture.negative_prompt,
        "provider": picture.provider,
        "model": picture.model,
        "seed": picture.seed,
        "parameters": dict(picture.parameters),
        "template": made_by.template if made_by else None,
        "template_version": made_by.template_version if made_by else None,
        "filename": picture.filename,
        "width": picture.width,
        "height": picture.height,
        "format": picture.format,
        "bytes": picture.bytes,
        "sha256": picture.digest,
        "focal_point": None if picture.focal is None else list(picture.focal),
    }
