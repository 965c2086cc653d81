"""Forms: from what a browser sends to what services take."""

from flask import request
from werkzeug.datastructures import MultiDict

from webapp.services.composing import Composition
from webapp.services.requests import LARGEST_SEED

VARIABLE_PREFIX = "var_"
LARGEST_KEY = 2**31 - 1
"""PostgreSQL refuses to compare a row's key with anything larger."""
NO_SEED = -1
"""What stands for a seed that is no number: no model takes it, so that the form says so."""


def composition(values: MultiDict[str, str] | None = None) -> Composition:
    """Return what the composer's form holds; numbers that are none become impossible ones."""
    form = request.form if values is None else values
    return Composition(
        prompt=form.get("prompt", ""),
        negative_prompt=form.get("negative_prompt", ""),
        aspect_ratio=form.get("aspect_ratio", "") or Composition().aspect_ratio,
        count=_number(form.get("count", "1"), most=1000) or 0,
        model=form.get("model", ""),
        size=form.get("size", ""),
        seed=_seed(form.get("seed", "")),
        template=form.get("template") or None,
        variables={
            name.removeprefix(VARIABLE_PREFIX): value
            for name, value in form.items()
            if name.startswith(VARIABLE_PREFIX)
        },
    )


def cursor(name: str = "before") -> int | None:
    """Return a page's cursor from the query, or None for the first page."""
    return _number(request.args.get(name, ""), most=LARGEST_KEY)


def _seed(text: str) -> int | None:
    if not text.strip():
        return None
    number = _number(text.strip(), most=LARGEST_SEED)
    return NO_SEED if number is None else number


def _number(text: str, *, most: int) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        return None
    return int(text) if int(text) <= most else None
