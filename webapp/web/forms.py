"""Forms: from what a browser sends to what services take."""

import base64

from flask import request
from werkzeug.datastructures import FileStorage, MultiDict

from webapp.services.composing.composer import Composition
from webapp.services.requests import LARGEST_SEED

VARIABLE_PREFIX = "var_"
PARAMETER_PREFIX = "param_"
MOST_REFERENCES = 32
MOST_MASK_BYTES = 8_000_000
LARGEST_KEY = 2**31 - 1
"""PostgreSQL refuses to compare a row's key with anything larger."""
NO_SEED = -1
"""What stands for a seed that is no number: no model takes it, so that the form says so."""
NO_SHARE = -1.0
"""What stands for a strength that is no number."""


def composition(values: MultiDict[str, str] | None = None) -> Composition:
    """Return what the composer's form holds; numbers that are none become impossible ones."""
    form = request.form if values is None else values
    file = request.files.get("mask_file") if values is None else None
    return Composition(
        prompt=form.get("prompt", ""),
        negative_prompt=form.get("negative_prompt", ""),
        aspect_ratio=form.get("aspect_ratio", "") or Composition().aspect_ratio,
        count=number(form.get("count", "1"), most=1000) or 0,
        model=form.get("model", ""),
        size=form.get("size", ""),
        seed=_seed(form.get("seed", "")),
        strength=_share(form.get("strength", "")),
        parameters=_prefixed(form, PARAMETER_PREFIX),
        references=_references(form),
        based_on=form.get("based_on", ""),
        mask=_mask(form, file),
        template=form.get("template") or None,
        variables=_prefixed(form, VARIABLE_PREFIX),
    )


def number(text: str, *, most: int) -> int | None:
    """Return a whole number that is not negative, or None for what is none."""
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        return None
    return int(text) if int(text) <= most else None


def cursor(name: str = "before") -> int | None:
    """Return a page's cursor from the query, or None for the first page."""
    return number(request.args.get(name, ""), most=LARGEST_KEY)


def _seed(text: str) -> int | None:
    if not text.strip():
        return None
    seed = number(text.strip(), most=LARGEST_SEED)
    return NO_SEED if seed is None else seed


def _share(text: str) -> float | None:
    """Return a share such as `0.6`; the comma of other languages is fine."""
    if not text.strip():
        return None
    try:
        share = float(text.strip().replace(",", "."))
    except ValueError:
        return NO_SHARE
    return share if 0 <= share <= 1 else NO_SHARE


def _prefixed(form: MultiDict[str, str], prefix: str) -> dict[str, str]:
    return {
        name.removeprefix(prefix): value for name, value in form.items() if name.startswith(prefix)
    }


def _references(form: MultiDict[str, str]) -> tuple[str, ...]:
    """Return the pictures to work from, but for one that is being taken out."""
    dropped = form.get("drop", "")
    given = dict.fromkeys(uid for uid in form.getlist("reference") if uid and uid != dropped)
    return tuple(given)[:MOST_REFERENCES]


def _mask(form: MultiDict[str, str], file: FileStorage | None) -> str:
    """Return the mask as a data URI: the file that was chosen, or the one that was painted."""
    if file is None or not file.filename:
        return "" if "unmask" in form else form.get("mask", "")
    data = file.stream.read(MOST_MASK_BYTES)
    return f"data:{file.mimetype};base64,{base64.b64encode(data).decode()}"
