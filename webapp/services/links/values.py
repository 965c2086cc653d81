"""Links as pages and the API are given them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Self

from webapp.models import Album, Image, Link
from webapp.services.pictures import Picture, moment, moment_or_none

State = Literal["active", "expired", "used_up", "revoked", "deleted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLink:
    """A link as its owner sees it. Times are in UTC.

    `picture` is what it shows, the cover where it leads to an album, whose id is `album`; both are
    None where that is gone. `views` counts its page, `hits` whatever was asked for by it. `row` is
    its place in lists.
    """

    id: str
    row: int
    name: str
    picture: Picture | None
    album: str | None
    album_title: str
    created: datetime
    expires: datetime | None
    revoked: datetime | None
    last_hit: datetime | None
    max_views: int | None
    views: int
    hits: int
    has_password: bool
    metadata: str
    version: int

    @property
    def state(self) -> State:
        """Whether it can be used, or why it can't."""
        if self.revoked is not None:
            return "revoked"
        if self.expires is not None and self.expires <= datetime.now(UTC):
            return "expired"
        if self.max_views is not None and self.views >= self.max_views:
            return "used_up"
        is_there = self.picture is not None and self.picture.deleted is None
        return "active" if self.album is not None or is_there else "deleted"

    @property
    def revision(self) -> str:
        """What changes with the link, but not with how often it is used."""
        return str(self.version)

    @property
    def has_addresses(self) -> bool:
        """Whether its key shows the picture wherever it is embedded, and not on its page alone."""
        return not self.has_password and self.max_views is None

    @property
    def is_active(self) -> bool:
        """Whether it can be used."""
        return self.state == "active"

    @property
    def title(self) -> str:
        """Its name, or that of what it leads to, for its owner alone."""
        shown = self.picture.title if self.picture is not None else ""
        return self.name or self.album_title or shown or "Untitled"

    @classmethod
    def of(cls, row: Link, shown: Image | None, album: Album | None, hits: int) -> Self:
        """Return the value of a row, of the image that it shows, and of its album."""
        return cls(
            id=row.uid,
            row=row.id,
            name=row.name,
            picture=None if shown is None else Picture.of(shown),
            album=None if album is None else album.uid,
            album_title="" if album is None else album.title,
            created=moment(row.created_ms),
            expires=moment_or_none(row.expires_ms),
            revoked=moment_or_none(row.revoked_ms),
            last_hit=moment_or_none(row.last_hit_ms),
            max_views=row.max_views,
            views=row.views,
            hits=hits,
            has_password=row.password_hash is not None,
            metadata=row.metadata_policy,
            version=row.version,
        )


@dataclass(frozen=True, slots=True)
class LinkPage:
    """Some links, newest first, and the cursor that asks for the ones after them."""

    links: tuple[OwnLink, ...]
    next_cursor: int | None = None


@dataclass(frozen=True, slots=True)
class HostHits:
    """How often a host's pages led somebody here; an empty host told nothing of itself."""

    host: str
    count: int
