"""A person's API tokens: made and shown once, listed, revoked."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue

from webapp.errors import InvalidError
from webapp.extensions import limiter
from webapp.services.tokens import NewToken, TokenWish, scopes_of
from webapp.web import htmx
from webapp.web.current import services, signed_in

blueprint = Blueprint("tokens", __name__, url_prefix="/settings/tokens")

ENDS = (("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("never", "Never"))
USUAL_SCOPES, USUAL_END = ("images:read",), "90"


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show a person's tokens, and the form that makes one."""
    return _page()


@blueprint.post("")
@limiter.limit("30 per minute")
def create() -> ResponseReturnValue:
    """Make a token and show it, this once."""
    try:
        made = services().tokens.issue(signed_in(), _wish())
    except InvalidError as error:
        return _page(errors={name: texts[0] for name, texts in error.fields.items()})
    return _page(made)


@blueprint.post("/<int:token>/revoke")
def revoke(token: int) -> ResponseReturnValue:
    """End a token."""
    services().tokens.revoke(token, signed_in())
    flash("The token is revoked. Programs that use it are refused from now on.", "ok")
    return htmx.go(url_for("tokens.index"))


def _wish() -> TokenWish:
    """Return what the form asks for; raises InvalidError."""
    form = request.form
    end = form.get("expires", USUAL_END)
    if end not in dict(ENDS):
        msg = "Choose one of the times on offer."
        raise InvalidError(msg, fields={"expires": [msg]})
    expires = None if end == "never" else datetime.now(UTC) + timedelta(days=int(end))
    return TokenWish(form.get("name", ""), tuple(form.getlist("scopes")), expires)


def _page(made: NewToken | None = None, errors: Mapping[str, str] | None = None) -> Response:
    person, is_refused = signed_in(), bool(errors)
    form = request.form
    return htmx.full(
        "tokens/index.html",
        status=422 if is_refused else 200,
        tokens=services().tokens.own(person),
        made=made,
        scopes=scopes_of(person),
        ends=ENDS,
        name=form.get("name", "") if is_refused else "",
        chosen=form.getlist("scopes") if is_refused else USUAL_SCOPES,
        end=form.get("expires", USUAL_END) if is_refused else USUAL_END,
        errors=errors or {},
    )
