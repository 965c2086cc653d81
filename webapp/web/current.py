"""What belongs to the current request: the services, and who asks."""

from typing import cast

from flask import current_app, g, request
from flask_login import current_user

from webapp.errors import NotFoundError
from webapp.services import Services
from webapp.services.accounts import Viewer
from webapp.services.tokens import Bearer

SERVICES = "easel_services"


def services() -> Services:
    """Return the wired services of the current app."""
    return cast("Services", current_app.extensions[SERVICES])


def viewer() -> Viewer | None:
    """Return who is signed in, by session, or by a token that may read images."""
    if current_user.is_authenticated:
        return cast("Viewer", current_user.viewer)
    shown = bearer()
    return shown.viewer if shown is not None and "images:read" in shown.scopes else None


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
