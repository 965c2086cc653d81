"""What is in an album: listed, added, taken out and put in order."""

from typing import Literal

from pydantic import Field

from webapp.blueprints.api.albums import blueprint
from webapp.blueprints.api.batches import BatchFailure
from webapp.blueprints.api.image_models import ImagesTold, images
from webapp.errors import CursorError, InvalidError
from webapp.services.library.album_contents import Moved
from webapp.services.library.batches import MOST_IMAGES
from webapp.web.album_places import place, written
from webapp.web.api import (
    READ,
    WRITE_ALBUMS,
    Asked,
    PageAsked,
    Reply,
    Told,
    expected,
    operation,
    sealed,
    unsealed,
)
from webapp.web.current import services, signed_in


class AlbumImagesAsked(Asked):
    """The images that come into an album, or leave it."""

    ids: list[str] = Field(min_length=1, max_length=MOST_IMAGES)


class MoveAsked(Asked):
    """Where an image goes: right before another one, or to an end."""

    before: str | None = Field(default=None, description="The id of another image in the album.")
    to: Literal["first", "last"] | None = None


class MovedTold(Told):
    """How many images came or went. What was so already is neither changed nor failed."""

    changed: int
    failed: dict[str, BatchFailure] = Field(description="By the ids of images.")


@blueprint.get("/<uid>/images")
@operation(READ, {200: ImagesTold})
def contents(uid: str, query: PageAsked) -> Reply:
    """List what is in an album, in its order."""
    after = place(unsealed(query.cursor)) if query.cursor else None
    if query.cursor and after is None:
        raise CursorError
    page = services().library.contents.page(uid, signed_in(), after, query.limit)
    cursor = page.next_cursor
    return ImagesTold(
        items=images(page.pictures),
        next_cursor=None if cursor is None else sealed(written(cursor)),
    )


@blueprint.post("/<uid>/images")
@operation(WRITE_ALBUMS, {200: MovedTold}, refuses=(412,), headers=("If-Match",))
def add(uid: str, json: AlbumImagesAsked) -> Reply:
    """Put images at the end of an album, in their order."""
    return _moved(services().library.contents.add(uid, signed_in(), json.ids, expected()))


@blueprint.delete("/<uid>/images")
@operation(WRITE_ALBUMS, {200: MovedTold}, refuses=(412,), headers=("If-Match",))
def remove(uid: str, json: AlbumImagesAsked) -> Reply:
    """Take images out of an album; they stay in the gallery."""
    return _moved(services().library.contents.remove(uid, signed_in(), json.ids, expected()))


@blueprint.post("/<uid>/images/<image>/move")
@operation(WRITE_ALBUMS, {200: MovedTold}, refuses=(412,), headers=("If-Match",))
def move(uid: str, image: str, json: MoveAsked) -> Reply:
    """Move an image of an album right before another one, or to an end."""
    if (json.before is None) == (json.to is None):
        msg = "Say where it goes: before another image, or to first or last."
        raise InvalidError(msg, fields={"before": [msg]})
    services().library.contents.move(
        uid, signed_in(), image, json.to, before=json.before or "", expected=expected()
    )
    return MovedTold(changed=1, failed={})


def _moved(moved: Moved) -> MovedTold:
    failed = {
        uid: BatchFailure(code=why.code, message=why.message) for uid, why in moved.failed.items()
    }
    return MovedTold(changed=moved.changed, failed=failed)
