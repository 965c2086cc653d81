"""ImageReader: find images, for whoever may see them."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from sqlalchemy import select

from webapp.errors import NotFoundError
from webapp.models import Database, Image, is_public_id
from webapp.models.image import UPLOADS
from webapp.services.accounts import Viewer
from webapp.services.image_rows import MISSING, absent, check_visible
from webapp.services.pictures import Picture, PicturePage
from webapp.services.ports import BlobStore

PAGE_SIZE = 60
KINDS = ("all", "generated", "uploads")


class ImageReader:
    """Reads images from the database and the store."""

    def __init__(self, database: Database, blobs: BlobStore) -> None:
        self._database = database
        self._blobs = blobs

    def get_images(
        self, owner: Viewer, *, before: int | None = None, show: str = "all", limit: int = PAGE_SIZE
    ) -> PicturePage:
        """Return a page of a person's images, newest first.

        `before` is the cursor of the page before; `show` is one of all, generated and uploads.
        """
        wanted = select(Image).where(Image.owner_id == owner.id, Image.deleted_ms.is_(None))
        if show == "uploads":
            wanted = wanted.where(UPLOADS)
        elif show == "generated":
            wanted = wanted.where(Image.provider != "")
        if before is not None:
            wanted = wanted.where(Image.id < before)
        with self._database.reading() as session:
            rows = session.scalars(wanted.order_by(Image.id.desc()).limit(limit + 1)).all()
        cursor = rows[limit - 1].id if len(rows) > limit else None
        return PicturePage(tuple(Picture.of(row) for row in rows[:limit]), cursor)

    def get_image(self, uid: str, viewer: Viewer | None) -> Picture:
        """Return an image that the viewer may see.

        Raises NotFoundError for what is private to somebody else, and GoneError for what was
        deleted and could be seen before; its owner still sees what is in the trash.
        """
        if not is_public_id(uid):
            raise NotFoundError(MISSING)
        with self._database.reading() as session:
            row = session.scalar(select(Image).where(Image.uid == uid))
            if row is None:
                raise absent(session, uid, viewer)
        picture = Picture.of(row)
        check_visible(picture, viewer)
        return picture

    def own_image(self, uid: str, owner: Viewer) -> Picture:
        """Return one of the owner's own images, in the trash or not; else raise NotFoundError."""
        picture = self.get_image(uid, owner)
        if picture.owner_id != owner.id:
            raise NotFoundError(MISSING)
        return picture

    def own_images(self, uids: Sequence[str], owner: Viewer) -> tuple[Picture, ...]:
        """Return those of the owner's own images that there are, in the order of their ids."""
        wanted = list(filter(is_public_id, uids))
        if not wanted:
            return ()
        mine = select(Image).where(Image.uid.in_(wanted), Image.owner_id == owner.id)
        with self._database.reading() as session:
            found = {row.uid: Picture.of(row) for row in session.scalars(mine)}
        return tuple(found[uid] for uid in dict.fromkeys(wanted) if uid in found)

    def original(self, picture: Picture) -> Path | BytesIO:
        """Return an image's original file, or its bytes where the store is not on this machine.

        Raises NotFoundError while there is none, or when it is missing from the store.
        """
        if not picture.blob_key:
            msg = "This picture is not there yet."
            raise NotFoundError(msg)
        path = self._blobs.open_path(picture.blob_key)
        if path is not None and path.exists():
            return path
        return BytesIO(self._blobs.get(picture.blob_key))

    def original_bytes(self, picture: Picture) -> bytes:
        """Return the bytes of an image's original, wherever it is kept; raises NotFoundError."""
        source = self.original(picture)
        return source.read_bytes() if isinstance(source, Path) else source.getvalue()
