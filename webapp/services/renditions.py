"""Renditions: an original at the size and in the format that somebody asks for."""

import hashlib
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from webapp.errors import InvalidError, NotFoundError
from webapp.imaging.formats import FORMATS, by_extension, negotiate
from webapp.imaging.pipeline import Output, render
from webapp.imaging.presets import Preset, box
from webapp.services.pictures import Picture
from webapp.services.ports import BlobStore, Cache

PIPELINE = "1"
"""Part of every key: raise it when the pipeline gives other pixels for the same request."""

LARGE, NO_PRESET = (4096, 3072), (400, 300)
STRIPES = 64


@dataclass(frozen=True, slots=True)
class Rendition:
    """A rendition that may not exist yet. `etag` is known before it is rendered."""

    picture: Picture
    preset: Preset
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
    """Makes renditions at most once, at most as many at a time as there are processors."""

    def __init__(
        self,
        blobs: BlobStore,
        cache: Cache,
        presets: Mapping[str, Preset],
        *,
        max_pixels: int,
        renderers: int | None = None,
    ) -> None:
        self._blobs = blobs
        self._cache = cache
        self._presets = presets
        self._max_pixels = max_pixels
        self._locks = tuple(threading.Lock() for _ in range(STRIPES))
        self._renderers = threading.Semaphore(renderers or os.cpu_count() or 1)

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

    def size_or_guess(self, picture: Picture | None, name: str) -> tuple[int, int]:
        """Return the same, as of a large picture without one; a small size for no preset."""
        preset = self._presets.get(name)
        if preset is None:
            return NO_PRESET
        return box(preset, *(LARGE if picture is None else (picture.width, picture.height)))

    def plan(self, picture: Picture, name: str, extension: str, accept: str) -> Rendition:
        """Return what would be served; an empty extension leaves the format to `accept`."""
        preset = self.preset(name)
        if extension:
            kind = by_extension(extension).name
        else:
            kind = negotiate(accept, alpha=picture.has_alpha)
        key = rendition_key(picture.digest, preset, kind)
        return Rendition(
            picture=picture,
            preset=preset,
            format=kind,
            mime=FORMATS[kind].mime,
            size=box(preset, picture.width, picture.height),
            key=key,
            etag=hashlib.sha256(key.encode()).hexdigest()[:24],
            is_negotiated=not extension,
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
            self._cache.set(rendition.key, data)
            return Served(data, "miss")

    def forget(self, picture: Picture) -> None:
        """Delete every rendition of a picture's original."""
        self._cache.delete_many(
            *(
                rendition_key(picture.digest, preset, kind)
                for preset in self._presets.values()
                for kind in FORMATS
            )
        )

    def _render(self, rendition: Rendition) -> bytes:
        steps = [rendition.preset.resize()]
        output = Output(rendition.format, rendition.preset.quality)
        with self._renderers:
            source = self._source(rendition.picture)
            return render(source, steps, output, max_pixels=self._max_pixels).data

    def _source(self, picture: Picture) -> bytes | Path:
        path = self._blobs.open_path(picture.blob_key)
        if path is None:
            return self._blobs.get(picture.blob_key)
        if not path.exists():
            msg = "The original of this picture is missing from the store."
            raise NotFoundError(msg, code="original_missing")
        return path


def rendition_key(digest: str, preset: Preset, kind: str) -> str:
    """Return the cache key of a rendition: it changes with the original and with the recipe."""
    recipe = f"{preset.width}x{preset.height}-{preset.fit}-q{preset.quality}"
    return f"rendition/{PIPELINE}/{digest}/{recipe}.{kind}"
