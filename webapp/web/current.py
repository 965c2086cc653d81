"""What belongs to the current request: the services, and who asks."""

from typing import cast

from flask import current_app, g, request, session

from webapp.errors import NotFoundError
from webapp.services import Services
from webapp.services.accounts import Viewer
from webapp.services.tokens import Bearer

SERVICES = "easel_services"
SESSION_KEY = "key"
READING = ("GET", "HEAD")
BY_TOKEN = frozenset({"media.thumb", "media.image", "media.meta", "images.original"})
"""What a token opens beside the API: thumbnails and originals. Pages are for sessions."""


def services() -> Services:
    """Return the wired services of the current app."""
    return cast("Services", current_app.extensions[SERVICES])


def viewer() -> Viewer | None:
    """Return who asks, by session or, for a picture, by a token; looked up once a request."""
    if "viewer" not in g:
        g.viewer = _by_session() or _by_token()
    return cast("Viewer | None", g.viewer)


def current_key() -> str | None:
    """Return the key of the browser's session."""
    return cast("str | None", session.get(SESSION_KEY))


def signed_in() -> Viewer:
    """Return who is signed in on a page that is for them alone."""
    person = viewer()
    if person is None:
        msg = "Sign in first."
        raise NotFoundError(msg)
    return person


def bearer() -> Bearer | None:
    """Return whose API token the request carries, looked up once a request."""
    if "bearer" not in g:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        is_token = scheme.lower() == "bearer" and token
        g.bearer = services().tokens.check(token.strip()) if is_token else None
    return cast("Bearer | None", g.bearer)


def _by_session() -> Viewer | None:
    key = current_key()
    return None if key is None else services().accounts.viewer_of(key)


def _by_token() -> Viewer | None:
    """Return whose token it is where it may read images and a picture is asked for.

    Pages know no scopes: a token that could open them would read what none of its scopes names.
    """
    shown = bearer() if request.method in READING and request.endpoint in BY_TOKEN else None
    return shown.viewer if shown is not None and "images:read" in shown.scopes else None
