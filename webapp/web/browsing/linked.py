"""JSON as people read it: indented, coloured, and with addresses to follow."""

import json
import re
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup, escape

LONGEST = 300
"""A longer text, such as a picture in a data URI, is shown by its beginning."""
LONGEST_LINK = 4096

_CODE = re.compile(r"`([^`]+)`")


def linked(value: Any, base: str) -> Markup:
    """Return a value as markup. Texts that begin with `base` become links."""
    return Markup().join(_parts(value, f"{base}/", "\n"))


def ticked(text: str) -> Markup:
    """Return a text whose words between backticks are shown as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704  # escaped before


def _parts(value: Any, base: str, line: str) -> Iterator[Markup]:
    """Give the markup of a value piece by piece; `line` is a new line as far in as it stands."""
    if isinstance(value, str):
        yield _text(value, base)
    elif value and isinstance(value, (dict, list)):
        first, last = "{}" if isinstance(value, dict) else "[]"
        items = value.items() if isinstance(value, dict) else ((None, item) for item in value)
        inner = f"{line}  "
        start = first + inner
        for key, item in items:
            yield Markup(start)  # noqa: S704  # brackets, commas and spaces
            if key is not None:
                yield Markup('<span class="json-key">{}</span>: ').format(_json(key))
            yield from _parts(item, base, inner)
            start = f",{inner}"
        yield Markup(line + last)  # noqa: S704  # the same
    elif isinstance(value, (dict, list)):
        yield escape(_json(value))
    else:
        yield Markup('<span class="json-value">{}</span>').format(_json(value))


def _text(value: str, base: str) -> Markup:
    if value.startswith(base) and len(value) <= LONGEST_LINK:
        return Markup('"<a href="{}">{}</a>"').format(value, value)
    rest = len(value) - LONGEST
    if rest > 0:
        return Markup('<span class="json-text">{}…"</span> <i>{} more characters</i>').format(
            _json(value[:LONGEST])[:-1], f"{rest:,}"
        )
    return Markup('<span class="json-text">{}</span>').format(_json(value))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
