"""Warming: make renditions before anybody asks for them."""

import logging
import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Select, select

from webapp.errors import EaselError, InvalidError
from webapp.models import Database, Image
from webapp.services.pictures import Picture
from webapp.services.renditions.renditions import Renditions

logger = logging.getLogger(__name__)

GALLERY = "gallery"
SEPARATOR = ":"
BATCH = 200


@dataclass(frozen=True, slots=True)
class Warmed:
    """What became of a rendition, `gallery:<image>:<preset>`: made, there already, or failed."""

    name: str
    is_new: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """Renditions by name. `matches` says of each name whether it is meant."""

    presets: tuple[str, ...]
    matches: Callable[[str], bool]

    def of(self, uid: str) -> list[str]:
        """Return the presets that are meant for an image."""
        return [name for name in self.presets if self.matches(rendition_name(uid, name))]


class Warmer:
    """Makes the renditions that a selection means, one after the other on every processor."""

    def __init__(self, database: Database, renditions: Renditions) -> None:
        self._database = database
        self._renditions = renditions

    def selection(self, glob: str = "", presets: Sequence[str] = ()) -> Selection:
        """Return what a glob means, narrowed to some presets.

        Without either it is what should be there anyway: the optimistic presets of all images.
        Raises InvalidError for an unknown preset, or a glob that no preset can match.
        """
        known = self._renditions.presets
        for name in presets:
            self._renditions.preset(name)
        last = re.compile(_segment(glob.rpartition(SEPARATOR)[2] or "**"))
        chosen = tuple(
            name
            for name in presets or known
            if last.fullmatch(name) and (presets or glob or known[name].strategy == "optimistic")
        )
        if not chosen:
            msg = f"{glob or 'This'} means no preset. There are {', '.join(known)}."
            raise InvalidError(msg, code="unknown_preset")
        matches = re.compile(glob_pattern(glob or "**")).fullmatch
        return Selection(chosen, lambda name: matches(name) is not None)

    def count(self, selection: Selection) -> int:
        """Return how many renditions a selection means."""
        return sum(len(selection.of(uid)) for batch in self._batches() for uid in batch.values())

    def warm(
        self, selection: Selection, extension: str = "webp", *, threads: int | None = None
    ) -> Iterator[Warmed]:
        """Make what is not there, and tell of each rendition as it is done; failures too."""
        pool = ThreadPoolExecutor(threads or os.cpu_count() or 1)
        tasks = (
            pool.submit(self._one, picture, preset, extension)
            for picture in self._pictures()
            for preset in selection.of(picture.id)
        )
        try:
            # A window over the tasks: a million of them need not be in memory at once.
            running: set[Future[Warmed]] = set(islice(tasks, BATCH))
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                running |= set(islice(tasks, len(done)))
                yield from (task.result() for task in done)
        finally:
            pool.shutdown(cancel_futures=True)  # whoever stops waits for what is being made alone

    def _one(self, picture: Picture, preset: str, extension: str) -> Warmed:
        name = rendition_name(picture.id, preset)
        try:
            plan = self._renditions.by_preset(picture, preset, extension)
            return Warmed(name, is_new=self._renditions.ensure(plan))
        except EaselError as error:
            return Warmed(name, error=str(error))
        except Exception as error:  # the others shall be made all the same
            logger.exception("No %s", name)
            return Warmed(name, error=f"{type(error).__name__}: {error}")

    def _pictures(self) -> Iterator[Picture]:
        for batch in self._batches():
            some = select(Image).where(Image.id.in_(batch)).order_by(Image.id.desc())
            with self._database.reading() as session:
                rows = session.scalars(some).all()
            yield from (Picture.of(row) for row in rows)

    def _batches(self) -> Iterator[dict[int, str]]:
        """Give the keys and ids of images that can be shown, newest first."""
        ready = select(Image.id, Image.uid).where(
            Image.state == "ready", Image.deleted_ms.is_(None)
        )
        newest_first = ready.order_by(Image.id.desc())
        some = newest_first
        while batch := self._read(some.limit(BATCH)):
            yield batch
            some = newest_first.where(Image.id < min(batch))

    def _read(self, some: Select[int, str]) -> dict[int, str]:
        with self._database.reading() as session:
            return dict(session.execute(some).all())


def rendition_name(uid: str, preset: str) -> str:
    """Return what globs go over."""
    return SEPARATOR.join((GALLERY, uid, preset))


def glob_pattern(glob: str) -> str:
    """Return a glob over colon segments as a regular expression.

    `*` and `?` stay within a segment; a segment `**` stands for any number of them.
    """
    return SEPARATOR.join(_segment(part) for part in glob.split(SEPARATOR))


def _segment(glob: str) -> str:
    if glob == "**":
        return ".*"
    wild = {"*": f"[^{SEPARATOR}]*", "?": f"[^{SEPARATOR}]"}
    return "".join(wild.get(letter, re.escape(letter)) for letter in glob)
