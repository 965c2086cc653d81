"""Cursors that are keys of rows: where a page of a list ended that is newest first."""

from webapp.errors import CursorError
from webapp.web.api.pages import sealed, unsealed
from webapp.web.forms import LARGEST_KEY, number


def sealed_key(key: int | None) -> str | None:
    """Return the cursor of a key, None for the last page."""
    return None if key is None else sealed(str(key))


def key_of(cursor: str) -> int | None:
    """Return the key of a cursor, None for the first page; raises CursorError."""
    if not cursor:
        return None
    key = number(unsealed(cursor), most=LARGEST_KEY)
    if key is None:
        raise CursorError
    return key
