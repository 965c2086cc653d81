"""Static galleries: an album as pages that any web server can send, or that open from a folder."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, BinaryIO

from webapp.errors import EaselError, InvalidError
from webapp.imaging.presets import PRESETS, Preset
from webapp.models import Album, Database
from webapp.services.accounts import Viewer
from webapp.services.exports.archive import Entry, zipped
from webapp.services.exports.exhibits import (
    Exhibit,
    Rendered,
    alternative,
    facts_of,
    room_file,
)
from webapp.services.exports.names import file_name
from webapp.services.exports.originals import intact, pieces
from webapp.services.exports.selection import Page, Selections
from webapp.services.images.downloads import CHOICES, Downloads
from webapp.services.images.images import ImageManager
from webapp.services.patience import patiently
from webapp.services.pictures import Picture
from webapp.services.renditions.renditions import Renditions

THUMB, SHARPER, LARGE = PRESETS["grid"], PRESETS["grid2x"], PRESETS["w1920"]
EXTENSION = "webp"
STYLES, PROBLEMS = "gallery.css", "MISSING.txt"
TIME = datetime(1980, 1, 1, tzinfo=UTC)
"""The time of what is written anew each time: the same album gives the same bytes."""


@dataclass(frozen=True, slots=True)
class Design:
    """How galleries look: `draw` returns the HTML of a page by its name and values."""

    draw: Callable[[str, Mapping[str, Any]], str]
    styles: bytes


@dataclass(frozen=True, slots=True)
class GalleryWish:
    """Which album, and what is shown of it. `metadata` is full, or none to keep prompts out."""

    album: str
    metadata: str = ""
    has_originals: bool = False


class StaticGalleries:
    """Makes galleries of albums, picture by picture; few are in memory."""

    def __init__(
        self,
        database: Database,
        images: ImageManager,
        downloads: Downloads,
        renditions: Renditions,
    ) -> None:
        self.images = images
        self.downloads = downloads
        self.renditions = renditions
        self._selections = Selections(database)

    def zip(self, owner: Viewer, wish: GalleryWish, design: Design) -> Iterator[bytes]:
        """Return a gallery as a ZIP, in pieces; raises as `entries` does."""
        return zipped(self.entries(owner, wish, design))

    def entries(self, owner: Viewer, wish: GalleryWish, design: Design) -> Iterator[Entry]:
        """Return the files of a gallery.

        Raises NotFoundError for an album that is none of the person's, InvalidError for another
        choice of metadata.
        """
        if wish.metadata not in ("", *CHOICES):
            msg = f"Metadata is one of {', '.join(CHOICES)}."
            raise InvalidError(msg, fields={"metadata": ["invalid"]})
        album = self._selections.album(owner, wish.album)
        is_bare = wish.metadata == "none" or (not wish.metadata and self.downloads.strips(owner))
        hanging = _Hanging(self, owner, album, design, is_bare=is_bare)
        pages = self._selections.of_album(owner, album)
        return hanging.entries(pages, has_originals=wish.has_originals)


class _Hanging:
    """One gallery while it is made."""

    def __init__(
        self,
        parts: StaticGalleries,
        owner: Viewer,
        album: Album,
        design: Design,
        *,
        is_bare: bool,
    ) -> None:
        self._parts = parts
        self._owner = owner
        self._album = album
        self._design = design
        self._is_bare = is_bare
        self._number = 0
        self._problems: list[str] = []

    def entries(self, pages: Iterator[Page], *, has_originals: bool) -> Iterator[Entry]:
        """Give the files: pictures first, and each page as soon as its neighbours are known."""
        yield Entry(STYLES, [self._design.styles], TIME, is_packed=True)
        before: Exhibit | None = None
        waiting: Exhibit | None = None
        room, page = 1, next(pages, None)
        while True:
            shown: list[Exhibit] = []
            following = None if page is None else next(pages, None)
            for picture in () if page is None else page.pictures:
                hung = yield from self._hung(picture, room, has_originals=has_originals)
                if hung is None:
                    continue
                if waiting is not None:
                    yield self._page(waiting, before, hung)
                before, waiting = waiting, hung
                shown.append(hung)
            yield self._room(room, shown, is_last=following is None)
            if following is None:
                break
            room, page = room + 1, following
        if waiting is not None:
            yield self._page(waiting, before, None)
        if self._problems:
            told = "\n".join(["These pictures are not in this gallery:", "", *self._problems, ""])
            yield Entry(PROBLEMS, [told.encode()], TIME, is_packed=True)

    def _hung(
        self, picture: Picture, room: int, *, has_originals: bool
    ) -> Generator[Entry, None, Exhibit | None]:
        """Give the files of a picture, and return what pages show; None where it can't be had."""
        name = f"{self._number + 1:04}"
        try:
            thumb, small = self._rendered(picture, THUMB, f"thumbs/{name}.{EXTENSION}")
            sharper, medium = self._rendered(picture, SHARPER, f"thumbs/{name}-2x.{EXTENSION}")
            large, whole = self._rendered(picture, LARGE, f"pictures/{name}.{EXTENSION}")
            original = yield from self._original(picture, name, is_wanted=has_originals)
        except EaselError as error:
            self._problems.append(f"{picture.id}: {error}")
            return None
        self._number += 1
        is_sharper = sharper.width > thumb.width
        yield Entry(thumb.file, [small], TIME, len(small))
        if is_sharper:
            yield Entry(sharper.file, [medium], TIME, len(medium))
        yield Entry(large.file, [whole], TIME, len(whole))
        return Exhibit(
            number=self._number,
            page=f"pictures/{name}.html",
            thumb=thumb,
            sharper=sharper if is_sharper else None,
            large=large,
            original=original,
            alt=alternative(picture, self._number, is_bare=self._is_bare),
            title="" if self._is_bare else picture.title,
            facts={} if self._is_bare else facts_of(picture),
            room=room_file(room),
        )

    def _original(
        self, picture: Picture, name: str, *, is_wanted: bool
    ) -> Generator[Entry, None, str]:
        """Give the original as it would be saved, and return its name, empty for none."""
        if not is_wanted:
            return ""
        metadata = "none" if self._is_bare else "full"
        with intact(self._parts.images, picture) as file:
            saved = self._parts.downloads.saved(picture, self._owner, metadata)
            written: BinaryIO = saved.source if isinstance(saved.source, BytesIO) else file
            said = file_name(picture, is_bare=self._is_bare)
            path = (
                f"originals/{name}{said[said.rindex('.') :]}"
                if self._is_bare
                else f"originals/{said}"
            )
            yield Entry(path, pieces(written), TIME, picture.bytes)
        return path

    def _rendered(self, picture: Picture, preset: Preset, file: str) -> tuple[Rendered, bytes]:
        renditions = self._parts.renditions
        plan = renditions.plan(picture, preset.recipe(), EXTENSION, "")
        return Rendered(file, *plan.size), patiently(lambda: renditions.make(plan)).data

    def _room(self, number: int, shown: Sequence[Exhibit], *, is_last: bool) -> Entry:
        values = {
            "shown": shown,
            "number": number,
            "previous": room_file(number - 1) if number > 1 else "",
            "next": "" if is_last else room_file(number + 1),
        }
        return self._drawn("index.html", room_file(number), values)

    def _page(self, item: Exhibit, before: Exhibit | None, after: Exhibit | None) -> Entry:
        values = {"item": item, "previous": before, "next": after}
        return self._drawn("picture.html", item.page, values)

    def _drawn(self, template: str, file: str, values: dict[str, Any]) -> Entry:
        shared = {"album": self._album, "styles": STYLES, "root": "../" * file.count("/")}
        text = self._design.draw(template, shared | values)
        return Entry(file, [text.encode()], TIME, is_packed=True)
