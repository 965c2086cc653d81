"""ImageManager: keep, find and delete images, each with the prompt that made it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.errors import CorruptImageError, GoneError, InvalidError
from webapp.imaging.geometry import Point
from webapp.imaging.inline import InlineFormat, InlineSource, to_base64
from webapp.models import Database, Generation, Image, PurgedImage, now_ms
from webapp.providers.base import ImageResult
from webapp.services.accounts import Viewer
from webapp.services.changes import hold_owner, touch
from webapp.services.image_rows import (
    hold_original,
    is_used,
    own_row,
)
from webapp.services.images.changes import (
    bring_back,
    checked_focal,
    checked_visibility,
    refocus,
    throw_away,
)
from webapp.services.images.kept import Kept, same_picture, told_by
from webapp.services.images.originals import Originals
from webapp.services.images.reading import ImageReader
from webapp.services.images.since import note_visibility
from webapp.services.pictures import Picture
from webapp.services.ports import BlobStore, PictureEvents
from webapp.services.requests import clean
from webapp.services.revisions import Expected, check_revision


class ImageManager(ImageReader):
    """Keeps images in the database and the store, finds them, and takes them out again.

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
        events: PictureEvents,
        cancel: Callable[[Session, list[int]], object],
        changed: Callable[[str], None],
    ) -> None:
        super().__init__(database, blobs)
        self._originals = originals
        self._events = events
        self._cancel = cancel
        self._changed = changed

    def add_image(
        self, owner: Viewer, source: bytes | Path, *, prompt: str = "", filename: str = ""
    ) -> Picture:
        """Keep a picture that somebody brought and return it, as `keep` does."""
        return self.keep(owner, source, prompt=prompt, filename=filename).picture

    def keep(
        self, owner: Viewer, source: bytes | Path, *, prompt: str = "", filename: str = ""
    ) -> Kept:
        """Keep a picture that somebody brought, unless it is there already, to the byte.

        One that is in the trash is brought back. What a new picture says of how it was made goes
        into its row; a `prompt` that is given comes before the one in it. Raises InvalidError,
        TooLargeError, StorageFullError or OverloadedError, and then keeps nothing.
        """
        found = self._kept_before(owner, source, self._originals.digest(source))
        if found is not None:
            return found
        original = self._originals.keep(source)
        told = told_by(source, prompt=prompt)  # what was kept may just be purged by others
        with self._database.writing() as session:
            hold_owner(session, owner.id)
            hold_original(session, original.digest)
            if same_picture(session, owner, original.digest) is None:
                change = touch(session, owner.id, images=1)
                row = Image(
                    owner_id=owner.id,
                    state="ready",
                    ready_ms=now_ms(),
                    filename=_file_name(filename),
                    change=change,
                    born_change=change,
                    **told,
                    **asdict(original),
                )
                session.add(row)
                session.flush()
                kept: Kept | None = Kept(Picture.of(row))
                job_ids = self._events.source_saved(session, row.id)
                job_ids += self._events.image_created(session, row)
            else:  # somebody was faster
                kept, job_ids = None, []
        if kept is None:
            return self.keep(owner, source, prompt=prompt, filename=filename)
        if not self._originals.has(original):
            self._originals.keep(source)
        self._events.send(job_ids)
        return kept

    def _kept_before(self, owner: Viewer, source: bytes | Path, digest: str) -> Kept | None:
        """Return the owner's image with a digest, None where there is none."""
        with self._database.reading() as session:
            row = same_picture(session, owner, digest)
        if row is None:
            return None
        if not self._blobs.exists(row.blob_key or ""):  # lost, and here it is again
            self._originals.keep(source)
        if row.deleted_ms is None:
            return Kept(Picture.of(row), is_new=False)
        with suppress(GoneError):  # purged meanwhile
            return Kept(self.restore(row.uid, owner), is_new=False, was_in_trash=True)
        return None

    def delete_image(self, uid: str, owner: Viewer, expected: Expected = None) -> Picture:
        """Move an image to the trash; one that is being made is cancelled first.

        Raises ChangedError, as `restore` and `purge` do, where the image's revision is none of
        those `expected`.
        """
        job_ids: list[int] = []
        with self._changing(uid, owner, expected) as (session, row):
            if row.deleted_ms is None:
                job_ids = throw_away(session, owner.id, [row], self._cancel, self._events)
            picture = Picture.of(row)
        self._events.send(job_ids)
        return picture

    def restore(self, uid: str, owner: Viewer, expected: Expected = None) -> Picture:
        """Bring an image back from the trash."""
        job_ids: list[int] = []
        with self._changing(uid, owner, expected) as (session, row):
            if row.deleted_ms is not None:
                job_ids = bring_back(session, owner.id, [row], self._events)
            picture = Picture.of(row)
        self._events.send(job_ids)
        return picture

    def set_visibility(self, uid: str, owner: Viewer, visibility: str) -> Picture:
        """Say who may see an image: private, unlisted (whoever has the link) or public."""
        wanted = checked_visibility(visibility)
        with self._changing(uid, owner) as (session, row):
            row.visibility = wanted
            row.change = touch(session, owner.id)
            note_visibility(session, row)
            return Picture.of(row)

    def set_focal_point(self, uid: str, owner: Viewer, focal: Point | None) -> Picture:
        """Choose the point that crops keep in view; None takes the choice back.

        `focal` is two shares, 0..1 from the left and from the top. A new one gives the picture a
        new version, and its old renditions are gone. Raises InvalidError for a point outside.
        """
        point = checked_focal(focal)
        job_ids: Sequence[int] = ()
        with self._changing(uid, owner) as (session, row):
            if point != Picture.of(row).focal:
                row.change = touch(session, owner.id)
                job_ids = refocus(session, row, point, self._events)
            picture = Picture.of(row)
        self._events.send(job_ids)
        return picture

    def purge(self, uid: str, owner: Viewer, expected: Expected = None) -> None:
        """Delete an image for good: row, renditions, and the file if no other image has it.

        With the last image of a generation, what was asked for goes too.
        """
        with self._changing(uid, owner, expected) as (session, row):
            picture, job_ids = Picture.of(row), []
            if row.deleted_ms is None:
                job_ids = throw_away(session, owner.id, [row], self._cancel, self._events)
            else:
                touch(session, owner.id)
            session.add(PurgedImage(uid=row.uid, owner_id=row.owner_id, visibility=row.visibility))
            session.delete(row)
            session.flush()
            if row.generation_id is not None:
                _forget_wish(session, row.generation_id)
            # Inside the transaction: nobody can begin to use the file between look and deletion.
            hold_original(session, picture.digest)
            if picture.digest and not is_used(session, picture.digest):
                self._events.source_deleted(session, picture)
                for key in (*picture.masters.values(), picture.blob_key):
                    self._blobs.delete(key)
        self._events.send(job_ids)

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
    def _changing(
        self, uid: str, owner: Viewer, expected: Expected = None
    ) -> Iterator[tuple[Session, Image]]:
        """Give one of the owner's rows, to change what others may see of it.

        Raises ChangedError where the row's revision is none of those `expected`.
        """
        with self._database.writing() as session:
            hold_owner(session, owner.id)
            row = own_row(session, uid, owner)
            check_revision(Picture.of(row).revision, expected)
            yield session, row
            self._changed(uid)
        self._changed(uid)


def _forget_wish(session: Session, generation_id: int) -> None:
    """Empty a generation that has no image any more; its row stays, to answer that it is gone."""
    has_any = select(Image.id).where(Image.generation_id == generation_id).exists()
    session.execute(
        update(Generation)
        .where(Generation.id == generation_id, ~has_any)
        .values(prompt="", negative_prompt="", variables={}, parameters={}, mask=None)
    )


def _file_name(path: str) -> str:
    """Return the last part of what a browser calls a file's name, on one line."""
    last = Path(path.replace("\\", "/")).name
    return " ".join(clean(last).split())[:255]
