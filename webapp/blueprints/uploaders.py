"""Setting up programs that upload: files to download, and what to do with them."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from webapp.errors import NotFoundError
from webapp.extensions import limiter
from webapp.services.tokens import TokenWish
from webapp.web import htmx, uploaders
from webapp.web.addresses import absolute
from webapp.web.current import services, signed_in
from webapp.web.uploaders import PLACEHOLDER, UPLOADERS, Uploader

blueprint = Blueprint("uploaders", __name__, url_prefix="/settings/uploaders")

SCOPES = ("images:write",)
"""All that an uploader needs: its token lists no pictures and makes none. It can change them."""
LASTS = timedelta(days=365)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show how programs that upload are set up."""
    return htmx.full(
        "uploaders/index.html",
        uploaders=UPLOADERS,
        address=_address(),
        shell=UPLOADERS["shell"].write(_address(), PLACEHOLDER),
        bookmark=uploaders.bookmark(f"{absolute('uploads.page')}?url="),
    )


@blueprint.get("/<name>")
def show(name: str) -> ResponseReturnValue:
    """Send a file with a placeholder where the token belongs."""
    return _file(_known(name), PLACEHOLDER)


@blueprint.post("/<name>")
@limiter.limit("30 per minute")
def create(name: str) -> ResponseReturnValue:
    """Make a token that may keep pictures for a year, and send a file with it, this once."""
    known = _known(name)
    wish = TokenWish(known.title, SCOPES, datetime.now(UTC) + LASTS)
    made = services().tokens.issue(signed_in(), wish)
    return _file(known, made.secret)


def _known(name: str) -> Uploader:
    if name not in UPLOADERS:
        msg = f"There is no file for {name[:40]!r}. There are {', '.join(UPLOADERS)}."
        raise NotFoundError(msg)
    return UPLOADERS[name]


def _file(uploader: Uploader, token: str) -> Response:
    text = uploader.write(_address(), token)
    response = Response(text, mimetype=uploader.mime)
    response.headers.set("Content-Disposition", "attachment", filename=uploader.filename)
    return response


def _address() -> str:
    return absolute("api.images.create")
