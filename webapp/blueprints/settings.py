"""A person's own settings: how pages look, and their password."""

from collections.abc import Mapping

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue

from webapp import __version__
from webapp.errors import InvalidError
from webapp.extensions import limiter
from webapp.web import htmx, sessions
from webapp.web.current import current_key, services, signed_in
from webapp.web.redirects import back

blueprint = Blueprint("settings", __name__, url_prefix="/settings")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show the settings."""
    return _page()


@blueprint.post("/theme")
def theme() -> ResponseReturnValue:
    """Remember how pages shall look."""
    services().accounts.set_theme(signed_in(), request.form.get("theme", ""))
    return htmx.go(back())


@blueprint.post("/password")
@limiter.limit("10 per minute")
def password() -> ResponseReturnValue:
    """Change the password; other browsers are signed out."""
    person = signed_in()
    accounts = services().accounts
    current = request.form.get("current_password", "")
    is_asked = sessions.asks_for_password(person)
    if is_asked and accounts.check_password(person.name, current) is None:
        return _page({"current_password": "This is not your current password."})
    try:
        accounts.set_password(
            person.name,
            request.form.get("new_password", ""),
            keep_session=current_key(),
        )
    except InvalidError as error:
        return _page({"new_password": str(error)})
    flash("Your password has been changed. Other browsers were signed out.", "ok")
    return htmx.go(url_for("settings.index"))


def _page(errors: Mapping[str, str] | None = None) -> Response:
    return htmx.full(
        "settings/index.html",
        status=422 if errors else 200,
        errors=errors or {},
        strips_downloads=services().downloads.strips(signed_in()),
        has_password=sessions.asks_for_password(signed_in()),
        version=__version__,
        providers=services().catalogue.states(),
    )
