"""Tables of models as data: what Easel knows, and what `EASEL_MODELS` adds or changes.

A model is a table of the fields below, each of them optional where a model is only changed:

    title            text
    aspect_ratios    list of texts such as "16:9"
    sizes            list of texts, the first one is the default unless `default_size` is there
    default_size     text
    references       how many reference pictures it takes, from 0
    price            US dollars for a picture: a number, or a table by size ("2K" or "2K high")
    shutdown         a date such as "2026-10-02"
    successor        the model that takes its place
    note             text
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from webapp.errors import SettingsError
from webapp.providers.base.capabilities import ANY_SIZE, ModelCaps

MICROS = 1_000_000
DEAREST = 1_000  # US dollars for a picture: more is a slip of the keyboard
MOST_REFERENCES = 32
LONGEST_ID = 128


def with_table(
    models: Sequence[ModelCaps],
    table: Mapping[str, Any],
    new: Callable[[str], ModelCaps],
    where: str,
) -> tuple[ModelCaps, ...]:
    """Return the models as a table changes them, then those that it adds.

    `new` makes the starting point of a model that is not known; `where` names the table in
    messages. Raises SettingsError with a line for every mistake.
    """
    known = {caps.id: caps for caps in models}
    mistakes: list[str] = []
    for model, entry in table.items():
        if not 1 <= len(model) <= LONGEST_ID or not isinstance(entry, Mapping):
            mistakes.append(f"{where}: {model[:40]!r} must be a model with a table of its fields.")
            continue
        base = known.get(model) or new(model)
        changes, wrong = _read(entry)
        mistakes += [f"{where}: {model}: {text}" for text in wrong]
        known[model] = replace(base, **changes)
        mistakes += [f"{where}: {model}: {text}" for text in _contradictions(known[model])]
    if mistakes:
        raise SettingsError("\n".join(dict.fromkeys(mistakes)))
    return tuple(known.values())


def micros(value: object) -> int:
    """Return a price in US dollars as millionths; raises ValueError with what it must be."""
    try:
        amount = Decimal(str(value)) if not isinstance(value, bool) else Decimal("nan")
    except InvalidOperation:
        amount = Decimal("nan")
    if not amount.is_finite() or not 0 <= amount <= DEAREST:
        message = f"a price in US dollars from 0 to {DEAREST}, not {str(value)[:40]!r}"
        raise ValueError(message)
    return round(amount * MICROS)


def _read(entry: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    changes: dict[str, Any] = {}
    mistakes: list[str] = []
    for field, value in entry.items():
        if field not in _FIELDS:
            known = ", ".join(_FIELDS)
            mistakes.append(f"{field[:40]!r} is no field of a model; there are {known}.")
            continue
        name, parse = _FIELDS[field]
        try:
            changes[name] = parse(value)
        except ValueError as error:
            mistakes.append(f"{field} must be {error}.")
    if changes.get("sizes") and "default_size" not in changes:
        changes["default_size"] = changes["sizes"][0]
    return changes, mistakes


def _contradictions(caps: ModelCaps) -> list[str]:
    if caps.sizes and caps.default_size not in caps.sizes:
        return [f"default_size must be one of {', '.join(caps.sizes)}."]
    return []


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 500:
        message = "a text of at most 500 characters"
        raise ValueError(message)
    return value.strip()


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        message = "a list of texts"
        raise ValueError(message)
    return tuple(_text(item) for item in value)


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_REFERENCES:
        message = f"a whole number from 0 to {MOST_REFERENCES}"
        raise ValueError(message)
    return value


def _prices(value: object) -> dict[str, int]:
    if isinstance(value, Mapping):
        return {_text(size): micros(price) for size, price in value.items()}
    return {ANY_SIZE: micros(value)}


def _date(value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        message = 'a date such as "2026-10-02"'
        raise ValueError(message) from None


_FIELDS: dict[str, tuple[str, Callable[[object], Any]]] = {
    "title": ("title", _text),
    "aspect_ratios": ("aspect_ratios", _texts),
    "sizes": ("sizes", _texts),
    "default_size": ("default_size", _text),
    "references": ("max_references", _count),
    "price": ("prices", _prices),
    "shutdown": ("shutdown", _date),
    "successor": ("successor", _text),
    "note": ("note", _text),
}
