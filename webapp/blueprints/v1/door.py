"""Who may come in: programs with a token, which they call an API key."""

import secrets

from flask import Response, g, request

from webapp.blueprints.v1.errors import refusal
from webapp.errors import ForbiddenError
from webapp.web.api.door import check_scope
from webapp.web.current import bearer

NO_KEY = (
    "You didn't provide an API key. Send a token of Easel as `Authorization: Bearer easel_…`; "
    "Settings, API tokens makes one."
)
WRONG_KEY = "Incorrect API key provided: this token is unknown, revoked or has expired."
NEEDED = ("generate", "images:read")
"""The scopes to make pictures and to get them."""
SHARING = "links:write"
NO_SHARING = (
    f"This token lacks the scope {SHARING}, which the response_format `url` needs: it makes a link "
    "that shows the picture to anybody. Ask for `b64_json`, or use a token that may share."
)


def admit() -> Response | None:
    """Let in whoever shows a good token; a browser's session counts nothing here."""
    shown = bearer()
    g.viewer = None if shown is None else shown.viewer
    if shown is not None:
        return None
    sentence = WRONG_KEY if _has_key() else NO_KEY
    answer = refusal(sentence, 401, "invalid_request_error", "invalid_api_key")
    answer.headers["WWW-Authenticate"] = 'Bearer realm="easel"'
    return answer


def check_scopes() -> None:
    """Raise ForbiddenError for a token that may not make pictures and get them."""
    for scope in NEEDED:
        check_scope(scope)


def check_addresses() -> None:
    """Raise ForbiddenError for a token that may not show pictures to others."""
    shown = bearer()
    if shown is None or SHARING not in shown.scopes:
        raise ForbiddenError(NO_SHARING, code="missing_scope")


def number(response: Response) -> Response:
    """Give an answer the number that clients show with their errors."""
    response.headers["X-Request-Id"] = f"req_{secrets.token_hex(12)}"
    return response


def _has_key() -> bool:
    return bool(request.headers.get("Authorization", "").partition(" ")[2].strip())
