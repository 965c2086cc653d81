"""The rendition keys of django-versatileimagefield, as users of it have them in their pages."""

import re
from typing import NoReturn

from webapp.errors import InvalidError
from webapp.imaging.operations.resize import SIZE

_STARTS = ("thumbnail__", "crop__", "filters__")
_SIDES = re.compile(r"[0-9]{1,5}x[0-9]{1,5}", re.ASCII)
_SIZERS = {"thumbnail": "", "crop": ",fit_cover"}


def expanded(text: str) -> str:
    """Return a rendition key in the words of the grammar; any other text as it is.

    `thumbnail__WxH` fits inside, `crop__WxH` cuts around the focal point; before either,
    `filters__NAME__` puts an operation such as `invert`, more than one with `__` between, and
    `filters__NAME` alone leaves the size. Raises InvalidError (`invalid_ops`).
    """
    if not text.startswith(_STARTS):
        return text
    head, *parts = text.split("__")
    if head != "filters":
        return _sized(head, parts)
    sizer = next((place for place, part in enumerate(parts) if part in _SIZERS), len(parts))
    filters = [part for part in parts[:sizer] if part != "filters"]
    if not filters or any("," in name or not name for name in filters):
        _refuse("filters__NAME", "the name of an operation, as in filters__invert")
    if sizer == len(parts):
        return ",".join(filters)
    return ",".join((*filters, _sized(parts[sizer], parts[sizer + 1 :])))


def _sized(sizer: str, parts: list[str]) -> str:
    if len(parts) != 1 or not _SIDES.fullmatch(parts[0]):
        _refuse(f"{sizer}__WxH", f"one size, as in {sizer}__400x300")
    try:
        SIZE.read(parts[0])
    except ValueError:
        _refuse(f"{sizer}__WxH", SIZE.parameters[0].takes)
    return f"s_{parts[0]}{_SIZERS[sizer]}"


def _refuse(form: str, takes: str) -> NoReturn:
    message = f"{form} takes {takes}."
    raise InvalidError(message, code="invalid_ops")
