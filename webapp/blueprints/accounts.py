"""Signing in by password or by a single-use link, and signing out."""

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from webapp.errors import GoneError, InvalidError
from webapp.extensions import limiter
from webapp.web import htmx, sessions
from webapp.web.current import current_key, services, signed_in, viewer
from webapp.web.redirects import local

blueprint = Blueprint("accounts", __name__)

WRONG = "The user name or the password is wrong."


@blueprint.get("/login")
def login() -> ResponseReturnValue:
    """Show the sign-in form; whoever is signed in goes on at once."""
    target = request.args.get("next", "")
    if viewer() is not None:
        return htmx.go(local(target))
    return _form(target)


@blueprint.post("/login")
@limiter.limit("10 per minute; 60 per hour", methods=["POST"])
def sign_in() -> ResponseReturnValue:
    """Sign somebody in by user name and password."""
    name, password = request.form.get("username", ""), request.form.get("password", "")
    target = request.form.get("next", "")
    person = services().accounts.check_password(name, password)
    if person is None:
        return _form(target, name, {"password": WRONG})
    sessions.sign_in(person)
    return htmx.go(local(target))


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """End the session, on the server too."""
    sessions.sign_out()
    return htmx.go(url_for("accounts.login"))


@blueprint.get("/welcome")
@limiter.limit("30 per minute")
def welcome() -> ResponseReturnValue:
    """Take up a sign-in link, then offer to choose a password."""
    token = request.args.get("token", "")
    if token and request.method == "GET":
        return _redeem(token)
    if viewer() is None:
        return htmx.go(url_for("accounts.login"))
    return htmx.full("accounts/welcome.html", errors={})


@blueprint.post("/welcome")
def choose_password() -> ResponseReturnValue:
    """Give the signed-in person the password that they chose."""
    person = signed_in()
    if sessions.asks_for_password(person):
        return htmx.go(url_for("settings.index"))
    try:
        services().accounts.set_password(
            person.name,
            request.form.get("new_password", ""),
            keep_session=current_key(),
        )
    except InvalidError as error:
        return htmx.full("accounts/welcome.html", status=422, errors={"new_password": str(error)})
    return htmx.go(url_for("gallery.index"))


def _redeem(token: str) -> ResponseReturnValue:
    """Sign in by link; the token leaves the address bar with the redirect."""
    try:
        person = services().accounts.redeem(token)
    except GoneError as error:
        return htmx.full("accounts/link_gone.html", status=410, message=str(error))
    sessions.sign_in(person, by_link=True)
    return htmx.go(url_for("gallery.index" if person.has_password else "accounts.welcome"))


def _form(target: str, username: str = "", errors: dict[str, str] | None = None) -> Response:
    return htmx.full(
        "accounts/login.html",
        status=422 if errors else 200,
        errors=errors or {},
        username=username,
        next=target,
    )
