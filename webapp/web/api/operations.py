"""Operations: a route of the API with its scope, what it is sent and what it answers.

    @blueprint.post("")
    @operation("albums:write", {201: AlbumTold})
    def create(json: AlbumAsked) -> Reply:

The models of what is sent are read off the function: `query` and `json`. The OpenAPI document is
made of all that (`web/api/generated.py`), when somebody asks for it.
"""

import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response, current_app, request
from pydantic import BaseModel

from webapp.web.api import reading
from webapp.web.api.door import check_form, check_scope
from webapp.web.api.fields import Told
from webapp.web.api.scopes import READ
from webapp.web.api.sent_forms import is_form

Reply = Response | Told | tuple[Told, int] | tuple[Told, int, Mapping[str, str]]
"""What an operation returns: a model, perhaps with a status and headers, or a finished answer."""

Models = Mapping[int, type[BaseModel] | None]

READERS: Mapping[str, Callable[[type[BaseModel]], BaseModel]] = {
    "query": reading.query,
    "json": reading.body,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an operation, and what the document says of it.

    `scope` is what a token needs; several have spaces between. `takes` are the models of what
    `view` is given. `answers` are models by status, None where there is no body; it `refuses` with
    problems of these statuses beside the common ones. `bodies` are other media types that are
    taken, with their schemas: what is sent as one of them is left to the function: its `json` is
    empty, and of a form it gives `check_form` the token before it does anything. `headers` are
    those of a request that count, `files` the media types of answers that are no JSON.
    """

    view: Callable[..., Reply]
    takes: Mapping[str, type[BaseModel]]
    scope: str
    answers: Models
    refuses: Sequence[int]
    headers: Sequence[str]
    bodies: Mapping[str, Mapping[str, Any]]
    files: Mapping[int, Sequence[str]]

    def call(self, **values: Any) -> Response:
        """Give the function what the request sent, and return what it answers."""
        for name, model in self.takes.items():
            is_read = name != "json" or request.mimetype not in self.bodies
            values[name] = READERS[name](model) if is_read else model.model_construct()
        return _response(self.view(**values))


_facts: weakref.WeakKeyDictionary[Callable[..., Any], Facts] = weakref.WeakKeyDictionary()


def operation(
    scope: str = READ,
    answers: Models | None = None,
    *,
    refuses: Sequence[int] = (),
    headers: Sequence[str] = (),
    bodies: Mapping[str, Mapping[str, Any]] | None = None,
    files: Mapping[int, Sequence[str]] | None = None,
) -> Callable[[Callable[..., Reply]], Callable[..., Response]]:
    """Return what makes a route of a function; `Facts` says what is meant by each."""

    def decorate(view: Callable[..., Reply]) -> Callable[..., Response]:
        annotations = view.__annotations__
        takes = {name: annotations[name] for name in READERS if name in annotations}
        facts = Facts(
            view, takes, scope, answers or {}, refuses, headers, bodies or {}, files or {}
        )

        @wraps(view)
        def guarded(**values: Any) -> Response:
            for needed in scope.split():
                check_scope(needed)
            if request.mimetype not in facts.bodies:
                check_form(request.form.get("csrf_token", "") if is_form() else "")
            answer = facts.call(**values)
            check_form("")  # refuses a form whose token nobody has looked at
            return answer

        _facts[guarded] = facts
        return guarded

    return decorate


def facts_of(endpoint: str) -> Facts:
    """Return what is known of the operation at an endpoint; raises KeyError where there is none."""
    return _facts[current_app.view_functions[endpoint]]


def operations() -> list[str]:
    """Return the endpoints of all operations."""
    views = current_app.view_functions
    return [endpoint for endpoint in views if views[endpoint] in _facts]


def _response(reply: Reply) -> Response:
    if isinstance(reply, Response):
        return reply
    told, status, *headers = reply if isinstance(reply, tuple) else (reply, 200)
    response = Response(told.model_dump_json(by_alias=True), status, mimetype="application/json")
    for item in headers:
        response.headers.update(item)
    return response
