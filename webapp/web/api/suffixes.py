"""Suffixes: `.json` and `.html` behind an address of the API choose the form of its answer.

A page's form can only post: behind `.html`, `?_method=PATCH` says what it stands for.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FORM = "easel.api.form"
"""Where the environment of a request says `json` or `html`, if its address did."""

PREFIX, ROOT = "/api/", "/api."
DOCUMENT = "/api/openapi.json"
METHOD = re.compile(r"(?:^|&)_method=(PUT|PATCH|DELETE)(?:&|$)")


class Suffixes:
    """Takes the suffix off before the request is routed."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> "Iterable[bytes]":
        """Answer a request."""
        path: str = environ.get("PATH_INFO", "")
        if path.startswith((PREFIX, ROOT)) and path.rstrip("/") != DOCUMENT:
            bare, dot, form = path.rstrip("/").rpartition(".")
            if dot and form in ("json", "html") and not bare.endswith("/"):
                environ = environ | {"PATH_INFO": bare, FORM: form}
                if form == "html" and environ["REQUEST_METHOD"] == "POST":
                    environ["REQUEST_METHOD"] = _method(environ)
        return self._app(environ, start)


def _method(environ: "WSGIEnvironment") -> str:
    found = METHOD.search(environ.get("QUERY_STRING", ""))
    return found[1] if found else "POST"
