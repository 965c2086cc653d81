"""Images: found, read, changed, thrown away and brought back."""

from flask import Response
from pydantic import Field

from webapp.blueprints.api.image_models import (
    FocalPoint,
    ImagesTold,
    ImageTold,
    ShownImage,
    Visibility,
    image,
    images,
    inline,
)
from webapp.services.exports.names import file_name
from webapp.services.library import Filter, Patch
from webapp.services.pictures import Picture
from webapp.web import originals
from webapp.web.api import (
    READ,
    WRITE_IMAGES,
    Asked,
    Asking,
    PageAsked,
    Reply,
    Text,
    expected,
    operation,
    resource,
    with_etag,
)
from webapp.web.api.keys import key_of, sealed_key
from webapp.web.current import services, signed_in

blueprint = resource("images", "/images")


class ImagesAsked(PageAsked):
    """Which images are looked for; all that is given must be true of them."""

    q: Text = Field(default="", description="Words in the prompt or in the file's name.")
    album: str = Field(default="", description="The id of an album.")
    tag: Text = Field(default="", description="A tag that they have.")
    state: str = Field(default="", description="`pending`, `ready` or `failed`.")
    visibility: str = Field(default="", description="`private`, `unlisted` or `public`.")
    trash: str = Field(default="", description="1 finds what is in the trash instead.")


class InlineAsked(Asking):
    """Whether the picture itself shall come along."""

    inline: bool = Field(default=False, description="Adds the original as a data URI.")


class PurgeAsked(Asking):
    """Whether an image is deleted for good."""

    purge: bool = Field(default=False, description="Deletes it for good, without the trash.")


class ImageChangeAsked(Asked):
    """What is to be changed of an image; what is left out stays."""

    visibility: Visibility | None = None
    tags: list[str] | None = Field(default=None, max_length=50, description="All its tags.")
    focal_point: FocalPoint | None = Field(
        default=None, description="What crops keep in view; null takes the choice back."
    )


@blueprint.get("")
@operation(READ, {200: ImagesTold})
def index(query: ImagesAsked) -> Reply:
    """List your images, newest first: all, or those that a search finds."""
    wanted = Filter.of(query.model_dump(exclude={"cursor", "limit"}))
    page = services().library.finder.page(signed_in(), wanted, key_of(query.cursor), query.limit)
    return ImagesTold(items=images(page.pictures), next_cursor=sealed_key(page.next_cursor))


@blueprint.get("/<uid>")
@operation(READ, {200: ShownImage}, refuses=(410, 413))
def show(uid: str, query: InlineAsked) -> Reply:
    """Show an image of yours, in the trash or not."""
    picture = services().images.own_image(uid, signed_in())
    told = image(picture).model_dump()
    if query.inline:
        told["inline"] = inline(picture)
    return with_etag(ShownImage.model_validate(told), picture.revision)


@blueprint.patch("/<uid>")
@operation(WRITE_IMAGES, {200: ImageTold}, refuses=(410, 412), headers=("If-Match",))
def change(uid: str, json: ImageChangeAsked) -> Reply:
    """Change who may see an image, its tags, or what its crops keep in view."""
    point = json.focal_point
    wish = Patch(
        visibility=json.visibility,
        tags=json.tags,
        focal=None if point is None else (point.x, point.y),
        takes_focal="focal_point" in json.model_fields_set,
    )
    return _tagged(services().library.patcher.patch(uid, signed_in(), wish, expected()))


@blueprint.delete("/<uid>")
@operation(WRITE_IMAGES, {204: None}, refuses=(410, 412), headers=("If-Match",))
def delete(uid: str, query: PurgeAsked) -> Reply:
    """Move an image to the trash, or delete it for good."""
    if query.purge:
        services().images.purge(uid, signed_in(), expected())
    else:
        services().images.delete_image(uid, signed_in(), expected())
    return Response(status=204)


@blueprint.post("/<uid>/restore")
@operation(WRITE_IMAGES, {200: ImageTold}, refuses=(410, 412), headers=("If-Match",))
def restore(uid: str) -> Reply:
    """Bring an image back from the trash."""
    return _tagged(services().images.restore(uid, signed_in(), expected()))


@blueprint.get("/<uid>/original")
@operation(READ, {200: None, 206: None}, refuses=(410,), files={200: ("image/*",)})
def original(uid: str) -> Reply:
    """Send the original as it was kept."""
    picture = services().images.own_image(uid, signed_in())
    file = services().downloads.kept(picture)
    return originals.original(
        file.source,
        mime=f"image/{picture.format}",
        etag=file.etag,
        name=file_name(picture, is_bare=file.is_bare),
        is_saved=False,
    )


def _tagged(picture: Picture) -> Response:
    return with_etag(image(picture), picture.revision)
