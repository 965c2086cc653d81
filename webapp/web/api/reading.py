"""What was sent, read into a model: every mistake told by the name of its field."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import RequestEntityTooLarge

from webapp.errors import InvalidError, TooLargeError
from webapp.services.requests import clean
from webapp.web.api.sent_forms import is_form, values_of

LONGEST = 2_000_000
MOST_TOLD = 32
NO_OBJECT = "The body must be a JSON object, such as {}."
Model = TypeVar("Model", bound=BaseModel)

SENTENCES: Mapping[str, str] = {
    "missing": "This is needed.",
    "string_type": "This must be a text.",
    "string_sub_type": "This must be a text.",
    "string_unicode": "This must be a text.",
    "string_pattern_mismatch": "This is not written as it must be.",
    "string_too_long": "This has at most {max_length} characters.",
    "string_too_short": "This needs {min_length} characters at least.",
    "int_type": "This must be a whole number.",
    "int_from_float": "This must be a whole number.",
    "int_parsing": "This must be a whole number.",
    "int_parsing_size": "This must be a smaller number.",
    "float_type": "This must be a number.",
    "float_parsing": "This must be a number.",
    "finite_number": "This must be a number.",
    "bool_type": "This must be true or false.",
    "bool_parsing": "This must be true or false.",
    "list_type": "This must be a list.",
    "tuple_type": "This must be a list.",
    "dict_type": "This must be an object.",
    "model_type": "This must be an object.",
    "model_attributes_type": "This must be an object.",
    "literal_error": "This must be one of {expected}.",
    "enum": "This must be one of {expected}.",
    "greater_than_equal": "This must be {ge} or more.",
    "greater_than": "This must be more than {gt}.",
    "less_than_equal": "This must be {le} or less.",
    "less_than": "This must be less than {lt}.",
    "too_long": "This has at most {max_length} items.",
    "too_short": "This needs {min_length} items at least.",
    "datetime_type": "This must be a time such as 2026-11-21T17:40:05Z.",
    "datetime_parsing": "This must be a time such as 2026-11-21T17:40:05Z.",
    "datetime_from_date_parsing": "This must be a time such as 2026-11-21T17:40:05Z.",
    "timezone_aware": "This must be a time with its zone, such as 2026-11-21T17:40:05Z.",
}


def raw(most: int = LONGEST) -> bytes:
    """Return the body; raises TooLargeError."""
    request.max_content_length = most
    try:
        return request.get_data(cache=True, parse_form_data=False)
    except RequestEntityTooLarge:
        msg = f"A body has at most {most // 10**6} MB."
        raise TooLargeError(msg) from None


def body(model: type[Model]) -> Model:
    """Return the JSON object that was sent, an empty one where nothing was; or a page's form.

    Raises InvalidError with all that is wrong with it, TooLargeError for what is too long.
    """
    return checked(model, values_of(model) if is_form() else parsed(raw()))


def query(model: type[Model]) -> Model:
    """Return the query that was sent; raises InvalidError with all that is wrong with it."""
    return checked(model, request.args.to_dict())


def parsed(data: bytes) -> dict[str, Any]:
    """Return a JSON object; raises InvalidError for anything else."""
    if not data.strip():
        return {}
    try:
        value = json.loads(data, parse_constant=_refuse)
    except (ValueError, RecursionError):
        msg = "The body can't be read: it is no JSON."
        raise InvalidError(msg, code="invalid_json") from None
    if not isinstance(value, dict):
        raise InvalidError(NO_OBJECT, code="invalid_json")
    return value


def checked(model: type[Model], values: Mapping[str, Any]) -> Model:
    """Return a model of some values; raises InvalidError with all that is wrong with them."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise _told(error, model) from None
    except RecursionError:
        msg = "The body can't be read: it is nested too deeply."
        raise InvalidError(msg, code="invalid_json") from None


def canonical(sent: BaseModel) -> str:
    """Return what was sent, in a form that spaces and the order of fields don't change."""
    return json.dumps(sent.model_dump(mode="json", exclude_unset=True), sort_keys=True)


def _refuse(_constant: str) -> NoReturn:
    """Refuse NaN and Infinity, which are no JSON."""
    raise ValueError


def _told(error: ValidationError, model: type[BaseModel]) -> InvalidError:
    mistakes: dict[str, list[str]] = {}
    untold = 0
    for item in error.errors(include_url=False, include_input=False):
        name = clean(".".join(str(part)[:60] for part in item["loc"] if _is_name(part))) or "body"
        told = mistakes.get(name, [])
        if not told and len(mistakes) >= MOST_TOLD:
            untold += 1
        elif (sentence := _sentence(item, model)) not in told:
            mistakes[name] = [*told, sentence]
    text = " ".join(f"{name}: {texts[0]}" for name, texts in mistakes.items())
    return InvalidError(text + (f" And {untold:,} more." if untold else ""), fields=mistakes)


def _is_name(part: int | str) -> bool:
    """Say whether a part of a place names a field, not a member of a union such as `list[str]`."""
    return isinstance(part, int) or not (part.endswith("]") or part in ("str", "int", "float"))


def _sentence(item: ErrorDetails, model: type[BaseModel]) -> str:
    kind, context = item["type"], item.get("ctx", {})
    if context.get("min_length") == 1:
        return "This must not be empty."
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        known = f" There are {', '.join(model.model_fields)}." if len(item["loc"]) == 1 else ""
        return f"There is no such field.{known}"
    if kind in ("value_error", "assertion_error"):
        return str(context.get("error", item["msg"]))
    return SENTENCES.get(kind, item["msg"].rstrip(".") + ".").format_map(context)
