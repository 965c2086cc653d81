"""From errors to answers: the status of each kind, as a page, a toast, or problem+json."""

import logging
from http import HTTPStatus

from flask import Flask, Response, jsonify, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from webapp.errors import (
    BusyError,
    ChangedError,
    ConflictError,
    EaselError,
    ForbiddenError,
    GoneError,
    InvalidError,
    NotFoundError,
    OverBudgetError,
    OverloadedError,
    StorageFullError,
    TooLargeError,
    UpstreamError,
    UpstreamTimeoutError,
)
from webapp.web import htmx

logger = logging.getLogger(__name__)

STATUSES: tuple[tuple[type[EaselError], HTTPStatus], ...] = (
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (GoneError, HTTPStatus.GONE),
    (ForbiddenError, HTTPStatus.FORBIDDEN),
    (ConflictError, HTTPStatus.CONFLICT),
    (ChangedError, HTTPStatus.PRECONDITION_FAILED),
    (TooLargeError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (InvalidError, HTTPStatus.BAD_REQUEST),
    (OverBudgetError, HTTPStatus.PAYMENT_REQUIRED),
    (UpstreamError, HTTPStatus.BAD_GATEWAY),
    (UpstreamTimeoutError, HTTPStatus.GATEWAY_TIMEOUT),
    (StorageFullError, HTTPStatus.INSUFFICIENT_STORAGE),
    (OverloadedError, HTTPStatus.TOO_MANY_REQUESTS),
    (BusyError, HTTPStatus.SERVICE_UNAVAILABLE),
)
UNPROCESSABLE = frozenset(
    {"too_many_pixels", "original_damaged", "not_strippable", "invalid_url", "private_address"}
)
"""What is neither about the length of a body nor the asker's fault: it can't be processed."""

SENTENCES = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take that kind of request.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "That is larger than this Easel accepts.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many attempts. Wait a minute, then try again.",
}
EXPIRED_FORM = (
    "This form has been open for too long. Copy what you have written, load the page again and "
    "send it once more."
)
UNKNOWN_HOST = (
    "This Easel does not answer to that host name. Its administrator can add it to "
    "EASEL_TRUSTED_HOSTS or set EASEL_BASE_URL."
)
API = "/api"
BROKEN = "Something went wrong here. It has been noted in the log."


def status_of(error: EaselError) -> HTTPStatus:
    """Return the status that tells the truth about an error."""
    for kind, status in STATUSES:
        if isinstance(error, kind):
            return HTTPStatus.UNPROCESSABLE_ENTITY if error.code in UNPROCESSABLE else status
    return HTTPStatus.INTERNAL_SERVER_ERROR


def answer(message: str, status: HTTPStatus, code: str, **more: object) -> Response:
    """Return an error in the form that suits the asker."""
    if is_for_api() or wants_json():
        return problem(message, status, code, **more)
    if htmx.is_fragment():
        return htmx.toast(message, "error", status=status)
    try:
        return _page(message, status)
    except Exception:
        logger.exception("The error page can't be shown")
        return Response(message, status, mimetype="text/plain")


def wants_json() -> bool:
    """Return whether the asker would rather have JSON than a page."""
    wanted = request.accept_mimetypes.best_match(("text/html", "application/json"))
    return wanted == "application/json"


def is_for_api() -> bool:
    """Return whether the request is for the JSON API, where every answer is JSON."""
    return request.path == API or request.path.startswith(f"{API}/")


def _page(message: str, status: HTTPStatus) -> Response:
    return htmx.full(
        "errors/page.html",
        status=status,
        title=status.phrase,
        message=message,
        action=None,
    )


def problem(message: str, status: HTTPStatus, code: str, **more: object) -> Response:
    """Return an error as application/problem+json (RFC 9457), with our stable code."""
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": message,
        "code": code,
        **more,
    }
    response = jsonify(body)
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def connect(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(EaselError, _easel_error)
    app.register_error_handler(CSRFError, lambda _error: _plain(EXPIRED_FORM, 400, "csrf"))
    app.register_error_handler(SecurityError, lambda _error: _host_error())
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _easel_error(error: EaselError) -> Response:
    status = status_of(error)
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("%s", error)
    more = {"errors": error.fields} if isinstance(error, InvalidError) and error.fields else {}
    response = answer(str(error), status, error.code, **more)
    if isinstance(error, BusyError):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _http_error(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or 500)
    message = SENTENCES.get(status) or str(error.description or status.phrase)
    response = answer(message, status, status.phrase.lower().replace(" ", "_"))
    for name, value in error.get_headers():
        if name.lower() in ("allow", "content-range", "location", "retry-after"):
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    logger.error("Unexpected error at %s", request.path, exc_info=error)
    return answer(BROKEN, HTTPStatus.INTERNAL_SERVER_ERROR, "unexpected")


def _host_error() -> Response:
    """Answer without a page: no URL can be built for a host that is not ours."""
    if is_for_api():
        return problem(UNKNOWN_HOST, HTTPStatus.BAD_REQUEST, "unknown_host")
    return Response(UNKNOWN_HOST, HTTPStatus.BAD_REQUEST, mimetype="text/plain")


def _plain(message: str, status: int, code: str) -> Response:
    return answer(message, HTTPStatus(status), code)
