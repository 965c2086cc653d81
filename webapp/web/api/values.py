"""Values that may be written in several ways, or that are left out by saying null."""

import math
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from webapp.services.requests import clean
from webapp.web.api.fields import Text

MOST_ITEMS = 64
LARGEST = 2**53
"""Beyond it, JavaScript and others read another number than the one that was sent."""

NO_VALUE = "This must be a text or a number."

Whole = Annotated[int, Field(ge=-LARGEST, le=LARGEST)]
"""A whole number that every reader of JSON reads alike."""


def _word(value: object) -> object:
    return str(value) if _is_whole(value) else value


def _written(value: object) -> str:
    """Return a text, or a number with all its digits; raises ValueError for anything else."""
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float) and math.isfinite(value):  # not all that read it know exponents
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    if _is_whole(value):
        return str(value)
    raise ValueError(NO_VALUE)


def _few(value: object) -> object:
    if isinstance(value, dict) and len(value) > MOST_ITEMS:
        msg = f"This has at most {MOST_ITEMS} entries."
        raise ValueError(msg)
    return value


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST


def _either(*kinds: str) -> Any:
    return WithJsonSchema({"anyOf": [{"type": kind} for kind in kinds]})


Word = Annotated[Text, BeforeValidator(_word), _either("string", "integer")]
"""A text that may also be written as a whole number, such as a size."""

Value = Annotated[str, BeforeValidator(_written), _either("string", "number", "null")]
"""A text that may also be written as a number, or left out by null."""

Values = Annotated[dict[Text, Value], Field(max_length=MOST_ITEMS), BeforeValidator(_few)]
"""Values by name."""

Texts = Annotated[list[Text], Field(max_length=MOST_ITEMS)]
"""A few texts."""
