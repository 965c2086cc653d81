"""Editor: crops, turns and mirrors pictures here; the result is a new one, the old one stays."""

from dataclasses import asdict
from pathlib import Path

from webapp.errors import InvalidError
from webapp.imaging.pipeline import Output, Rendered, render
from webapp.models import Database, Image, now_ms
from webapp.services.accounts import Viewer
from webapp.services.changes import touch
from webapp.services.image_rows import hold_original, own_row
from webapp.services.images.edit_wishes import Edit
from webapp.services.images.images import ImageManager
from webapp.services.images.originals import Original, Originals
from webapp.services.images.parents import Parent, keep_parents
from webapp.services.pictures import Picture
from webapp.services.ports import PictureEvents
from webapp.services.renderer import Renderer

PROVIDER, MODEL = "easel", "crop-and-turn"
"""What stands in the row of a picture that was made here from another one."""

WRITTEN = {"jpeg": Output("jpeg", 95), "webp": Output("webp", 95)}
"""The formats that stay what they are; everything else becomes a PNG, which loses nothing."""

NOTHING = "Nothing would change. Draw a smaller box, choose a shape, or turn the picture."


class Editor:
    """Makes new pictures from an owner's own ones, at full size."""

    def __init__(
        self,
        database: Database,
        images: ImageManager,
        originals: Originals,
        *,
        events: PictureEvents,
        renderer: Renderer,
    ) -> None:
        self._database = database
        self._images = images
        self._originals = originals
        self._events = events
        self._renderer = renderer

    def edit(self, uid: str, owner: Viewer, edit: Edit) -> Picture:
        """Keep an edited copy of a picture as a new one of its owner, ready at once.

        Of an animation that can't be written in its own format it is the first frame. Raises
        NotFoundError, InvalidError with a sentence for each field, and what `Originals.keep` does.
        """
        parent = self._images.own_image(uid, owner)
        edit.check()
        made = self._made(parent, edit)
        original = self._originals.keep(made.data)
        with self._database.writing() as session:
            # It may have been deleted for good while its copy was made.
            row = own_row(session, uid, owner)
            source = Parent(row.id, row.uid, "source", (row.width, row.height))
            hold_original(session, original.digest)
            copy = _copy(row, edit, original)
            copy.change = copy.born_change = touch(session, owner.id, images=1)
            session.add(copy)
            session.flush()
            keep_parents(session, copy.id, [source])
            picture = Picture.of(copy)
            job_ids = self._events.source_saved(session, copy.id)
            job_ids += self._events.image_created(session, copy)
        if not self._originals.has(original):
            self._originals.keep(made.data)
        self._events.send(job_ids)
        return picture

    def _made(self, parent: Picture, edit: Edit) -> Rendered:
        reason = obstacle(parent)
        if reason:
            raise InvalidError(reason)
        steps = edit.operations((parent.width, parent.height), parent.focal)
        if not steps:
            raise InvalidError(NOTHING)
        source = self._images.original(parent)
        data = source if isinstance(source, Path) else source.getvalue()
        output = WRITTEN.get(parent.format, Output("png"))
        with self._renderer.turn():
            return render(data, steps, output, max_pixels=self._originals.max_pixels)


def obstacle(picture: Picture) -> str:
    """Return why a picture can't be edited, or nothing."""
    if picture.deleted is not None:
        return "This picture is in the trash. Put it back to edit it."
    if picture.is_pending:
        return "This picture is still being made. Edit it when it is there."
    if not picture.is_ready:
        return "This picture could not be made, so that there is nothing to edit."
    return ""


def _copy(parent: Image, edit: Edit, original: Original) -> Image:
    size = parent.width, parent.height
    focal = Picture.of(parent).focal
    x, y = edit.moved(focal, size) or (None, None)
    return Image(
        owner_id=parent.owner_id,
        state="ready",
        ready_ms=now_ms(),
        prompt=parent.prompt,
        negative_prompt=parent.negative_prompt,
        provider=PROVIDER,
        model=MODEL,
        seed=parent.seed,
        filename=parent.filename,
        parameters=edit.told(size, focal),
        cost=0,
        focal_x=x,
        focal_y=y,
        **asdict(original),
    )
