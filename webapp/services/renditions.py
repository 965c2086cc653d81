"""Renditions: an original at the size and in the format that somebody asks for."""

import hashlib
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.orm import Session

from webapp.errors import GoneError, InvalidError, NotFoundError
from webapp.imaging.formats import FORMATS, by_extension, negotiate
from webapp.imaging.masters import choose_master
from webapp.imaging.pipeline import render
from webapp.imaging.presets import Preset, box
from webapp.imaging.recipe import Recipe
from webapp.services.pictures import Picture
from webapp.services.ports import BlobStore, Cache
from webapp.services.renderer import Renderer
from webapp.services.rendition_index import RenditionIndex

logger = logging.getLogger(__name__)

PIPELINE = "2"
"""Part of every key: raise it when the pipeline gives other pixels for the same request."""

LARGE, NO_PRESET = (4096, 3072), (400, 300)
STRIPES = 64
WHOLE_QUALITY = 92


@dataclass(frozen=True, slots=True)
class Rendition:
    """A rendition that may not exist yet. `etag` is known before it is rendered."""

    picture: Picture
    recipe: Recipe
    format: str
    mime: str
    size: tuple[int, int]
    key: str
    etag: str
    is_negotiated: bool


@dataclass(frozen=True, slots=True)
class Served:
    """The bytes of a rendition, and where they came from: hit, miss or coalesced."""

    data: bytes
    source: str


class Renditions:
    """Makes renditions, each at most once, and a bounded number at a time."""

    def __init__(
        self,
        blobs: BlobStore,
        cache: Cache,
        index: RenditionIndex,
        presets: Mapping[str, Preset],
        *,
        max_pixels: int,
        renderer: Renderer | None = None,
    ) -> None:
        self._blobs = blobs
        self._cache = cache
        self._index = index
        self._presets = presets
        self._max_pixels = max_pixels
        self._locks = tuple(threading.Lock() for _ in range(STRIPES))
        self._renderer = renderer or Renderer()

    def preset(self, name: str) -> Preset:
        """Return a preset; raises InvalidError that names the unknown one."""
        try:
            return self._presets[name]
        except KeyError:
            msg = f"There is no preset {name[:40]!r}. There are {', '.join(self._presets)}."
            raise InvalidError(msg, code="unknown_preset") from None

    def size(self, picture: Picture, name: str) -> tuple[int, int]:
        """Return the width and height of a picture's rendition."""
        return box(self.preset(name), picture.width, picture.height)

    def size_or_guess(self, picture: Picture | None, recipe: Recipe | None) -> tuple[int, int]:
        """Return the size that a rendition has; as of a large picture where there is none."""
        if recipe is None:
            return NO_PRESET
        width, height = LARGE if picture is None else (picture.width, picture.height)
        try:
            return recipe.result_size(width, height)
        except InvalidError:  # a crop beside the picture
            return NO_PRESET

    def plan(self, picture: Picture, recipe: Recipe, extension: str, accept: str) -> Rendition:
        """Return what would be served; an empty extension leaves the format to `accept`.

        Raises InvalidError for a recipe that this picture can't have, GoneError for an expired one.
        """
        if recipe.expires is not None and recipe.expires <= time.time():
            msg = "This link has expired."
            raise GoneError(msg, code="expired")
        kind = _format(picture, recipe, extension, accept)
        settled = _whole(recipe).settled(format=kind)
        key = f"rendition/{PIPELINE}/{picture.digest}/{settled.cache_key}"
        return Rendition(
            picture=picture,
            recipe=settled,
            format=kind,
            mime=FORMATS[kind].mime,
            size=recipe.result_size(picture.width, picture.height),
            key=key,
            etag=hashlib.sha256(key.encode()).hexdigest()[:24],
            is_negotiated=not extension and recipe.format is None,
        )

    def serve(self, rendition: Rendition) -> Served:
        """Return a rendition's bytes; the first asker makes them, the others wait for them.

        Raises NotFoundError or InvalidError when the original is missing or damaged.
        """
        kept = self._cache.get(rendition.key)
        if kept is not None:
            return Served(kept, "hit")
        with self._locks[hash(rendition.key) % STRIPES]:
            kept = self._cache.get(rendition.key)
            if kept is not None:
                return Served(kept, "coalesced")
            data = self._render(rendition)
            self._keep(rendition, data)
            return Served(data, "miss")

    def forget(self, session: Session, picture: Picture) -> None:
        """Delete every rendition of an original, in the transaction that takes it away."""
        self._cache.delete_many(*self._index.remove(session, picture.digest))

    def _keep(self, rendition: Rendition, data: bytes) -> None:
        self._index.note(rendition.key, rendition.picture.digest)
        self._cache.set(rendition.key, data)
        if not self._index.is_noted(rendition.key):  # it was purged meanwhile
            self._cache.delete_many(rendition.key)

    def _render(self, rendition: Rendition) -> bytes:
        recipe = rendition.recipe
        if recipe.watermarks:
            msg = f"There is no watermark {recipe.watermarks[0]!r}."
            raise InvalidError(msg, code="unknown_watermark")
        picture = rendition.picture
        with self._renderer.turn():
            done = render(
                self._source(picture, recipe),
                recipe.operations,
                recipe.output(),
                max_pixels=self._max_pixels,
                original=(picture.width, picture.height),
            )
        return done.data

    def _source(self, picture: Picture, recipe: Recipe) -> bytes | Path:
        """Return the smallest master that suffices, or the original."""
        sides = [int(side) for side in picture.masters]
        side = choose_master(recipe, (picture.width, picture.height), sides)
        if side is not None:
            try:
                return self._stored(picture.masters[str(side)])
            except NotFoundError:
                logger.warning("A master of image %s is missing", picture.id)
        try:
            return self._stored(picture.blob_key)
        except NotFoundError as error:
            msg = "The original of this picture is missing from the store."
            raise NotFoundError(msg, code="original_missing") from error

    def _stored(self, key: str) -> bytes | Path:
        return self._blobs.open_path(key) or self._blobs.get(key)


def _whole(recipe: Recipe) -> Recipe:
    """Return the recipe for an original: all of its pixels, and none of what a camera wrote."""
    if not recipe.is_original:
        return recipe
    return replace(recipe, is_original=False, quality=WHOLE_QUALITY)


def _format(picture: Picture, recipe: Recipe, extension: str, accept: str) -> str:
    """Return the format that extension, recipe or asker decide; two that differ are refused."""
    named = by_extension(extension).name if extension else recipe.format
    if named is None and recipe.is_original and picture.format in FORMATS:
        return picture.format
    if named is None:
        return negotiate(accept, alpha=recipe.leaves_alpha(before=picture.has_alpha))
    if recipe.format not in (None, named):
        msg = f"f_{recipe.format} and the extension .{extension} contradict each other."
        raise InvalidError(msg, code="invalid_ops")
    return named
