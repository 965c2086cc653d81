"""Albums: made, changed, listed and deleted."""

from flask import Response
from pydantic import Field

from webapp.services.library import AlbumView
from webapp.services.library.albums import LONGEST_DESCRIPTION, LONGEST_TITLE
from webapp.web.addresses import absolute
from webapp.web.api import (
    READ,
    WRITE_ALBUMS,
    Asked,
    Moment,
    PageAsked,
    Reply,
    Text,
    Told,
    expected,
    operation,
    resource,
    with_etag,
)
from webapp.web.api.keys import key_of, sealed_key
from webapp.web.current import services, signed_in
from webapp.web.thumbs import thumb

blueprint = resource("albums", "/albums")


class AlbumAsked(Asked):
    """An album that is to be made."""

    title: Text = Field(min_length=1, max_length=LONGEST_TITLE, examples=["Lakes and seas"])
    description: Text = Field(default="", max_length=LONGEST_DESCRIPTION)


class AlbumChangeAsked(Asked):
    """What is to be changed of an album; what is left out stays."""

    title: Text | None = Field(default=None, min_length=1, max_length=LONGEST_TITLE)
    description: Text | None = Field(default=None, max_length=LONGEST_DESCRIPTION)
    cover: str | None = Field(
        default=None, description="The id of an image in it; null takes the choice back."
    )


class AlbumTold(Told):
    """An album."""

    id: str
    title: str
    description: str
    count: int = Field(description="How many images are in it, without those in the trash.")
    cover: str | None = Field(description="The id of the image that is chosen, or else the first.")
    cover_url: str | None = Field(description="That image, cut to a square.")
    images: str = Field(description="The address of what is in it.")
    version: int = Field(description="Counts the album's changes.")
    created: Moment
    updated: Moment


class AlbumsTold(Told):
    """A page of albums, newest first."""

    items: list[AlbumTold]
    next_cursor: str | None


@blueprint.get("")
@operation(READ, {200: AlbumsTold})
def index(query: PageAsked) -> Reply:
    """List your albums, newest first."""
    page = services().library.albums.page(signed_in(), key_of(query.cursor), query.limit)
    return AlbumsTold(
        items=list(map(_album, page.albums)), next_cursor=sealed_key(page.next_cursor)
    )


@blueprint.post("")
@operation(WRITE_ALBUMS, {201: AlbumTold})
def create(json: AlbumAsked) -> Reply:
    """Make an empty album."""
    made = services().library.albums.create(signed_in(), json.title, json.description)
    response = _tagged(made, 201)
    response.headers["Location"] = absolute("api.albums.show", uid=made.id)
    return response


@blueprint.get("/<uid>")
@operation(READ, {200: AlbumTold})
def show(uid: str) -> Reply:
    """Show an album."""
    return _tagged(services().library.albums.get(uid, signed_in()))


@blueprint.patch("/<uid>")
@operation(WRITE_ALBUMS, {200: AlbumTold}, refuses=(412,), headers=("If-Match",))
def change(uid: str, json: AlbumChangeAsked) -> Reply:
    """Change an album's title, description or cover."""
    changed = services().library.albums.update(
        uid,
        signed_in(),
        title=json.title,
        description=json.description,
        cover=(json.cover or "") if "cover" in json.model_fields_set else None,
        expected=expected(),
    )
    return _tagged(changed)


@blueprint.delete("/<uid>")
@operation(WRITE_ALBUMS, {204: None}, refuses=(412,), headers=("If-Match",))
def delete(uid: str) -> Reply:
    """Delete an album; the images in it stay."""
    services().library.albums.delete(uid, signed_in(), expected())
    return Response(status=204)


def _tagged(album: AlbumView, status: int = 200) -> Response:
    return with_etag(_album(album), album.revision, status)


def _album(album: AlbumView) -> AlbumTold:
    cover = album.cover
    return AlbumTold(
        id=album.id,
        title=album.title,
        description=album.description,
        count=album.count,
        cover=None if cover is None else cover.id,
        cover_url=None if cover is None else thumb(cover, "square", external=True),
        images=absolute("api.albums.contents", uid=album.id),
        version=album.version,
        created=album.created,
        updated=album.updated,
    )
