"""oEmbed (https://oembed.com): what an address of ours shows, for programs that embed it."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import request, url_for
from markupsafe import escape
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from webapp.errors import InvalidError, NotFoundError
from webapp.services.links.names import Named
from webapp.web.addresses import absolute
from webapp.web.current import services
from webapp.web.forms import number
from webapp.web.thumbs import size_in

LADDER = ("w160", "w320", "w480", "w640", "w960", "w1280", "w1920")
LARGEST = 100_000
NOT_OURS = "There is no shared picture at this address."


def described(routes: Map) -> Mapping[str, str | int]:
    """Return what the asked address shows, within the width and height that are asked for.

    Raises NotFoundError for what is no address of a picture here, or can't be seen by all, and
    InvalidError for a size that is none.
    """
    named = services().sharing.names.find(_name_in(request.args.get("url", ""), routes))
    name = named.grant.key if named.grant is not None else named.picture.id
    extension = "png" if named.picture.has_alpha else "jpg"
    preset, (width, height) = _fitting(named, _limit("maxwidth"), _limit("maxheight"))
    return {
        "type": "photo",
        "version": "1.0",
        "title": _title(named),
        "url": absolute("media.thumb", preset=preset, name=f"{name}.{extension}"),
        "width": width,
        "height": height,
        "provider_name": "Easel",
        "provider_url": absolute("gallery.index"),
        "cache_age": 60,
    }


def as_xml(facts: Mapping[str, str | int]) -> str:
    """Return a description as XML."""
    parts = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in facts.items())
    return f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>{parts}</oembed>'


def _name_in(url: str, routes: Map) -> str:
    """Return the key or the id in an address of a share page, or of a rendition by a preset."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    here = {urlsplit(place).netloc for place in (request.host_url, absolute("gallery.index"))}
    path = parts.path
    prefix = url_for("gallery.index").rstrip("/")
    if parts.scheme not in ("http", "https") or parts.netloc not in here:
        raise NotFoundError(NOT_OURS)
    if not path.startswith(f"{prefix}/"):
        raise NotFoundError(NOT_OURS)
    try:
        endpoint, values = routes.bind("").match(path.removeprefix(prefix), method="GET")
    except HTTPException as error:
        raise NotFoundError(NOT_OURS) from error
    if endpoint == "shares.show":
        return str(values["key"])
    if endpoint == "media.thumb":
        return str(values["name"]).partition(".")[0]
    raise NotFoundError(NOT_OURS)


def _fitting(named: Named, width: int, height: int) -> tuple[str, tuple[int, int]]:
    """Return the largest step of the ladder that fits; raises NotFoundError where none does."""
    if named.picture.state == "failed":
        raise NotFoundError(NOT_OURS)
    steps = [(name, size_in(named.picture, name)) for name in LADDER]
    fitting = [step for step in steps if step[1][0] <= width and step[1][1] <= height]
    if not fitting:
        msg = "There is no rendition as small as that."
        raise NotFoundError(msg)
    return fitting[-1]


def _limit(name: str) -> int:
    text = request.args.get(name, "")
    if not text:
        return LARGEST
    found = number(text, most=10**9)
    if not found:
        msg = f"{name} is a number of pixels."
        raise InvalidError(msg, fields={name: [msg]})
    return found


def _title(named: Named) -> str:
    """Return what guests may call a picture."""
    grant = named.grant
    if grant is None:
        return "A picture"
    return grant.name or (named.picture.title if grant.tells_all else "A picture")
