"""Uploads: whatever somebody brings, picture by picture; what can't be kept is said by name."""

import math
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from webapp.errors import EaselError, InvalidError
from webapp.services.accounts import Viewer
from webapp.services.images.images import ImageManager
from webapp.services.images.kept import Kept
from webapp.services.uploads.addresses import SECONDS, fetched
from webapp.services.uploads.archives import is_archive, pictures_in
from webapp.services.uploads.staging import Arrival, StagedFiles, Staging

EMPTY = "There are no pictures in this archive."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file, by the name that it came with: it was kept, or why not."""

    name: str
    kept: Kept | None = None
    error: EaselError | None = None


class Uploads:
    """Brings pictures into somebody's gallery. `max_bytes` is what a picture may have."""

    def __init__(self, images: ImageManager, staging: Staging, *, max_bytes: int) -> None:
        self._images = images
        self._staging = staging
        self.max_bytes = max_bytes

    def files(self) -> AbstractContextManager[StagedFiles]:
        """Give a maker of files for what is on its way in, removed at the end."""
        return self._staging.files()

    def folder(self) -> Path:
        """Return the folder of what is on its way in, which is there."""
        return self._staging.prepared()

    def sweep(self) -> int:
        """Remove what killed processes left on its way in; return how many files."""
        return self._staging.sweep()

    def take(self, owner: Viewer, arrival: Arrival, *, end: float = math.inf) -> Iterator[Outcome]:
        """Keep a picture, or those in a ZIP archive, and say of each what became of it.

        Raises nothing for what a file holds: one that can't be kept does not hold up the others.
        Of an archive, no more is begun after `end`, in seconds of the monotonic clock.
        """
        if not is_archive(arrival.path):
            yield self._take_one(owner, arrival)
            return
        is_empty = True
        with self.files() as files:
            for found in pictures_in(arrival, files, most_bytes=self.max_bytes, end=end):
                is_empty = False
                if isinstance(found, Arrival):
                    yield self._take_one(owner, found)
                    found.path.unlink(missing_ok=True)
                else:
                    yield Outcome(found.name, error=found.error)
        if is_empty:
            error = InvalidError(EMPTY, code="invalid_archive")
            yield Outcome(arrival.name, error=error)

    @contextmanager
    def fetched(self, url: str, seconds: float = SECONDS) -> Iterator[Arrival]:
        """Give the file at a public address, for as long as the block lasts.

        Raises what `addresses.fetched` does.
        """
        with self.files() as files:
            yield fetched(url, files, most_bytes=self.max_bytes, seconds=seconds)

    def _take_one(self, owner: Viewer, arrival: Arrival) -> Outcome:
        try:
            kept = self._images.keep(owner, arrival.path, filename=arrival.name)
        except EaselError as error:
            return Outcome(arrival.name, error=error)
        return Outcome(arrival.name, kept=kept)
