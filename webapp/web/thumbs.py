"""Thumbnail URLs in templates: `picture | thumb("w640")`, `picture | srcset("w320", "w640")`."""

from typing import Any

from flask import url_for

from webapp.services.pictures import Picture
from webapp.web.addresses import absolute
from webapp.web.current import services


def thumb(picture: Picture, preset: str, *, extension: str = "webp", external: bool = False) -> str:
    """Return the URL of a rendition, with its version where the picture has one."""
    version: dict[str, Any] = {"v": picture.version} if picture.is_ready else {}
    name = f"{picture.id}.{extension}" if extension else picture.id
    build = absolute if external else url_for
    return build("media.thumb", preset=preset, name=name, **version)


def size_in(picture: Picture, preset: str) -> tuple[int, int]:
    """Return the width and height of a picture's rendition, in pixels."""
    return services().renditions.size(picture, preset)


def srcset(picture: Picture, *presets: str) -> str:
    """Return a srcset of renditions, each with its real width; equal ones stand once."""
    widths: dict[int, str] = {}
    for preset in presets:
        widths.setdefault(size_in(picture, preset)[0], thumb(picture, preset))
    return ", ".join(f"{url} {width}w" for width, url in widths.items())


FILTERS = {"thumb": thumb, "size_in": size_in, "srcset": srcset}
