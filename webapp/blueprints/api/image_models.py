"""Images as they are told, one or a page of them, without a query for each."""

import base64
from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from webapp.blueprints.api.generation_json import Failure, error
from webapp.errors import TooLargeError
from webapp.services.library import Details
from webapp.services.pictures import Picture
from webapp.web.addresses import absolute
from webapp.web.api import Moment, Told
from webapp.web.current import services
from webapp.web.thumbs import thumb

MOST_INLINE = 12_000_000
"""Bytes of an original that are put into JSON; it is a third longer there."""

Visibility = Literal["private", "unlisted", "public"]


class FocalPoint(Told):
    """A point in a picture: shares from the left and from the top."""

    x: float = Field(ge=0, le=1)
    y: float = Field(ge=0, le=1)


class ImageTold(Told):
    """An image with what made it, and its addresses."""

    id: str
    image: str | None = Field(description="The address of the original, once it is there.")
    timestamp: Moment = Field(description="When it was asked for, or brought.")
    state: str = Field(description="`pending`, `ready` or `failed`.")
    visibility: str = Field(description="`private`, `unlisted` or `public`.")
    prompt: str
    negative_prompt: str
    provider: str = Field(description="Empty for an upload.")
    model: str
    seed: int | None
    generation: str | None = Field(description="The id of the generation that it belongs to.")
    filename: str = Field(description="What its file was called, if it was brought.")
    width: int
    height: int
    format: str = Field(description="`png`, `jpeg` and so on; empty until it is there.")
    bytes: int
    digest: str = Field(description="The SHA-256 of the original, in hex.")
    tags: list[str]
    albums: list[str] = Field(description="The ids of the albums that it is in.")
    parents: list[str] = Field(description="The ids of the images that it was made from.")
    focal_point: FocalPoint | None
    preview: str = Field(description="A blurred picture of 16 pixels, as a data URI.")
    colour: str = Field(description="Its dominant colour, such as `#3080c0`.")
    palette: list[str]
    sizes: dict[str, str] = Field(description="Addresses of renditions by preset.")
    progress: float = Field(description="0 to 1.")
    version: str = Field(description="Changes with the pixels of its renditions.")
    deleted: Moment | None = Field(description="When it was moved to the trash.")
    error: Failure | None


class ShownImage(ImageTold):
    """An image, perhaps with the picture itself."""

    inline: str | None = Field(default=None, description="The original as a data URI, if asked.")


class UploadedImage(ImageTold):
    """An image that was brought."""

    duplicate: bool = Field(description="Whether the very same picture was there already.")


class ImagesTold(Told):
    """A page of images, newest first, or in the order of their album."""

    items: list[ImageTold]
    next_cursor: str | None


def image(picture: Picture) -> ImageTold:
    """Return one image."""
    return images([picture])[0]


def images(pictures: Sequence[Picture]) -> list[ImageTold]:
    """Return images; what stands beside them in other tables is read for all of them at once."""
    beside = services().library.finder.details(pictures)
    presets = tuple(services().renditions.presets)
    return [_image(picture, beside[picture.key], presets) for picture in pictures]


def inline(picture: Picture) -> str | None:
    """Return an original as a data URI, None where there is none yet; raises TooLargeError."""
    if not picture.is_ready:
        return None
    if picture.bytes > MOST_INLINE:
        msg = f"Only pictures of up to {MOST_INLINE // 10**6} MB come inline. Get the original."
        raise TooLargeError(msg)
    data = base64.b64encode(services().images.original_bytes(picture)).decode()
    return f"data:image/{picture.format};base64,{data}"


def _image(picture: Picture, beside: Details, presets: Sequence[str]) -> ImageTold:
    focal = picture.focal
    return ImageTold(
        id=picture.id,
        image=absolute("images.original", uid=picture.id) if picture.is_ready else None,
        timestamp=picture.created,
        state=picture.state,
        visibility=picture.visibility,
        prompt=picture.prompt,
        negative_prompt=picture.negative_prompt,
        provider=picture.provider,
        model=picture.model,
        seed=picture.seed,
        generation=beside.generation,
        filename=picture.filename,
        width=picture.width,
        height=picture.height,
        format=picture.format,
        bytes=picture.bytes,
        digest=picture.digest,
        tags=list(beside.tags),
        albums=list(beside.albums),
        parents=list(beside.parents),
        focal_point=None if focal is None else FocalPoint(x=focal[0], y=focal[1]),
        preview=picture.preview,
        colour=picture.colour,
        palette=list(picture.palette),
        sizes={name: thumb(picture, name, external=True) for name in presets},
        progress=1 if picture.is_ready else picture.progress / 100,
        version=picture.version,
        deleted=picture.deleted,
        error=None if picture.state != "failed" else error(picture),
    )
