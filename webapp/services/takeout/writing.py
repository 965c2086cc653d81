"""Writing a take-out: its files one after the other, for a folder or a ZIP."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from webapp.errors import EaselError
from webapp.models import Database
from webapp.services.accounts import Viewer
from webapp.services.exports.archive import Entry, zipped
from webapp.services.exports.names import extension_of
from webapp.services.exports.originals import intact, pieces
from webapp.services.images.images import ImageManager
from webapp.services.pictures import Picture, moment
from webapp.services.takeout.gathering import Gatherer, Sizes
from webapp.services.takeout.records import (
    FILES,
    MANIFEST,
    MASKS,
    ORIGINALS,
    Manifest,
    MissingRecord,
    lines_of,
)

BEGINNING = datetime(1980, 1, 1, tzinfo=UTC)
"""The time of files that are made anew each time: the same library gives the same bytes."""


@dataclass(slots=True)
class Tally:
    """What was written so far: records by kind, originals as `originals`, and what is missing."""

    counts: Counter[str] = field(default_factory=Counter)
    missing: list[MissingRecord] = field(default_factory=list)


class TakeoutWriter:
    """Writes all that a person has, in a form that Easel and others can read."""

    def __init__(self, database: Database, images: ImageManager, version: str) -> None:
        self._database = database
        self._images = images
        self._version = version

    def sizes(self, owner: Viewer) -> Sizes:
        """Return how much a person's take-out will hold."""
        return Gatherer(self._database, owner).sizes()

    def zip(self, owner: Viewer, tally: Tally | None = None) -> Iterator[bytes]:
        """Give a person's take-out as a ZIP, in pieces."""
        return zipped(self.entries(owner, tally or Tally()))

    def entries(self, owner: Viewer, tally: Tally) -> Iterator[Entry]:
        """Give the files of a person's take-out; the manifest, which says what is there, is last.

        What can't be read is told there, and does not hold up the rest.
        """
        gatherer = Gatherer(self._database, owner)
        for kind in FILES:
            yield Entry(lines_of(kind), _lines(gatherer, kind, tally), BEGINNING, is_packed=True)
        for row, mask in gatherer.masks():
            name = f"{MASKS}/{row.uid}.png"
            yield Entry(name, [mask], moment(row.created_ms), len(mask))
        yield from self._originals(gatherer, tally)
        yield self._manifest(owner, tally)

    def beginning(self, owner: Viewer) -> Entry:
        """Return the manifest of a take-out that is not complete yet."""
        return _entry(self._told(owner, Tally(), is_complete=False))

    def _originals(self, gatherer: Gatherer, tally: Tally) -> Iterator[Entry]:
        for rows in gatherer.pages():
            for picture in map(Picture.of, rows):
                if not picture.is_ready:
                    continue
                name = f"{ORIGINALS}/{picture.id}.{extension_of(picture.format)}"
                try:
                    with intact(self._images, picture) as file:
                        yield Entry(
                            name,
                            pieces(file),
                            picture.created,
                            picture.bytes,
                            digest=picture.digest,
                        )
                    tally.counts[ORIGINALS] += 1
                except EaselError as error:
                    tally.missing.append(MissingRecord(id=picture.id, reason=str(error)))

    def _manifest(self, owner: Viewer, tally: Tally) -> Entry:
        return _entry(self._told(owner, tally, is_complete=True))

    def _told(self, owner: Viewer, tally: Tally, *, is_complete: bool) -> Manifest:
        return Manifest(
            version=self._version,
            created=datetime.now(UTC),
            user=owner.name,
            is_complete=is_complete,
            counts={kind: tally.counts[kind] for kind in (*FILES, ORIGINALS)},
            missing=tally.missing,
        )


def _lines(gatherer: Gatherer, kind: str, tally: Tally) -> Iterator[bytes]:
    for record in gatherer.records(kind):
        tally.counts[kind] += 1
        # Rows were checked when they came: their parts are taken as they are.
        yield record.model_dump_json(exclude_none=True, warnings=False).encode() + b"\n"


def _entry(manifest: Manifest) -> Entry:
    text = manifest.model_dump_json(indent=2, exclude_none=True) + "\n"
    return Entry(MANIFEST, [text.encode()], BEGINNING, is_packed=True)
