"""Placeholder pictures of any size."""

import re

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from webapp.errors import InvalidError
from webapp.services.renditions.placeholders import HOUR, PlaceholderRequest
from webapp.web import htmx, media
from webapp.web.addresses import absolute
from webapp.web.current import services

blueprint = Blueprint("placeholder", __name__, url_prefix="/placeholder")

SPEC = re.compile(r"([0-9]{1,5})x([0-9]{1,5})(?:\.([A-Za-z]{2,5}))?")
INVALID = "Invalid image request"


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show how placeholders are asked for, with a live example."""
    example = absolute("placeholder.show", spec="480x270.png", bg="1f6f6a", text="Hello")
    return htmx.full("placeholder/index.html", example_url=example)


@blueprint.get("/<spec>", strict_slashes=False)
def show(spec: str) -> ResponseReturnValue:
    """Send a placeholder; `spec` is like `600x400` or `600x400.webp`."""
    try:
        wish = _wish(spec)
        etag = wish.key.rpartition("/")[2][:24]
        if request.if_none_match.contains(etag):
            return _kept_for_an_hour(Response(status=304), etag)
        stand = services().placeholders.show(wish)
    except InvalidError as error:
        return media.shield(Response(str(error), status=400, mimetype="text/plain"), is_public=True)
    response = _kept_for_an_hour(Response(stand.data, mimetype=stand.mime), etag)
    response.make_conditional(request, accept_ranges=True, complete_length=len(stand.data))
    return response


def _wish(spec: str) -> PlaceholderRequest:
    match = SPEC.fullmatch(spec)
    if match is None:
        raise InvalidError(INVALID)
    given = request.args
    return PlaceholderRequest(
        width=int(match[1]),
        height=int(match[2]),
        extension=match[3] or "png",
        background=given.get("bg", "000000"),
        foreground=given.get("fg", "ffffff"),
        text=given.get("text"),
    )


def _kept_for_an_hour(response: Response, etag: str) -> Response:
    response.set_etag(etag)
    response.headers["Cache-Control"] = f"public, max-age={HOUR}"
    return media.shield(response, is_public=True)
