"""Signing in and out: Flask-Login remembers a session's key, the accounts know whose it is."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from flask import Flask, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user

from webapp.services.accounts import Viewer
from webapp.web import htmx
from webapp.web.current import services, viewer


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A signed-in person, in the shape that Flask-Login asks for."""

    viewer: Viewer
    key: str
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return what the session cookie carries: the session's key, not the person's id."""
        return self.key


def sign_in(viewer: Viewer) -> None:
    """Give the browser a new session; whatever an old one held is gone."""
    session.clear()
    login_user(SignedIn(viewer, services().accounts.open_session(viewer)))
    session.permanent = True


def sign_out() -> None:
    """End the session on the server and in the browser."""
    if current_user.is_authenticated:
        services().accounts.close_session(current_user.key)
    logout_user()
    session.clear()


def current_key() -> str | None:
    """Return the key of the current session."""
    return current_user.key if current_user.is_authenticated else None


def connect(app: Flask, login: LoginManager, public: Collection[str]) -> None:
    """Close every page to strangers, except those of the `public` blueprints."""
    login.user_loader(_load)
    login.unauthorized_handler(_ask_to_sign_in)

    @app.before_request
    def require_sign_in() -> ResponseReturnValue | None:
        if request.endpoint is None or request.blueprint in public or viewer() is not None:
            return None
        return cast("ResponseReturnValue", login.unauthorized())


def _load(key: str) -> SignedIn | None:
    viewer = services().accounts.viewer_of(key)
    return None if viewer is None else SignedIn(viewer, key)


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.method == "GET" and not htmx.is_fragment():
        return redirect(url_for("accounts.login", next=request.full_path.rstrip("?")), code=303)
    flash("Sign in first: your session has ended.", "error")
    return htmx.go(url_for("accounts.login"))
