"""The maker of renditions: each is made once, however many ask, and few are made at a time."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from webapp.errors import (
    EaselError,
    InvalidError,
    NotFoundError,
    OverloadedError,
    TooLargeError,
)
from webapp.imaging.effort import Effort
from webapp.imaging.masters import choose_master
from webapp.imaging.pipeline import render
from webapp.imaging.recipe import Recipe
from webapp.services.pictures import Picture
from webapp.services.ports import BlobStore, Watermarks
from webapp.services.renderer import PATIENCE, Renderer
from webapp.services.renditions.store import MAKING_SECONDS, RenditionStore

logger = logging.getLogger(__name__)

STRIPES = 64
POLL_SECONDS = 0.01
UNREADABLE = "invalid_image"


@dataclass(frozen=True, slots=True)
class Rendition:
    """A rendition that may not exist yet. `etag` is known before it is rendered.

    `preset` is the name it was asked for by, empty for operations of an address.
    """

    picture: Picture
    recipe: Recipe
    format: str
    mime: str
    size: tuple[int, int]
    key: str
    etag: str
    is_negotiated: bool
    preset: str = ""


@dataclass(frozen=True, slots=True)
class Served:
    """The bytes of a rendition, and where they came from: hit, miss or coalesced."""

    data: bytes
    source: str


class RenditionMaker:
    """Renders what is not in the store, and puts it there."""

    def __init__(
        self,
        blobs: BlobStore,
        store: RenditionStore,
        watermarks: Watermarks,
        *,
        max_pixels: int,
        renderer: Renderer,
    ) -> None:
        self._blobs = blobs
        self._store = store
        self._watermarks = watermarks
        self._max_pixels = max_pixels
        self._renderer = renderer
        self._locks = tuple(threading.Lock() for _ in range(STRIPES))

    def make(self, rendition: Rendition, effort: Effort = "request") -> Served:
        """Return a rendition's bytes; the first asker makes them, the others wait for them.

        Askers in other processes wait too, where the cache is shared. Raises NotFoundError or
        InvalidError when the original is missing or damaged, OverloadedError when too many
        others are waiting.
        """
        key = rendition.key
        kept = self._store.get(key)
        if kept is not None:
            return Served(kept, "hit")
        with self._turn(key):
            kept = self._store.get(key) or self._made_elsewhere(key)
            if kept is not None:
                return Served(kept, "coalesced")
            return Served(self._made(rendition, effort), "miss")

    @contextmanager
    def _turn(self, key: str) -> Iterator[None]:
        """Let one at a time through for a key; raises OverloadedError where that takes too long."""
        lock = self._locks[hash(key) % STRIPES]
        if not lock.acquire(timeout=PATIENCE):
            raise OverloadedError
        try:
            yield
        finally:
            lock.release()

    def _made_elsewhere(self, key: str) -> bytes | None:
        """Wait for another process that makes this; None when it is for us to make."""
        if self._store.begin(key):
            return None
        failure = self._store.failure(key)
        if failure is not None:
            raise failure
        end = time.monotonic() + MAKING_SECONDS
        while self._store.is_being_made(key) and time.monotonic() < end:
            time.sleep(POLL_SECONDS)
        return self._store.get(key)

    def _made(self, rendition: Rendition, effort: Effort) -> bytes:
        key = rendition.key
        try:
            data = self._rendered(rendition, effort)
            self._store.keep(key, rendition.picture.digest, data)
        except (NotFoundError, InvalidError, TooLargeError) as error:
            self._store.fail(key, error)
            raise
        except BaseException:
            self._store.end(key)
            raise
        self._store.end(key)
        return data

    def _rendered(self, rendition: Rendition, effort: Effort) -> bytes:
        """Return the pixels from the first source that can be read."""
        recipe, picture = rendition.recipe, rendition.picture
        marks = {name: self._watermarks.read(name) for name in recipe.watermarks}
        with self._renderer.turn():
            for source in self._sources(picture, recipe):
                try:
                    return render(
                        source(),
                        recipe.operations,
                        recipe.output(effort=effort),
                        max_pixels=self._max_pixels,
                        original=(picture.width, picture.height),
                        watermarks=marks,
                    ).data
                except EaselError as error:
                    if not isinstance(error, NotFoundError) and error.code != UNREADABLE:
                        raise
                    logger.warning("A file of image %s can't be used: %s", picture.id, error)
                    failure = error
        raise _of_the_original(failure) from failure

    def _sources(self, picture: Picture, recipe: Recipe) -> Iterator[Callable[[], bytes | Path]]:
        """Give the smallest master that suffices, and the original."""
        sides = [int(side) for side in picture.masters]
        side = choose_master(recipe, (picture.width, picture.height), sides)
        keys = [] if side is None else [picture.masters[str(side)]]
        for key in (*keys, picture.blob_key):
            yield partial(self._stored, key)

    def _stored(self, key: str) -> bytes | Path:
        return self._blobs.open_path(key) or self._blobs.get(key)


def _of_the_original(error: EaselError) -> EaselError:
    """Return what to say when not even the original could be read."""
    if isinstance(error, NotFoundError):
        msg = "The original of this picture is missing from the store."
        return NotFoundError(msg, code="original_missing")
    msg = "The original of this picture is damaged and can't be read."
    return InvalidError(msg, code="original_damaged")
