"""Signing in and out: the cookie carries a session's key, the accounts know whose it is.

A page that never asks who is there never reads the cookie, so that what it answers can be kept by
shared caches.
"""

from collections.abc import Set as AbstractSet

from flask import Flask, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from webapp.services.accounts import Viewer
from webapp.web import htmx
from webapp.web.current import SESSION_KEY, current_key, services, viewer

BY_LINK = "by_link"
"""Marks a session that a sign-in link opened: who runs Easel vouches for its person."""


def sign_in(person: Viewer, *, by_link: bool = False) -> None:
    """Give the browser a new session; whatever an old one held is gone."""
    session.clear()
    session[BY_LINK] = by_link
    session[SESSION_KEY] = services().accounts.open_session(person)
    session.permanent = True
    g.pop("viewer", None)


def sign_out() -> None:
    """End the session on the server and in the browser."""
    key = current_key()
    if key is not None:
        services().accounts.close_session(key)
    session.clear()
    g.pop("viewer", None)


def asks_for_password(person: Viewer) -> bool:
    """Say whether a new password needs the current one: not for whoever came by link."""
    return person.has_password and not session.get(BY_LINK, False)


def connect(app: Flask, public: AbstractSet[str]) -> None:
    """Close every page to strangers, except those of and within the `public` blueprints."""

    @app.before_request
    def require_sign_in() -> ResponseReturnValue | None:
        is_open = request.endpoint is None or not public.isdisjoint(request.blueprints)
        return None if is_open or viewer() is not None else _ask_to_sign_in()


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.method == "GET" and not htmx.is_fragment():
        return redirect(url_for("accounts.login", next=request.full_path.rstrip("?")), code=303)
    flash("Sign in first: your session has ended.", "error")
    return htmx.go(url_for("accounts.login"))
