"""Errors in OpenAI's shape, with the statuses by which its clients tell them apart.

`X-Should-Retry: false` keeps clients from asking again, of their own accord, for what costs money
or would only be refused again. Once pictures are ordered, asking again orders others.
"""

import logging
from collections.abc import Collection, Mapping
from http import HTTPStatus

from flask import Blueprint, Response, g, jsonify
from werkzeug.exceptions import HTTPException, TooManyRequests

from webapp.errors import (
    BusyError,
    EaselError,
    InvalidError,
    OverBudgetError,
    OverloadedError,
)
from webapp.services.openai.waiting import NobodyWaitsError
from webapp.services.pictures import Picture
from webapp.web import limits
from webapp.web.errors import BROKEN, status_of

logger = logging.getLogger(__name__)

INVALID, SERVER, QUOTA, REQUESTS = (
    "invalid_request_error",
    "server_error",
    "insufficient_quota",
    "requests",
)
ORDERED = "v1_ordered"
GONE = 499
"""What nginx notes for a client that has gone; nobody sees it."""

FAILURES: Mapping[str, tuple[int, str, str]] = {
    "blocked": (400, INVALID, "content_policy_violation"),
    "invalid": (400, INVALID, "invalid_value"),
    "no_image": (400, INVALID, "no_image"),
    "no_model": (404, INVALID, "model_not_found"),
    "reference_gone": (400, INVALID, "reference_gone"),
    "cancelled": (409, INVALID, "cancelled"),
    "quota": (429, QUOTA, "insufficient_quota"),
    "rate_limit": (429, REQUESTS, "rate_limit_exceeded"),
    "timeout": (504, SERVER, "timeout"),
    "unavailable": (503, SERVER, "unavailable"),
    "storage_full": (507, SERVER, "storage_full"),
}
"""Status, type and code for each kind of failure; any other is the server's fault."""

WORTH_ANOTHER_TRY = frozenset({"rate_limit", "unavailable"})
"""Failures that cost nothing and may pass."""


def refusal(message: str, status: int, kind: str, code: str, param: str | None = None) -> Response:
    """Return an error as OpenAI writes it; `param` names the field that it is about."""
    response = jsonify(error={"message": message, "type": kind, "param": param, "code": code})
    response.status_code = status
    return response


def note_order() -> None:
    """Note that this request has ordered pictures: no error of it may have them ordered twice."""
    setattr(g, ORDERED, True)


def failed(picture: Picture, kinds: Collection[str]) -> Response:
    """Return the error for a picture that could not be made, one of several of these `kinds`."""
    status, kind, code = FAILURES.get(
        picture.error_kind, (502, SERVER, picture.error_kind or "unexpected")
    )
    failure = picture.failure
    text = " ".join(filter(None, (f"{failure.title}.", picture.error_message, failure.next_step)))
    response = refusal(text, status, kind, code)
    if not WORTH_ANOTHER_TRY.issuperset(kinds):
        response.headers["X-Should-Retry"] = "false"
    return response


def connect(blueprint: Blueprint) -> None:
    """Have the errors of a blueprint answered in this shape."""
    blueprint.register_error_handler(EaselError, _easel_error)
    blueprint.register_error_handler(TooManyRequests, _too_often)
    blueprint.register_error_handler(HTTPException, _http_error)
    blueprint.register_error_handler(NobodyWaitsError, lambda _error: Response(status=GONE))
    blueprint.register_error_handler(Exception, _unexpected)


def _easel_error(error: EaselError) -> Response:
    response = _response(error)
    if g.get(ORDERED):
        response.headers["X-Should-Retry"] = "false"
    return response


def _response(error: EaselError) -> Response:
    if isinstance(error, InvalidError):
        return _invalid(error)
    if isinstance(error, OverBudgetError):
        response = refusal(str(error), 429, QUOTA, "insufficient_quota")
        response.headers["X-Should-Retry"] = "false"
        return response
    if isinstance(error, OverloadedError):
        response = refusal(str(error), 429, REQUESTS, "rate_limit_exceeded")
    else:
        status = int(status_of(error))
        response = refusal(str(error), status, INVALID if status < 500 else SERVER, error.code)
        if not isinstance(error, BusyError):
            response.headers["X-Should-Retry"] = "false"
    if isinstance(error, BusyError):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _invalid(error: InvalidError) -> Response:
    field = next(iter(error.fields), None)
    status = int(status_of(error))
    if field == "model" and error.code == InvalidError.code:
        return refusal(str(error), 404, INVALID, "model_not_found", field)
    code = "invalid_value" if error.code == InvalidError.code else error.code
    return refusal(str(error), status, INVALID, code, field)


def _too_often(_error: TooManyRequests) -> Response:
    return refusal(limits.refusal(), 429, REQUESTS, "rate_limit_exceeded")


def _http_error(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or 500)
    code = status.phrase.lower().replace(" ", "_")
    kind = INVALID if status < HTTPStatus.INTERNAL_SERVER_ERROR else SERVER
    return refusal(error.description or status.phrase, status, kind, code)


def _unexpected(error: Exception) -> Response:
    logger.error("Unexpected error", exc_info=error)
    response = refusal(BROKEN, 500, SERVER, "unexpected")
    response.headers["X-Should-Retry"] = "false"
    return response
