"""Links: what people give others to see a picture or an album by, and take back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.errors import GoneError, InvalidError, NotFoundError
from webapp.models import Album, Database, Image, Link, LinkHit, is_public_id, now_ms
from webapp.services.accounts import Viewer
from webapp.services.image_rows import own_row
from webapp.services.links.grants import MISSING
from webapp.services.links.hits import LinkHits
from webapp.services.links.passwords import LinkPasswords
from webapp.services.links.rows import added, shown, value, with_what_it_shows
from webapp.services.links.shared import NO_ALBUM
from webapp.services.links.values import HostHits, LinkPage, OwnLink
from webapp.services.links.wishes import LinkWish, check_future, checked
from webapp.services.revisions import Expected, check_revision

PAGE_SIZE = 30
MOST_SHOWN = 20
REVOKED = "This link has been revoked. Make a new one."


class Links:
    """Makes, lists, changes and revokes a person's links.

    `changed` is called with the key of a link before and after what it opens changes.
    """

    def __init__(
        self,
        database: Database,
        passwords: LinkPasswords,
        counted: LinkHits,
        changed: Callable[[str], None],
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._counted = counted
        self._changed = changed

    def to_image(self, owner: Viewer, uid: str, wish: LinkWish) -> OwnLink:
        """Return a new link to one of the owner's images, which may still be in the making.

        Raises NotFoundError for anybody else's, GoneError for one in the trash, InvalidError for
        a wish that can't be and for a picture that could not be made.
        """
        row = self._row(owner, wish)
        with self._database.writing() as session:
            image = own_row(session, uid, owner)
            if image.deleted_ms is not None:
                msg = "This picture is in the trash. Restore it first."
                raise GoneError(msg)
            if image.state == "failed":
                msg = "This picture could not be made, so that there is nothing to share."
                raise InvalidError(msg, fields={"image": [msg]})
            row.image_id = image.id
            return added(session, row)

    def to_album(self, owner: Viewer, uid: str, wish: LinkWish) -> OwnLink:
        """Return a new link to one of the owner's albums; raises as `to_image` does."""
        row = self._row(owner, wish)
        mine = select(Album.id).where(Album.uid == uid, Album.owner_id == owner.id)
        with self._database.writing() as session:
            album_id = session.scalar(mine) if is_public_id(uid) else None
            if album_id is None:
                raise NotFoundError(NO_ALBUM)
            row.album_id = album_id
            return added(session, row)

    def page(
        self,
        owner: Viewer,
        before: int | None = None,
        *,
        image: str = "",
        album: str = "",
        limit: int = PAGE_SIZE,
    ) -> LinkPage:
        """Return a page of a person's links, newest first; those to one image or album if named.

        `before` is the cursor of the page before.
        """
        if not all(is_public_id(uid) for uid in (image, album) if uid):
            return LinkPage(())
        self._counted.flush()
        wanted = with_what_it_shows().where(Link.owner_id == owner.id)
        if image:
            wanted = wanted.where(Image.uid == image)
        if album:
            wanted = wanted.where(Album.uid == album)
        if before is not None:
            wanted = wanted.where(Link.id < before)
        with self._database.reading() as session:
            found = session.execute(wanted.order_by(Link.id.desc()).limit(limit + 1)).all()
        links = tuple(value(*row) for row in found[:limit])
        return LinkPage(links, links[-1].row if len(found) > limit else None)

    def get(self, key: str, owner: Viewer) -> OwnLink:
        """Return one of a person's links, whatever its state; else raise NotFoundError."""
        self._counted.flush()
        with self._database.reading() as session:
            return shown(session, key, owner)

    def hosts(self, link: OwnLink, limit: int = MOST_SHOWN) -> tuple[HostHits, ...]:
        """Return the hosts whose pages a link was asked for from, most hits first."""
        wanted = (
            select(LinkHit.host, LinkHit.count)
            .where(LinkHit.link_id == link.row)
            .order_by(LinkHit.count.desc(), LinkHit.host)
        )
        with self._database.reading() as session:
            return tuple(HostHits(*row) for row in session.execute(wanted.limit(limit)))

    def update(
        self, key: str, owner: Viewer, wish: LinkWish, *, expected: Expected = None
    ) -> OwnLink:
        """Change a link to what is wished for, and return it.

        Raises GoneError for one that was revoked, ChangedError unless its revision is `expected`,
        and InvalidError for a wish that can't be.
        """
        name, hashed = checked(wish), self._hashed(wish)
        with self._changing(key, owner, expected) as (session, row):
            if row.revoked_ms is not None:
                raise GoneError(REVOKED, code="link_gone")
            if wish.expires_ms != row.expires_ms:
                check_future(wish.expires_ms, now_ms())
            row.name, row.max_views = name, wish.max_views
            row.expires_ms, row.metadata_policy = wish.expires_ms, wish.metadata
            if wish.password is not None:
                row.password_hash = hashed
            row.version += 1
            session.flush()
            return shown(session, key, owner)

    def revoke(self, key: str, owner: Viewer, *, expected: Expected = None) -> OwnLink:
        """End a link, for good: its addresses answer that it is gone. Nothing else changes.

        Raises ChangedError unless its revision is `expected`.
        """
        with self._changing(key, owner, expected) as (session, row):
            if row.revoked_ms is None:
                row.revoked_ms = now_ms()
                row.version += 1
            session.flush()
            return shown(session, key, owner)

    def _row(self, owner: Viewer, wish: LinkWish) -> Link:
        name = checked(wish)
        check_future(wish.expires_ms, now_ms())
        return Link(
            owner_id=owner.id,
            name=name,
            expires_ms=wish.expires_ms,
            max_views=wish.max_views,
            metadata_policy=wish.metadata,
            password_hash=self._hashed(wish),
        )

    def _hashed(self, wish: LinkWish) -> str | None:
        """Return the hash of a password; it takes a while, so that no transaction waits for it."""
        return self._passwords.hash(wish.password) if wish.password else None

    @contextmanager
    def _changing(
        self, key: str, owner: Viewer, expected: Expected
    ) -> Iterator[tuple[Session, Link]]:
        """Give one of the owner's rows, to change what it opens."""
        mine = select(Link).where(Link.uid == key, Link.owner_id == owner.id)
        with self._database.writing() as session:
            row = session.scalar(mine.with_for_update()) if is_public_id(key) else None
            if row is None:
                raise NotFoundError(MISSING)
            check_revision(str(row.version), expected)
            yield session, row
            self._changed(key)
        self._changed(key)
