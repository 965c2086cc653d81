"""Answers of the API as pages: the same status, JSON to read, links and forms."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, request, url_for

from webapp.web import htmx
from webapp.web.api.suffixes import DOCUMENT, FORM
from webapp.web.browsing.actions import Action, actions, refused
from webapp.web.browsing.linked import linked
from webapp.web.current import READING
from webapp.web.errors import is_for_api

JSON = ("application/json", "application/problem+json")
SHOWN_HEADERS = ("Location", "ETag", "Retry-After", "RateLimit-Remaining", "Idempotency-Replayed")


def wants_page() -> bool:
    """Return whether the asker wants a page: by the suffix, or as browsers say it."""
    form = request.environ.get(FORM)
    if form is not None:
        return bool(form == "html")
    accepted = request.accept_mimetypes
    return bool(accepted["text/html"] > max(accepted["application/json"], accepted[JSON[1]]))


def connect(app: Flask) -> None:
    """Turn answers below /api into pages, where that is wanted."""
    app.after_request(_shown)


def _shown(response: Response) -> Response:
    if not is_for_api():
        return response
    if response.mimetype not in JSON and response.status_code != HTTPStatus.NO_CONTENT:
        return response
    response.vary.add("Accept")
    is_raw = request.path == DOCUMENT or request.method == "OPTIONS"
    return response if is_raw or not wants_page() else _page(response)


def _page(response: Response) -> Response:
    told = None if response.status_code == HTTPStatus.NO_CONTENT else response.get_json()
    page = htmx.full(
        "api/answer.html",
        # A page without content can't be shown.
        status=HTTPStatus.OK if told is None else response.status_code,
        code=HTTPStatus(response.status_code),
        told=told,
        text=None if told is None else linked(told, url_for("gallery.index", _external=True)[:-1]),
        headers=[
            (name, response.headers[name]) for name in SHOWN_HEADERS if name in response.headers
        ],
        trail=_trail(),
        actions=_actions(response, told),
        errors=told.get("errors", {}) if isinstance(told, dict) else {},
        etag=response.get_etag()[0] or "",
        next_url=_next(told),
        picture=_picture(told),
    )
    for name in ("WWW-Authenticate", "Allow", *SHOWN_HEADERS):
        if name in response.headers and name != "ETag":
            page.headers[name] = response.headers[name]
    page.vary.update(response.vary)
    return page


def _actions(response: Response, told: Any) -> list[Action]:
    """Return the forms: none beside what was just done, and what was refused once more."""
    if request.url_rule is None:
        return []
    if request.method in READING:
        return actions(told) if response.status_code == HTTPStatus.OK else []
    return refused() if response.status_code >= HTTPStatus.BAD_REQUEST else []


def _trail() -> list[tuple[str, str]]:
    """Return names and addresses from the root of the API to here."""
    parts = request.path.strip("/").split("/")
    return [(part, "/" + "/".join(parts[: end + 1])) for end, part in enumerate(parts)]


def _next(told: Any) -> str:
    """Return the address of the next page of a list, empty where there is none."""
    cursor = told.get("next_cursor") if isinstance(told, Mapping) else None
    if not cursor:
        return ""
    asked = request.args.to_dict() | {"cursor": str(cursor)}
    return f"{request.path}.html?{urlencode(asked)}"


def _picture(told: Any) -> tuple[str, str] | None:
    """Return address and words of what the answer is about, if that is a picture."""
    if not isinstance(told, Mapping) or not isinstance(told.get("sizes"), Mapping):
        return None
    url = told["sizes"].get("w320")
    return (str(url), json.dumps(told.get("prompt", ""))[1:-1]) if url else None
