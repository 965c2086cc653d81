"""The reference of the API: the OpenAPI document as a page to read."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from markupsafe import Markup

from webapp.web.api.document import document, resolved
from webapp.web.api.values import LARGEST
from webapp.web.browsing.linked import ticked

WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
}
FORMATS = {"date-time": "time", "date": "day", "uri": "address", "binary": "file"}
SCHEMA = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Row:
    """A field or a parameter. `model` names the model that it is made of, if it is."""

    name: str
    type: str
    model: str
    hint: Markup
    is_required: bool


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer: its status, what that means, and its model."""

    status: str
    hint: Markup
    model: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An operation. `page_url` shows it as a page, where that needs nothing to be known."""

    id: str
    method: str
    path: str
    title: Markup
    hint: Markup
    parameters: tuple[Row, ...]
    bodies: tuple[tuple[str, tuple[Row, ...]], ...]
    answers: tuple[AnswerRow, ...]
    curl: str
    page_url: str


@dataclass(frozen=True, slots=True)
class Model:
    """A model, and its fields."""

    name: str
    hint: Markup
    rows: tuple[Row, ...]


def groups() -> dict[str, list[Entry]]:
    """Return the operations by their tags."""
    found: dict[str, list[Entry]] = {}
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            for tag in operation["tags"]:
                found.setdefault(tag, []).append(_entry(path, method, operation))
    return found


def models() -> list[Model]:
    """Return the models, by name."""
    schemas: Mapping[str, Mapping[str, Any]] = document()["components"]["schemas"]
    return [
        Model(name, ticked(schema.get("description", "")), tuple(_rows(schema)))
        for name, schema in sorted(schemas.items())
    ]


def _entry(path: str, method: str, operation: Mapping[str, Any]) -> Entry:
    parameters = operation["parameters"]
    is_simple = method == "get" and "{" not in path
    return Entry(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        title=ticked(operation["summary"]),
        hint=ticked(operation["description"]),
        parameters=tuple(_parameter(item) for item in parameters),
        bodies=tuple(_bodies(operation)),
        answers=tuple(_answers(operation)),
        curl=_curl(path, method, operation),
        page_url=f"{path}.html" if is_simple else "",
    )


def _parameter(item: Mapping[str, Any]) -> Row:
    kind, model = type_of(item["schema"])
    place = {"header": "header", "path": "in the path"}.get(item["in"], "")
    hint = " ".join(filter(None, (place and f"({place})", item.get("description", ""))))
    return Row(item["name"], kind, model, ticked(hint), bool(item.get("required")))


def _bodies(operation: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Row, ...]]]:
    for kind, body in operation.get("requestBody", {}).get("content", {}).items():
        yield kind, tuple(_rows(resolved(body["schema"])))


def _answers(operation: Mapping[str, Any]) -> Iterator[AnswerRow]:
    for status, answer in operation["responses"].items():
        schemas = [item["schema"] for item in answer.get("content", {}).values()]
        yield AnswerRow(
            status, ticked(answer["description"]), type_of(schemas[0])[1] if schemas else ""
        )


def _rows(schema: Mapping[str, Any]) -> Iterator[Row]:
    required: Sequence[str] = schema.get("required", ())
    for name, item in schema.get("properties", {}).items():
        kind, model = type_of(item)
        yield Row(name, kind, model, ticked(_said(item)), name in required)


def type_of(schema: Mapping[str, Any]) -> tuple[str, str]:
    """Return a type in words, and the name of the model in it, if there is one."""
    if "$ref" in schema:
        return "", schema["$ref"].removeprefix(SCHEMA)
    if "anyOf" in schema:
        options = [type_of(item) for item in schema["anyOf"] if item.get("type") != "null"]
        return " or ".join(filter(None, (kind for kind, _ in options))), options[0][1]
    if schema.get("type") == "array":
        kind, model = type_of(schema.get("items", {}))
        return f"list of {kind}".strip(), model
    if schema.get("type") == "object":
        more = schema.get("additionalProperties")
        kind, model = type_of(more) if isinstance(more, Mapping) else ("", "")
        return f"object of {kind}".strip() if kind or model else "object", model
    named = FORMATS.get(schema.get("format", ""))
    return named or WORDS.get(schema.get("type", ""), "anything"), ""


def _said(schema: Mapping[str, Any]) -> str:
    """Return what is said of a field, with its bounds."""
    parts = [schema.get("description", "")]
    for option in (schema, *schema.get("anyOf", ())):
        if "enum" in option:
            parts.append("One of " + ", ".join(map(str, option["enum"])) + ".")
        low, high = option.get("minimum"), option.get("maximum")
        if low is not None and high is not None and high < LARGEST:
            parts.append(f"{low} to {high}.")
        if "maxLength" in option:
            parts.append(f"At most {option['maxLength']} characters.")
    if schema.get("default") not in (None, "", [], {}):
        parts.append(f"Else {json.dumps(schema['default'])}.")
    return " ".join(filter(None, parts))


def _curl(path: str, method: str, operation: Mapping[str, Any]) -> str:
    """Return a command that sends it; what stands in braces is to be filled in."""
    base = url_for("gallery.index", _external=True).rstrip("/")
    words = ["curl", '-H "Authorization: Bearer $EASEL_TOKEN"']
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        schema = resolved(content["application/json"]["schema"])
        words.append(f"--json '{json.dumps(_example(schema))}'")
    if method not in ("get", "post") or (method == "post" and not content):
        words.insert(1, f"-X {method.upper()}")
    return " ".join([*words, f'"{base}{path}"'])


def _example(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the example that a model has, or what must be sent."""
    if schema.get("examples"):
        return dict(schema["examples"][0])
    fields = schema.get("properties", {})
    return {name: _some(fields[name]) for name in schema.get("required", ()) if name in fields}


def _some(schema: Mapping[str, Any]) -> Any:
    if schema.get("examples"):
        return schema["examples"][0]
    return {"integer": 1, "number": 0.5, "boolean": True, "array": [], "object": {}}.get(
        schema.get("type", ""), "…"
    )
