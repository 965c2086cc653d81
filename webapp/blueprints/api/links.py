"""Links: keys that let others see a picture or an album, until they are revoked."""

from http import HTTPStatus
from typing import Annotated, Literal

from flask import Response
from pydantic import AwareDatetime, Field, Strict

from webapp.errors import InvalidError
from webapp.services.links.values import HostHits, OwnLink
from webapp.services.links.wishes import LONGEST_NAME, MOST_VIEWS, LinkWish
from webapp.web.addresses import absolute
from webapp.web.api import (
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
from webapp.web.api.fields import example
from webapp.web.api.keys import key_of, sealed_key
from webapp.web.current import services, signed_in

blueprint = resource("links", "/links")

WRITE = "links:write"
ONE_THING = "A link leads to one thing: send `image` or `album`, the id of yours."

Metadata = Annotated[
    Literal["none", "full"],
    Field(description="Whether guests learn how pictures were made: prompts, and files as kept."),
]
Expires = Annotated[
    Annotated[AwareDatetime, Strict(strict=False)] | None,
    Field(description="When it ends, such as 2027-01-31T12:00:00Z; null for never."),
]
Views = Annotated[
    int | None,
    Field(
        ge=1,
        le=MOST_VIEWS,
        description="How often others may see its page, the only place then; null for always.",
    ),
]
Password = Annotated[
    Annotated[str, Field(json_schema_extra={"format": "password"})] | None,
    Field(description="4 to 1024 characters; null for none. It is never answered.", repr=False),
]


class LinkChange(Asked):
    """What of a link is to change; what is not sent stays."""

    model_config = example(name="For Ann", max_views=10)

    name: Text = Field("", max_length=LONGEST_NAME, description="What guests see above it.")
    expires: Expires = None
    max_views: Views = None
    password: Password = None
    metadata: Metadata = "none"


class LinkAsked(LinkChange):
    """A link that is to be made, to an image or to an album."""

    model_config = example(image="Fyj5NgQL7r7", name="For Ann", expires="2027-01-31T12:00:00Z")

    image: str | None = Field(None, description="The id of a picture of yours.")
    album: str | None = Field(None, description="The id of an album of yours.")


class LinksAsked(PageAsked):
    """Which links are wanted."""

    image: str = Field("", description="Those to this picture.")
    album: str = Field("", description="Those to this album.")


class LinkTold(Told):
    """A link. Its id is the key that stands in its addresses."""

    id: str
    url: str = Field(description="Its page, for guests.")
    sizes: dict[str, str] | None = Field(
        description="The picture, or the album's cover, by preset; null where only its page shows "
        "it: with a password, or with `max_views`."
    )
    image: str | None
    album: str | None
    name: str
    state: Literal["active", "expired", "used_up", "revoked", "deleted"]
    has_password: bool
    metadata: Literal["none", "full"]
    created: Moment
    expires: Moment | None
    revoked: Moment | None
    max_views: int | None
    views: int = Field(description="How often others have seen its page.")
    hits: int = Field(description="How often its page and its addresses were asked for.")
    last_hit: Moment | None
    version: int


class Referrer(Told):
    """A host whose pages led to a link; empty where browsers did not say."""

    host: str
    hits: int


class LinkDetails(LinkTold):
    """A link, and where it was followed."""

    referrers: list[Referrer] = Field(description="Most hits first, at most twenty.")


class LinksTold(Told):
    """Links, newest first."""

    items: list[LinkTold]
    next_cursor: str | None


@blueprint.get("")
@operation(answers={200: LinksTold})
def index(query: LinksAsked) -> Reply:
    """List your links, newest first."""
    page = services().sharing.links.page(
        signed_in(),
        key_of(query.cursor),
        image=query.image,
        album=query.album,
        limit=query.limit,
    )
    return LinksTold(
        items=[_told(link) for link in page.links], next_cursor=sealed_key(page.next_cursor)
    )


@blueprint.post("")
@operation(WRITE, {201: LinkTold}, refuses=(410,))
def create(json: LinkAsked) -> Reply:
    """Make a link to one of your pictures or albums."""
    if (json.image is None) is (json.album is None):
        raise InvalidError(ONE_THING, fields={"image": [ONE_THING]})
    links, wish = services().sharing.links, _wish(json)
    if json.image is not None:
        link = links.to_image(signed_in(), json.image, wish)
    else:
        link = links.to_album(signed_in(), json.album or "", wish)
    response = with_etag(_told(link), link.revision, HTTPStatus.CREATED)
    response.headers["Location"] = absolute("api.links.show", link=link.id)
    return response


@blueprint.get("/<link>")
@operation(answers={200: LinkDetails})
def show(link: str) -> Reply:
    """Show one of your links, and where it was followed."""
    found = services().sharing.links.get(link, signed_in())
    hosts = services().sharing.links.hosts(found)
    told = LinkDetails(referrers=[_referrer(host) for host in hosts], **_told(found).model_dump())
    return with_etag(told, found.revision)


@blueprint.patch("/<link>")
@operation(WRITE, {200: LinkTold}, refuses=(410, 412), headers=("If-Match",))
def update(link: str, json: LinkChange) -> Reply:
    """Change a link; what is not sent stays as it is."""
    links, sent = services().sharing.links, json.model_fields_set
    old = links.get(link, signed_in())
    wish = LinkWish(
        name=json.name if "name" in sent else old.name,
        expires=json.expires if "expires" in sent else old.expires,
        max_views=json.max_views if "max_views" in sent else old.max_views,
        password=(json.password or "") if "password" in sent else None,
        metadata=json.metadata if "metadata" in sent else old.metadata,
    )
    meant = expected()
    if meant is None:  # of what was read just now, nobody may have changed anything meanwhile
        meant = frozenset({old.revision})
    changed = links.update(link, signed_in(), wish, expected=meant)
    return with_etag(_told(changed), changed.revision)


@blueprint.delete("/<link>")
@operation(WRITE, {204: None}, refuses=(412,), headers=("If-Match",))
def delete(link: str) -> Reply:
    """Revoke a link, at once and for good; nothing else changes."""
    services().sharing.links.revoke(link, signed_in(), expected=expected())
    return Response(status=HTTPStatus.NO_CONTENT)


def _wish(json: LinkChange) -> LinkWish:
    return LinkWish(
        name=json.name,
        expires=json.expires,
        max_views=json.max_views,
        password=json.password,
        metadata=json.metadata,
    )


def _told(link: OwnLink) -> LinkTold:
    image = link.picture.id if link.picture is not None and link.album is None else None
    return LinkTold(
        id=link.id,
        url=absolute("shares.show", key=link.id),
        sizes=_sizes(link) if link.has_addresses else None,
        image=image,
        album=link.album,
        name=link.name,
        state=link.state,
        has_password=link.has_password,
        metadata="full" if link.metadata == "full" else "none",
        created=link.created,
        expires=link.expires,
        revoked=link.revoked,
        max_views=link.max_views,
        views=link.views,
        hits=link.hits,
        last_hit=link.last_hit,
        version=link.version,
    )


def _sizes(link: OwnLink) -> dict[str, str]:
    """Return addresses that end with the link, by the names of presets."""
    presets = services().renditions.presets
    return {name: absolute("media.thumb", preset=name, name=f"{link.id}.webp") for name in presets}


def _referrer(entry: HostHits) -> Referrer:
    return Referrer(host=entry.host, hits=entry.count)
