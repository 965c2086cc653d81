"""The album and the tags that `easel import` gives to what it has brought in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from webapp.cli.sources import Imported
from webapp.errors import EaselError
from webapp.services.accounts import Viewer
from webapp.services.library import Albums
from webapp.services.library.albums import album_title
from webapp.services.library.tags import normal_tags
from webapp.services.library.wired import Library

WITHOUT_TAGS = "It is in the gallery, without these tags. {}"
WITHOUT_ALBUM = "It is in the gallery, but not in the album. {}"


@dataclass(frozen=True, slots=True)
class Labels:
    """An album by its id or title, and tags; empty for none."""

    album: str = ""
    tags: Sequence[str] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to give."""
        return bool(self.album or self.tags)

    def check(self, albums: Albums, owner: Viewer) -> None:
        """Raise InvalidError for tags or a title that can't be, before any work is done."""
        normal_tags(self.tags)
        if self.album and not albums.titled(owner, [self.album]):
            album_title(self.album)

    def give(self, library: Library, owner: Viewer, done: Sequence[Imported]) -> list[Imported]:
        """Label what was brought in; a picture that can't be labelled has failed."""
        ids = list(dict.fromkeys(item.id for item in done if item.id))
        failed = self._into_album(library, owner, ids) | self._tagged(library, owner, ids)
        return [replace(item, error=failed.get(item.id, item.error)) for item in done]

    def _tagged(self, library: Library, owner: Viewer, ids: Collection[str]) -> dict[str, str]:
        failed = {}
        for uid in ids if self.tags else ():
            try:
                library.tags.add(uid, owner, self.tags)
            except EaselError as error:
                failed[uid] = WITHOUT_TAGS.format(error)
        return failed

    def _into_album(self, library: Library, owner: Viewer, ids: Sequence[str]) -> dict[str, str]:
        if not (self.album and ids):
            return {}
        try:
            target = _album(library.albums, owner, self.album)
            moved = library.contents.add(target, owner, ids)
        except EaselError as error:
            return dict.fromkeys(ids, WITHOUT_ALBUM.format(error))
        return {uid: WITHOUT_ALBUM.format(why.message) for uid, why in moved.failed.items()}


def _album(albums: Albums, owner: Viewer, text: str) -> str:
    """Return the id of an album by its id or title; a title that is new makes one."""
    if albums.titled(owner, [text]):
        return text
    return albums.called(owner, text) or albums.create(owner, text).id
