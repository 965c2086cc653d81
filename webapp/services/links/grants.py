"""Grants: what a link's key opens to whoever has it, now."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select, update

from webapp.errors import GoneError, NotFoundError
from webapp.models import Album, Database, Image, Link, User, is_public_id, now_ms
from webapp.services.accounts import Viewer

MOST = 4096
MISSING = "There is no such link."
EXPIRED = "This link has expired."
REVOKED = "This link has been revoked."
DELETED = "What this link led to has been deleted."
USED_UP = "This link has been used as often as it may be."


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A link that can be used. It leads to an `image` or to an `album`, by their ids.

    `expires_ms` is in milliseconds since 1970. One that `is_used_up` shows nothing more but to
    those who have seen its page.
    """

    key: str
    row: int
    owner: Viewer
    name: str
    image: str
    album: str
    metadata: str
    password_hash: str
    max_views: int | None
    is_used_up: bool
    expires_ms: int | None

    @property
    def is_limited(self) -> bool:
        """Whether it lets in one browser and not another, so that only its page has pictures."""
        return bool(self.password_hash) or self.max_views is not None

    @property
    def tells_all(self) -> bool:
        """Whether it tells how its pictures were made."""
        return self.metadata == "full"

    def seconds_left(self, most: int) -> int:
        """Return for how many seconds it can surely be used, unless it is taken back."""
        if self.expires_ms is None:
            return most
        return max(0, min(most, (self.expires_ms - now_ms()) // 1000))


class Grants:
    """Finds links by their keys, and counts the views of their pages.

    Links that can be used are remembered as long as their stamp stays the same: `stamp` returns a
    number that changes with what `changed` is told; without it, nothing is remembered.
    """

    def __init__(
        self,
        database: Database,
        stamp: Callable[[str], int] | None,
        changed: Callable[[str], None],
    ) -> None:
        self._database = database
        self._stamp = stamp
        self._changed = changed
        self._known: OrderedDict[str, tuple[int, Grant]] = OrderedDict()
        self._lock = threading.Lock()

    def is_known(self, key: str) -> bool:
        """Return whether a key is remembered as a link's."""
        known = self._known.get(key)
        return known is not None and self._stamp is not None and known[0] == self._stamp(key)

    def get(self, key: str) -> Grant:
        """Return what a key opens.

        Raises NotFoundError where there is no such link, and GoneError for one that was revoked,
        has expired, or leads to something that was deleted for good.
        """
        if not is_public_id(key):
            raise NotFoundError(MISSING)
        stamp = 0 if self._stamp is None else self._stamp(key)
        known = self._known.get(key)
        if known is not None and known[0] == stamp:
            grant = known[1]
        else:
            grant = self._read(key)
            self._remember(key, stamp, grant)
        if grant.expires_ms is not None and grant.expires_ms <= now_ms():
            raise _gone(EXPIRED)
        return grant

    def count_view(self, grant: Grant) -> None:
        """Count a view of a link's page; raises GoneError where it may not be seen any more."""
        counted = (
            update(Link)
            .where(Link.id == grant.row, Link.revoked_ms.is_(None))
            .where(Link.max_views.is_(None) | (Link.views < Link.max_views))
            .values(views=Link.views + 1)
            .returning(Link.views, Link.max_views)
        )
        with self._database.writing() as session:
            found = session.execute(counted).one_or_none()
        if found is None:
            raise used_up()
        if found.views == found.max_views:
            self._changed(grant.key)

    def _read(self, key: str) -> Grant:
        wanted = (
            select(Link, User, Image.uid.label("image"), Album.uid.label("album"))
            .join(User, User.id == Link.owner_id)
            .outerjoin(Image, (Image.id == Link.image_id) & (Image.owner_id == Link.owner_id))
            .outerjoin(Album, (Album.id == Link.album_id) & (Album.owner_id == Link.owner_id))
            .where(Link.uid == key)
        )
        with self._database.reading() as session:
            found = session.execute(wanted).one_or_none()
        if found is None:
            raise NotFoundError(MISSING)
        row, owner, image, album = found
        if row.revoked_ms is not None:
            raise _gone(REVOKED)
        if not (image or album):
            raise _gone(DELETED)
        return Grant(
            key=key,
            row=row.id,
            owner=Viewer.of(owner),
            name=row.name,
            image=image or "",
            album=album or "",
            metadata=row.metadata_policy,
            password_hash=row.password_hash or "",
            max_views=row.max_views,
            is_used_up=row.max_views is not None and row.views >= row.max_views,
            expires_ms=row.expires_ms,
        )

    def _remember(self, key: str, stamp: int, grant: Grant) -> None:
        if self._stamp is None:
            return
        with self._lock:
            self._known[key] = stamp, grant
            if len(self._known) > MOST:
                self._known.popitem(last=False)


def used_up() -> GoneError:
    """Return what to say of a link whose page was seen as often as it may be."""
    return _gone(USED_UP)


def _gone(sentence: str) -> GoneError:
    return GoneError(sentence, code="link_gone")
