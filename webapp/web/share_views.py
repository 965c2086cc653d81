"""Share pages: what they tell, which is no more than their link allows."""

from dataclasses import dataclass

from flask import url_for

from webapp.services.links.grants import Grant
from webapp.services.links.shared import Beside, SharedAlbum, SharedPage
from webapp.services.pictures import Picture
from webapp.web.addresses import absolute
from webapp.web.thumbs import size_in

STRIPPED = frozenset({"png", "jpeg", "webp"})
"""The formats that can be saved without what they say of themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareView:
    """A share page. Its addresses hold the link's key, so that they end with it."""

    key: str
    title: str
    description: str = ""
    pictures: tuple[Picture, ...]
    tells_all: bool
    next_page: str | None = None
    album_url: str | None = None
    previous_url: str | None = None
    next_url: str | None = None
    preview_url: str | None = None
    saved: frozenset[str] = frozenset()

    @classmethod
    def of_album(cls, grant: Grant, album: SharedAlbum, page: SharedPage) -> "ShareView":
        """Return a page of an album."""
        cursor = page.next_cursor
        return cls(
            key=grant.key,
            title=grant.name or album.title,
            description=album.description,
            pictures=page.pictures,
            tells_all=grant.tells_all,
            next_page=None if cursor is None else _page_url(grant.key, cursor),
            preview_url=_preview_url(grant) if page.pictures else None,
        )

    @classmethod
    def of_picture(
        cls,
        grant: Grant,
        picture: Picture,
        album: SharedAlbum | None = None,
        beside: Beside | None = None,
    ) -> "ShareView":
        """Return the page of a picture, which may be one of an album."""
        around = beside or Beside(None, None)
        title = grant.name if album is None else grant.name or album.title
        return cls(
            key=grant.key,
            title=title or (picture.title if grant.tells_all else "A picture"),
            pictures=(picture,),
            tells_all=grant.tells_all,
            album_url=None if album is None else _page_url(grant.key),
            previous_url=_picture_url(grant.key, around.previous),
            next_url=_picture_url(grant.key, around.next),
            preview_url=_preview_url(grant) if album is None else None,
            saved=frozenset({picture.id} if can_be_saved(grant, picture) else ()),
        )

    @property
    def url(self) -> str:
        """Where the page is, for others."""
        return absolute("shares.show", key=self.key)

    @property
    def oembed_url(self) -> str:
        """Where programs learn how to show it."""
        return absolute("oembed.show", url=self.url, format="json")

    def alt(self, picture: Picture) -> str:
        """Return what stands for a picture: its prompt only where that may be told."""
        return picture.title if self.tells_all else f"{self.title}: a picture"

    def picture_url(self, picture: Picture) -> str:
        """Return the page of a picture of the album."""
        return url_for("shares.picture", key=self.key, uid=picture.id)

    def original_url(self, picture: Picture) -> str | None:
        """Return where a picture's file can be saved, None where it can't."""
        if picture.id not in self.saved:
            return None
        return url_for("shares.original", key=self.key, uid=picture.id)

    def thumb(self, picture: Picture, preset: str) -> str:
        """Return the URL of a rendition."""
        return url_for("shares.thumb", key=self.key, preset=preset, name=f"{picture.id}.webp")

    def srcset(self, picture: Picture, *presets: str) -> str:
        """Return a srcset of renditions, each with its real width; equal ones stand once."""
        widths: dict[int, str] = {}
        for preset in presets:
            widths.setdefault(size_in(picture, preset)[0], self.thumb(picture, preset))
        return ", ".join(f"{url} {width}w" for width, url in widths.items())


def can_be_saved(grant: Grant, picture: Picture) -> bool:
    """Return whether a link lets others save a picture's file.

    One that shall not tell how the picture was made needs a format that can keep that to itself.
    """
    return picture.is_ready and (grant.tells_all or picture.format in STRIPPED)


def _page_url(key: str, after: str | None = None) -> str:
    return url_for("shares.show", key=key, after=after)


def _picture_url(key: str, uid: str | None) -> str | None:
    return None if uid is None else url_for("shares.picture", key=key, uid=uid)


def _preview_url(grant: Grant) -> str | None:
    """Return the picture for previews of the link elsewhere, if it is shown but on its page."""
    if grant.is_limited:
        return None
    return absolute("media.thumb", preset="og", name=f"{grant.key}.jpg")
