"""Pages of lists, and what is sent twice."""

import base64
import binascii
from typing import Annotated

from flask import request
from pydantic import BaseModel, Field

from webapp.services.idempotency import Once
from webapp.web.api.fields import Asking
from webapp.web.api.reading import canonical

PAGE, LARGEST_PAGE = 20, 100


class PageAsked(Asking):
    """Which page of a list is wanted."""

    cursor: Annotated[str, Field(description="`next_cursor` of the page before.")] = ""
    limit: Annotated[
        int, Field(ge=1, le=LARGEST_PAGE, description="How many items a page shall have.")
    ] = PAGE


def once(*sent: BaseModel | str) -> Once | None:
    """Return the request's Idempotency-Key together with what was sent, None without a key."""
    key = request.headers.get("Idempotency-Key")
    texts = [item if isinstance(item, str) else canonical(item) for item in sent]
    return None if key is None else Once.of(key.strip(), request.path.rstrip("/"), *texts)


def sealed(place: str) -> str:
    """Return a cursor that says where a page ended, and that nobody is meant to read."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def unsealed(cursor: str) -> str:
    """Return what `sealed` was given, an empty text for what is no cursor."""
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        return base64.b64decode(padded, b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
