"""The door of the JSON API: who is let in, and what their token lets them do."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import TooManyRequests

from webapp.errors import ForbiddenError, InvalidError
from webapp.extensions import csrf
from webapp.web import limits
from webapp.web.api.sent_forms import is_form
from webapp.web.current import READING, bearer, viewer
from webapp.web.errors import problem, status_of

SIGN_IN = (
    "Send a token as `Authorization: Bearer easel_…`, or sign in with a browser. "
    "`easel token create` makes tokens."
)
BAD_TOKEN = "This token is unknown, revoked or has expired."  # noqa: S105  # a sentence about one
DUE = "csrf_due"
OPEN = frozenset({"api.docs.openapi", "api.docs.index"})
"""What everybody may see: how the API is used."""


class Resource(Blueprint):
    """A blueprint whose addresses may end in a slash."""

    def add_url_rule(self, rule: str, *arguments: Any, **options: Any) -> None:
        """Add an address."""
        super().add_url_rule(rule, *arguments, **{"strict_slashes": False} | options)


def resource(name: str, prefix: str) -> Resource:
    """Return the blueprint of a resource; `admit` takes the place of the check of forms."""
    blueprint = Resource(name, f"{__name__}.{name}", url_prefix=prefix)
    csrf.exempt(blueprint)
    return blueprint


def admit() -> Response | None:
    """Let in whoever shows a good token, or has a session; tell everybody else how to.

    A browser sends its session along whoever made it ask, so that a change also needs the page's
    own token. A token that is shown counts alone, even beside a session.
    """
    if request.method == "OPTIONS" or request.endpoint in OPEN:
        return None
    if request.headers.get("Authorization", "").lower().startswith("bearer"):
        shown = bearer()
        g.viewer = None if shown is None else shown.viewer
        return None if shown is not None else _unauthorised(BAD_TOKEN, "invalid_token")
    if viewer() is None:
        return _unauthorised(SIGN_IN)
    if request.method not in READING:
        _check_page()
    return None


def check_form(token: str) -> None:
    """Check the token of a form, where the session counts and no header has told it.

    Raises CSRFError. An operation that reads forms itself calls it with what it has read.
    """
    if g.pop(DUE, False):
        csrf.check(token)


def _check_page() -> None:
    """Check that a page of ours sends this; a form is read first, by whoever it is for."""
    if is_form() and not csrf.is_told():
        setattr(g, DUE, True)
    else:
        csrf.check()


def check_scope(scope: str) -> None:
    """Raise ForbiddenError for a token without a scope; a browser's session has all of them."""
    shown = bearer()
    if shown is not None and scope not in shown.scopes:
        msg = f"This token lacks the scope {scope}. Make one with `--scopes {scope}`."
        raise ForbiddenError(msg, code="missing_scope")


def told(error: InvalidError) -> Response:
    """Return a mistake with the names that its fields have in JSON, not those of our forms.

    What is no picture is told beside `errors` as well: there clients of base64 services look.
    """
    names = {"var_": "variables.", "param_": "parameters."}
    errors: dict[str, list[str]] = {}
    for field, texts in error.fields.items():
        prefix = next((prefix for prefix in names if field.startswith(prefix)), "")
        errors[names.get(prefix, "") + field.removeprefix(prefix)] = texts
    more: dict[str, Any] = {"errors": errors} if errors else {}
    if error.code == "invalid_image":
        more["image"] = [error.code]
    return problem(str(error), status_of(error), error.code, **more)


def too_often(_error: TooManyRequests) -> Response:
    """Return the refusal of a request that came too soon after others."""
    return problem(limits.refusal(), HTTPStatus.TOO_MANY_REQUESTS, "rate_limited")


def _unauthorised(sentence: str, error: str = "") -> Response:
    response = problem(sentence, HTTPStatus.UNAUTHORIZED, error or "unauthorized")
    challenge = 'Bearer realm="easel"' + (f', error="{error}"' if error else "")
    response.headers["WWW-Authenticate"] = challenge
    return response
