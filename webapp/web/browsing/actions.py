"""What can be done at an address, as forms: drawn from the OpenAPI document."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import request
from flask.globals import request_ctx
from markupsafe import Markup
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from webapp.web.api.document import document, resolved
from webapp.web.api.sent_forms import PARTS, is_form, is_password, kinds
from webapp.web.browsing.linked import ticked

SHORT = 200
"""A text that may be longer gets a field of several lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a form. `kind` is text, long, number, choice, file or password."""

    name: str
    kind: str
    hint: Markup
    is_required: bool
    value: str = ""
    choices: tuple[str, ...] = ()
    is_several: bool = False
    step: str = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A form: its fields are empty where there is nothing to be said."""

    id: str
    method: str
    url: str
    title: Markup
    hint: Markup
    fields: tuple[Field, ...]
    has_file: bool = False

    @property
    def is_query(self) -> bool:
        """Whether it only asks for other pages of the same."""
        return self.method == "GET"


def actions(told: Any) -> list[Action]:
    """Return what can be done at the address of the request, and right below it.

    `told` is what it answers now: a form that changes it begins with that.
    """
    known = told if isinstance(told, dict) else {}
    return [
        _action(path, method, operation, known)
        for path, method, operation in _near()
        if method != "get" or _queries(operation)
    ]


def refused() -> list[Action]:
    """Return the form that was just sent and refused, with what was in it."""
    sent = request.form.to_dict()
    return [
        _action(path, method, operation, sent)
        for path, method, operation in _near()
        if is_form() and path == _here() and method == request.method.lower()
    ]


def _here() -> str:
    return request.path.rstrip("/")


def _near() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Give path, method and description of what is here and, but to read, one step below."""
    here = _here()
    for template, operations in document()["paths"].items():
        path = _filled(template)
        if path is None or here not in (path, path.rpartition("/")[0]):
            continue
        for method, operation in operations.items():
            if (path == here or method != "get") and _leads(path, method, operation):
                yield path, method, operation


def _filled(template: str) -> str | None:
    """Return a path with the values of this request, None where it takes others."""
    try:
        return str(template.format_map(request.view_args or {}))
    except (KeyError, IndexError, ValueError):
        return None


def _leads(path: str, method: str, operation: Mapping[str, Any]) -> bool:
    """Say whether a path leads to the very operation, not to another one of the same form."""
    adapter = request_ctx.url_adapter
    try:
        endpoint = "" if adapter is None else adapter.match(path, method=method.upper())[0]
    except (NotFound, MethodNotAllowed, RequestRedirect):
        return False
    return endpoint.removeprefix("api.").replace(".", "_") == str(operation["operationId"])


def _action(
    path: str, method: str, operation: Mapping[str, Any], known: Mapping[str, Any]
) -> Action:
    fields = tuple(_queries(operation) if method == "get" else _sent(operation, method, known))
    query = "" if method in ("get", "post") else f"?_method={method.upper()}"
    return Action(
        id=operation["operationId"].replace("_", "-"),
        method=method.upper(),
        url=f"{quote(path)}.html{query}",
        title=ticked(operation["summary"].rstrip(".")),
        hint=ticked(operation["description"].partition("\n\nNeeds the scope")[0].strip()),
        fields=fields,
        has_file=any(field.kind == "file" for field in fields),
    )


def _queries(operation: Mapping[str, Any]) -> list[Field]:
    """Return the fields of a query but the cursor, which a link fills."""
    return [
        _field(item["name"], item["schema"], {}, asked=request.args.get(item["name"], ""))
        for item in operation["parameters"]
        if item["in"] == "query" and item["name"] != "cursor"
    ]


def _sent(operation: Mapping[str, Any], method: str, known: Mapping[str, Any]) -> Iterator[Field]:
    content = operation.get("requestBody", {}).get("content", {})
    for kind in ("multipart/form-data", "application/json"):
        if kind in content:
            schema = resolved(content[kind]["schema"])
            begins = known if method in ("patch", "put") or is_form() else {}
            required = schema.get("required", [])
            for name, item in schema.get("properties", {}).items():
                yield _field(
                    name, item, begins, asked="", is_required=name in required and not begins
                )
            return


def _field(
    name: str,
    schema: Mapping[str, Any],
    known: Mapping[str, Any],
    *,
    asked: str,
    is_required: bool = False,
) -> Field:
    schemas = document()["components"]["schemas"]
    types = kinds(schema, schemas)
    choices = _choices(schema)
    kind = "long"
    if "contentMediaType" in str(schema) or "binary" in str(schema):
        kind = "file"
    elif is_password(schema):
        kind = "password"
    elif choices:
        kind = "choice"
    elif not any(item in PARTS for item in types):
        is_number = bool(types) and types[0] in ("integer", "number")
        kind = "number" if is_number else _text_kind(schema)
    return Field(
        name=name,
        kind=kind,
        hint=ticked(_hint(schema, types)),
        is_required=is_required,
        value="" if kind == "password" else asked or _written(known.get(name)),
        choices=choices,
        is_several=kind == "file" and "array" in types,
        step="1" if types[:1] == ["integer"] else "any",
    )


def _choices(schema: Mapping[str, Any]) -> tuple[str, ...]:
    for option in (schema, *schema.get("anyOf", ())):
        if "enum" in option:
            return tuple(map(str, option["enum"]))
        if option.get("type") == "boolean":
            return ("true", "false")
    return ()


def _text_kind(schema: Mapping[str, Any]) -> str:
    texts = [item for item in (schema, *schema.get("anyOf", ())) if item.get("type") == "string"]
    is_short = any(item.get("maxLength", SHORT + 1) <= SHORT or "format" in item for item in texts)
    return "text" if is_short or "default" in schema else "long"


def _hint(schema: Mapping[str, Any], types: list[str]) -> str:
    said = str(schema.get("description", ""))
    if "array" in types:
        return f"{said} One a line, or as JSON.".strip()
    return f"{said} As JSON.".strip() if "object" in types else said


def _written(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)
