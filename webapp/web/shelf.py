"""The shelf: which public renditions become files that nginx sends, and what they are called.

`docs/deploy/nginx.conf` makes the same names of the same addresses.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

LONGEST = 200
"""The most characters of operations; a file's name has 255 bytes."""

VERSIONED = re.compile(r"(?:^|,|__)v_")
_OPERATIONS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_,.:~-]*", re.ASCII)
_NEVER = re.compile(r"(?:exp|dl|wm)_")
"""What ends, what is saved under a name, and what shows another picture that may be exchanged."""

_SERVED = frozenset({"webp", "avif", "jpg", "jpeg", "png", "gif"})
_PLAIN = "_"


class Files(Protocol):
    """Keeps files of pictures."""

    def has(self, uid: str, name: str) -> bool:
        """Return whether there is a file."""
        ...

    def put(self, uid: str, name: str, data: bytes, is_current: Callable[[], bool]) -> bool:
        """Keep a file, if its picture is still what it was."""
        ...


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of a rendition's address; a preset has no signature."""

    recipe: str
    uid: str
    extension: str
    signature: str = ""
    query: str = ""


def file_name(address: Address, *, is_immutable: bool) -> str | None:
    """Return what an answer's file is called, None for one that nginx must not give.

    An address with a version is for ever, one without is for an hour. Where the answer says
    otherwise, the version is an old one, and what is asked for may soon be it no more.
    """
    if address.extension not in _SERVED:
        return None
    if not address.signature:
        version = address.query.removeprefix("v=")
        if bool(version) is not is_immutable:
            return None
        return f"t,{address.recipe},{version or _PLAIN}.{address.extension}"
    operations = address.recipe
    is_versioned = VERSIONED.search(operations) is not None
    if address.query or is_versioned is not is_immutable or not _is_kept(operations):
        return None
    age = f"v{_PLAIN}" if is_immutable else _PLAIN
    return f"i,{address.signature},{operations},{age}.{address.extension}"


def _is_kept(operations: str) -> bool:
    return (
        len(operations) <= LONGEST
        and _OPERATIONS.fullmatch(operations) is not None
        and _NEVER.search(operations) is None
    )
