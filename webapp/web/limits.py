"""Rate limits: how often a program may ask, and the headers that tell it where it stands.

`RateLimit` and `RateLimit-Policy` are those of draft-ietf-httpapi-ratelimit-headers; the three
single headers are those of its earlier drafts, which more clients read.
"""

import hashlib
import math
import time
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Flask, Response, current_app, request
from flask_limiter import RequestLimit

from webapp.errors import EaselError
from webapp.extensions import limiter
from webapp.web.current import bearer, viewer

API_RATE, UPLOAD_RATE = "EASEL_API_RATE", "EASEL_UPLOAD_RATE"
"""Where the app's configuration says how often; an empty text means as often as one likes."""

GUESSES = "30 per minute"
"""How many wrong tokens an address may show."""

TELLINGS = "30 per minute"
"""How often a person may have webhooks told something, by pages and by programs together."""

TOO_OFTEN = "That was asked too often. Wait {seconds} s, then go on."


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an asker stands with a limit: `count` in `window` seconds, `left` until `reset`.

    `reset` is in seconds from now.
    """

    name: str
    count: int
    window: int
    left: int
    reset: int
    is_breached: bool

    @classmethod
    def of(cls, limit: RequestLimit) -> "Standing":
        """Return what a limit of this request says."""
        name = limit.request_args[-1].rpartition(".")[2]
        item = limit.limit
        window = item.get_expiry()
        # Flask-Limiter rounds the moment up by as much as a second, past the window's own length.
        reset = min(window, max(1, math.ceil(limit.reset_at - time.time())))
        return cls(name, item.amount, window, limit.remaining, reset, limit.breached)


def asker() -> str:
    """Return who is counted: a token, else the person of a session, else an address."""
    token = _token()
    if token:
        return f"token:{hashlib.sha256(token.encode('utf-8', 'replace')).hexdigest()[:32]}"
    return asking_person()


def asking_person() -> str:
    """Return the person who is counted, by whatever token or browser they ask, or an address."""
    try:
        shown = bearer()
        person = viewer() if shown is None else shown.viewer
    except EaselError:  # it is told where the request is answered
        person = None
    return f"address:{address()}" if person is None else f"person:{person.id}"


def address() -> str:
    """Return where a request comes from, as the trusted proxies say."""
    return request.remote_addr or "unknown"


def limit(blueprint: Blueprint, uploads: AbstractSet[str] = frozenset()) -> None:
    """Limit how often the addresses of a blueprint are asked; `uploads` are endpoints among them.

    Requests are refused before their bodies are read.
    """

    def is_no_upload() -> bool:
        return request.endpoint not in uploads or _is_off(UPLOAD_RATE)

    limiter.shared_limit(
        GUESSES,
        "guesses",
        key_func=address,
        exempt_when=_is_no_guess,
        deduct_when=lambda response: response.status_code == HTTPStatus.UNAUTHORIZED,
    )(blueprint)
    limiter.shared_limit(
        _rate(API_RATE), "api", key_func=asker, exempt_when=lambda: _is_off(API_RATE)
    )(blueprint)
    limiter.shared_limit(
        _rate(UPLOAD_RATE), "uploads", key_func=asker, exempt_when=is_no_upload, methods=["POST"]
    )(blueprint)


limit_telling = limiter.shared_limit(TELLINGS, "tellings", key_func=asking_person)
"""Limit how often a view has a webhook told something."""


def standings() -> list[Standing]:
    """Return where the asker stands with each limit that this request counts for."""
    return [Standing.of(item) for item in limiter.current_limits]


def refusal() -> str:
    """Return the sentence for a request that came too soon."""
    waits = [item.reset for item in standings() if item.is_breached]
    return TOO_OFTEN.format(seconds=max(waits, default=1))


def connect(app: Flask) -> None:
    """Add the headers to every answer that a limit counts."""
    app.after_request(_tell)


def _tell(response: Response) -> Response:
    try:
        found = standings()
    except Exception:  # whatever the counters' storage raises, there is an answer
        current_app.logger.warning("The rate limits can't be told", exc_info=True)
        return response
    shown = [item for item in found if item.is_breached or item.name != "guesses"]
    if not shown:
        return response
    headers = response.headers
    tightest = min(shown, key=lambda item: (not item.is_breached, item.left))
    headers["RateLimit-Limit"] = str(tightest.count)
    headers["RateLimit-Remaining"] = str(tightest.left)
    headers["RateLimit-Reset"] = str(tightest.reset)
    headers["RateLimit-Policy"] = ", ".join(
        f'"{item.name}";q={item.count};w={item.window}' for item in shown
    )
    headers["RateLimit"] = ", ".join(
        f'"{item.name}";r={item.left};t={item.reset}' for item in shown
    )
    if tightest.is_breached:
        headers["Retry-After"] = str(tightest.reset)
    return response


def _token() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _is_no_guess() -> bool:
    """Whether no token is shown, or a good one: who guesses next door holds nobody up."""
    if not _token():
        return True
    try:
        return bearer() is not None
    except EaselError:
        return True


def _rate(name: str) -> Callable[[], str]:
    return lambda: str(current_app.config[name])


def _is_off(name: str) -> bool:
    return not current_app.config[name]
