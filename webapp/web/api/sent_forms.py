"""Forms of a browser, read as the JSON that they stand for."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from pydantic import BaseModel

from webapp.errors import InvalidError

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
PARTS = ("array", "object")
PASSWORD = "password"  # noqa: S105  # the name of a format
EMPTIED = ("array", "null")
CLOSED = frozenset({"enum", "const", "format", "pattern"})
"""What the schema of a text has that may not be empty."""


def is_form() -> bool:
    """Return whether the body comes from a form."""
    return request.mimetype in FORMS


def values_of(model: type[BaseModel]) -> dict[str, Any]:
    """Return what a form says of a model's fields, as JSON would.

    An empty field is left out; that of a PATCH was emptied, and says so. Lists and objects are
    written as JSON, or a list of texts as its lines. Raises InvalidError for what can't be read so.
    """
    schema = model.model_json_schema()
    known = schema.get("$defs", {})
    found: dict[str, Any] = {}
    for name, field in schema.get("properties", {}).items():
        text = request.form.get(name, "").replace("\r\n", "\n")
        if text.strip():
            found[name] = _value(name, text, kinds(field, known))
        elif name in request.form and request.method == "PATCH" and _can_be_emptied(field):
            found[name] = _emptied(field)
    return found


def kinds(field: Mapping[str, Any], known: Mapping[str, Any]) -> list[str]:
    """Return the JSON types that a field may have, without null."""
    if "$ref" in field:
        return kinds(known[field["$ref"].rpartition("/")[2]], known)
    if "anyOf" in field:
        return [kind for option in field["anyOf"] for kind in kinds(option, known)]
    given = field.get("type", "string")
    return [given] if given != "null" else []


def is_password(field: Mapping[str, Any]) -> bool:
    """Say whether a field holds a password, which no form is filled in with."""
    return any(option.get("format") == PASSWORD for option in _options(field))


def _options(field: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    options: Sequence[Mapping[str, Any]] = field.get("anyOf", (field,))
    return options


def _can_be_emptied(field: Mapping[str, Any]) -> bool:
    options = _options(field)
    is_open = any(_is_plain_text(option) or option.get("type") in EMPTIED for option in options)
    return is_open and not is_password(field)


def _emptied(field: Mapping[str, Any]) -> Any:
    """Return an empty text or list; null where there is neither, as some fields it leaves alone."""
    options = _options(field)
    if any(_is_plain_text(option) for option in options):
        return ""
    return [] if any(option.get("type") == "array" for option in options) else None


def _is_plain_text(option: Mapping[str, Any]) -> bool:
    return option.get("type") == "string" and not option.keys() & CLOSED


def _value(name: str, text: str, wanted: list[str]) -> Any:
    if "string" in wanted:
        return text
    is_part = any(kind in PARTS for kind in wanted)
    is_list_of_lines = "array" in wanted and not text.lstrip().startswith(("[", "{"))
    if is_part and is_list_of_lines:
        return [line.strip() for line in text.splitlines() if line.strip()]
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        sentence = "This must be written as JSON." if is_part else f"This must be a {wanted[0]}."
        msg = f"{name}: {sentence}"
        raise InvalidError(msg, fields={name: [sentence]}) from None
