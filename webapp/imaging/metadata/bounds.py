"""How much of a stranger's metadata is believed: bounded, cleaned, and never nested too deep."""

import json
import re
from collections.abc import Mapping
from typing import Any

MAX_TEXT = 1 << 20
"""Of each piece of text in a picture, this many bytes are looked at."""

MAX_PROMPT = 10_000
"""Characters of a prompt, after cleaning."""

MAX_VALUE = 500
"""Characters of a model's name or of a parameter."""

MAX_PARAMETERS = 40
_LONGEST_NAME = 100
_LARGEST_SEED = 2**63 - 1

# Control characters but tab and newline, halves of characters, and what XML can't hold.
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile(r"\r\n?")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,20}")


def text_of(value: object) -> str:
    """Return a value from JSON as text; empty for what is neither text nor number nor a list."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value).removesuffix(".0")
    if isinstance(value, list):
        parts = (text_of(item) for item in value[:MAX_PARAMETERS] if not isinstance(item, list))
        return ", ".join(part for part in parts if part)
    return ""


def cleaned(value: object, limit: int) -> str:
    """Return a value as text of at most `limit` characters, without control characters."""
    text = _LINE_END.sub("\n", text_of(value))
    return _UNWANTED.sub("", text).strip()[:limit].rstrip()


def seed_of(value: object) -> int | None:
    """Return a whole number from 0 to 2**63 - 1, also from its digits; else None."""
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value.strip()):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= _LARGEST_SEED else None


def cleaned_parameters(values: Mapping[str, object]) -> dict[str, str]:
    """Return the first parameters that say something, by name, each as a short text."""
    kept: dict[str, str] = {}
    for key, value in values.items():
        name, text = cleaned(key, _LONGEST_NAME), cleaned(value, MAX_VALUE)
        if name and text:
            kept[name] = text
        if len(kept) == MAX_PARAMETERS:
            break
    return kept


def json_object(text: str) -> dict[str, Any]:
    """Return the object in a JSON text; an empty one where there is none, or one too deep."""
    if text.lstrip()[:1] != "{":
        return {}
    try:
        found = json.loads(text[:MAX_TEXT])
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def inner(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the object of that name within another one; an empty one where there is none."""
    found = values.get(name)
    return found if isinstance(found, dict) else {}
