"""Answers for htmx: a fragment of a page where a whole one is not needed."""

from typing import Any

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from webapp.web.shell import shell


def is_fragment() -> bool:
    """Return whether htmx asks for a part of a page."""
    return (
        request.headers.get("HX-Request") == "true"
        and request.headers.get("HX-Request-Type") != "full"
        and request.headers.get("HX-History-Restore-Request") != "true"
    )


def render(page: str, fragment: str, /, *, status: int = 200, **context: Any) -> Response:
    """Return the fragment to htmx and the page to everybody else."""
    if is_fragment():
        return partial(fragment, status=status, **context)
    return full(page, status=status, **context)


def full(page: str, /, *, status: int = 200, **context: Any) -> Response:
    """Return a whole page, inside the shell; it knows its own status."""
    return _answer(render_template(page, **(shell() | context), status=int(status)), status)


def partial(fragment: str, /, *, status: int = 200, **context: Any) -> Response:
    """Return a fragment alone."""
    return _answer(render_template(fragment, **context), status)


def go(url: str) -> ResponseReturnValue:
    """Send the browser to another page, in the way that the asker understands."""
    if is_fragment():
        return Response(status=204, headers={"HX-Redirect": url, "Vary": "HX-Request"})
    return redirect(url, code=303)


def toast(message: str, kind: str = "ok", *, status: int = 200, **context: Any) -> Response:
    """Return a message that htmx adds to the page's toasts."""
    return partial("components/_toast.html", status=status, message=message, kind=kind, **context)


def _answer(body: str, status: int) -> Response:
    response = make_response(body, status)
    response.vary.add("HX-Request")
    response.headers.setdefault("Cache-Control", "no-store")
    return response
