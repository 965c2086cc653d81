"""ImageManager: keep, find and delete images, each with the prompt that made it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from io import BytesIO
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.errors import CorruptImageError, InvalidError, NotFoundError
from webapp.imaging.geometry import Point
from webapp.imaging.inline import InlineFormat, InlineSource, to_base64
from webapp.models import Database, Image, PurgedImage, is_public_id, now_ms
from webapp.models.image import UPLOADS, VISIBILITIES
from webapp.providers.base import ImageResult
from webapp.services.accounts import Viewer
from webapp.services.changes import touch
from webapp.services.image_rows import (
    MISSING,
    absent,
    check_visible,
    hold_original,
    is_used,
    mark_cancelled,
    own_row,
)
from webapp.services.originals import Originals
from webapp.services.pictures import Picture, PicturePage
from webapp.services.ports import BlobStore, SourceEvents
from webapp.services.requests import clean

PAGE_SIZE = 60
KINDS = ("all", "generated", "uploads")


class ImageManager:
    """Keeps images in the database and the store, and takes them out again.

    `events` hears of pictures that are kept or go, `cancel` gets the ids of images whose work is
    not wanted any more; both belong to the transaction of the session they get. `changed` is
    called with the id of an image before and after what others may see of it changes: what was
    known of it is void from before the commit on, and so is what was learned during it.
    """

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        originals: Originals,
        *,
        events: SourceEvents,
        cancel: Callable[[Session, list[int]], object],
        changed: Callable[[str], None],
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._originals = originals
        self._events = events
        self._cancel = cancel
        self._changed = changed

    def add_image(
        self, owner: Viewer, source: bytes | Path, *, prompt: str = "", filename: str = ""
    ) -> Picture:
        """Keep a picture that somebody brought and return it.

        Raises InvalidError, TooLargeError or StorageFullError, and then keeps nothing.
        """
        original = self._originals.keep(source)
        with self._database.writing() as session:
            hold_original(session, original.digest)
            change = touch(session, owner.id, images=1)
            row = Image(
                owner_id=owner.id,
                state="ready",
                ready_ms=now_ms(),
                prompt=clean(prompt),
                filename=_file_name(filename),
                change=change,
                born_change=change,
                **asdict(original),
            )
            session.add(row)
            session.flush()
            picture = Picture.of(row)
            job_ids = self._events.source_saved(session, row.id)
        if not self._originals.has(original):
            self._originals.keep(source)
        self._events.send(job_ids)
        return picture

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

    def delete_image(self, uid: str, owner: Viewer) -> Picture:
        """Move an image to the trash; one that is being made is cancelled first."""
        with self._changing(uid, owner) as (session, row):
            if row.deleted_ms is None:
                if row.state == "pending":
                    self._cancel(session, [row.id])
                    mark_cancelled(row)
                row.deleted_ms = now_ms()
                row.change = touch(session, owner.id, images=-1)
            return Picture.of(row)

    def restore(self, uid: str, owner: Viewer) -> Picture:
        """Bring an image back from the trash."""
        job_ids: list[int] = []
        with self._changing(uid, owner) as (session, row):
            if row.deleted_ms is not None:
                row.deleted_ms = None
                row.change = row.born_change = touch(session, owner.id, images=1)
                if row.state == "ready":
                    job_ids = self._events.source_saved(session, row.id)
            picture = Picture.of(row)
        self._events.send(job_ids)
        return picture

    def set_visibility(self, uid: str, owner: Viewer, visibility: str) -> Picture:
        """Say who may see an image: private, unlisted (whoever has the link) or public."""
        if visibility not in VISIBILITIES:
            msg = f"Visibility is one of {', '.join(VISIBILITIES)}."
            raise InvalidError(msg, fields={"visibility": ["invalid"]})
        with self._changing(uid, owner) as (session, row):
            row.visibility = visibility
            row.change = touch(session, owner.id)
            return Picture.of(row)

    def set_focal_point(self, uid: str, owner: Viewer, focal: Point | None) -> Picture:
        """Choose the point that crops keep in view; None takes the choice back.

        `focal` is two shares, 0..1 from the left and from the top. A new one gives the picture a
        new version, and its old renditions are gone. Raises InvalidError for a point outside.
        """
        if focal is not None and not all(0 <= share <= 1 for share in focal):
            msg = "A focal point lies in the picture: give two numbers from 0 to 1."
            raise InvalidError(msg, fields={"focal_point": ["invalid"]})
        point = None if focal is None else (round(focal[0], 4), round(focal[1], 4))
        job_ids: list[int] = []
        with self._changing(uid, owner) as (session, row):
            before = Picture.of(row)
            if point != before.focal:
                row.focal_x, row.focal_y = point or (None, None)
                row.version += 1
                row.change = touch(session, owner.id)
                self._events.source_deleted(session, before)
                if row.state == "ready":
                    job_ids = self._events.source_saved(session, row.id)
            picture = Picture.of(row)
        self._events.send(job_ids)
        return picture

    def purge(self, uid: str, owner: Viewer) -> None:
        """Delete an image for good: row, renditions, and the file if no other image has it."""
        with self._changing(uid, owner) as (session, row):
            picture = Picture.of(row)
            if row.state == "pending":
                self._cancel(session, [row.id])
            touch(session, owner.id, images=0 if row.deleted_ms is not None else -1)
            session.add(PurgedImage(uid=row.uid, owner_id=row.owner_id, visibility=row.visibility))
            session.delete(row)
            session.flush()
            # Inside the transaction: nobody can begin to use the file between look and deletion.
            hold_original(session, picture.digest)
            if picture.digest and not is_used(session, picture.digest):
                self._events.source_deleted(session, picture)
                for key in (*picture.masters.values(), picture.blob_key):
                    self._blobs.delete(key)

    def image_to_base64(
        self, source: ImageResult | InlineSource, kind: InlineFormat = "jpeg"
    ) -> str:
        """Return a picture as base64 text of an upright, opaque JPEG or WebP.

        `source` is a provider's result, bytes, or a PIL image. Raises CorruptImageError, which
        is a RuntimeError, with a plain sentence.
        """
        data = source.data if isinstance(source, ImageResult) else source
        try:
            return to_base64(data, format=kind, max_pixels=self._originals.max_pixels)
        except InvalidError as error:
            raise CorruptImageError(str(error), fields=error.fields) from error

    @contextmanager
    def _changing(self, uid: str, owner: Viewer) -> Iterator[tuple[Session, Image]]:
        """Give one of the owner's rows, to change what others may see of it."""
        with self._database.writing() as session:
            yield session, own_row(session, uid, owner)
            self._changed(uid)
        self._changed(uid)


def _file_name(path: str) -> str:
    """Return the last part of what a browser calls a file's name, on one line."""
    last = Path(path.replace("\\", "/")).name
    return " ".join(clean(last).split())[:255]
