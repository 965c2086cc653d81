"""ETags: nobody overwrites what somebody else has changed meanwhile (RFC 9110, section 13)."""

from http import HTTPStatus

from flask import Response, request

from webapp.web.api.fields import Told
from webapp.web.api.sent_forms import is_form

FIELD = "_if_match"


def expected() -> frozenset[str] | None:
    """Return the revisions that `If-Match` names, None where any will do; a form has it as a field.

    Services check them inside the transaction that changes something: looked at before it, somebody
    else's change could still come between.
    """
    if is_form() and FIELD in request.form:
        return frozenset({request.form[FIELD]})
    sent = request.if_match
    is_any = sent.star_tag or request.headers.get("If-Match") is None
    return None if is_any else frozenset(sent.as_set())


def with_etag(told: Told, revision: str, status: int = HTTPStatus.OK) -> Response:
    """Return a model with its revision as ETag; 304 to a reader who has it already."""
    response = Response(told.model_dump_json(by_alias=True), status, mimetype="application/json")
    response.set_etag(revision)
    response.headers["Cache-Control"] = "private, no-cache"
    if request.method in ("GET", "HEAD"):
        response.make_conditional(request)
    return response
