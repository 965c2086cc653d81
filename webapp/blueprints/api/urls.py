"""Signed addresses: any operations on an image, for whoever is given the address."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field, Strict

from webapp.errors import InvalidError
from webapp.web.addresses import absolute
from webapp.web.api import READ, Asked, Reply, Text, Told, operation, resource
from webapp.web.current import services, signed_in

blueprint = resource("urls", "/urls")


class UrlAsked(Asked):
    """An address that is to be signed."""

    image: str = Field(description="The id of an image of yours.")
    ops: Text = Field(
        default="_",
        max_length=1000,
        description="Operations such as `w_400,fit_cover`; `_` for the picture as it is.",
    )
    format: str | None = Field(
        default=None, description="`webp`, `jpg`, `png`, `avif` or `gif`; else what browsers take."
    )
    expires: Annotated[AwareDatetime, Strict(strict=False)] | None = Field(
        default=None, description="From then on it answers 410. Seconds since 1970 are fine too."
    )


class UrlTold(Told):
    """A signed address. The signature allows the work, not the sight: visibility does that."""

    url: str
    path: str


@blueprint.post("")
@operation(READ, {200: UrlTold}, refuses=(410,))
def create(json: UrlAsked) -> Reply:
    """Sign the address of a rendition with any operations."""
    picture = services().images.own_image(json.image, signed_in())
    ops = json.ops
    if json.expires is not None:
        if json.expires <= datetime.now(UTC):
            msg = "An address expires in the future."
            raise InvalidError(msg, fields={"expires": [msg]})
        ops = ",".join(
            part
            for part in (ops if ops != "_" else "", f"exp_{int(json.expires.timestamp())}")
            if part
        )
    extension = f".{json.format}" if json.format else ""
    path = services().addresses.sign(f"/{ops}/{picture.id}{extension}")
    return UrlTold(url=absolute("gallery.index").rstrip("/") + path, path=path)
