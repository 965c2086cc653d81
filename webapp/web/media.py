"""Answers that are pictures: revalidated, in part, and never executed."""

from dataclasses import dataclass

from flask import Response, request

SANDBOX = "default-src 'none'; sandbox"
DAY = 24 * 3600
YEAR = 365 * DAY


@dataclass(frozen=True, slots=True)
class Caching:
    """Who may keep a picture and for how long.

    With `seconds` it is no longer than that, and whoever keeps it must then ask again: what it
    shows can be taken back.
    """

    is_public: bool
    is_versioned: bool = False
    seconds: int | None = None

    def header(self) -> str:
        """Return the Cache-Control that says so."""
        who = "public" if self.is_public else "private"
        if self.seconds is not None:
            return f"{who}, max-age={self.seconds}, must-revalidate"
        if self.is_versioned:
            return f"{who}, max-age={YEAR}, immutable"
        return f"{who}, max-age=3600, stale-while-revalidate={DAY}"


def shield(response: Response, *, is_public: bool) -> Response:
    """Add the headers that every picture carries."""
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = (
        "cross-origin" if is_public else "same-origin"
    )
    return response


def not_modified(etag: str, caching: Caching, *, varies: bool = False) -> Response | None:
    """Return a 304 if the asker has this very picture already, before any work is done."""
    known = request.if_none_match
    if not known.contains(etag):
        return None
    response = Response(status=304)
    return _dated(response, etag, caching, varies=varies)


def picture(
    data: bytes, mime: str, etag: str, caching: Caching, *, varies: bool = False
) -> Response:
    """Return bytes as a picture; HEAD and Range are answered too."""
    response = Response(data, mimetype=mime)
    _dated(response, etag, caching, varies=varies)
    response.make_conditional(request, accept_ranges=True, complete_length=len(data))
    return response


def _dated(response: Response, etag: str, caching: Caching, *, varies: bool) -> Response:
    response.set_etag(etag)
    response.headers["Cache-Control"] = caching.header()
    if varies:
        response.vary.add("Accept")
    if not caching.is_public:
        response.vary.add("Cookie")
    return shield(response, is_public=caching.is_public)
