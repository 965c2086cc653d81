"""Absolute addresses: as others reach this Easel."""

from typing import Any

from flask import current_app, request, url_for

BASE_URL = "EASEL_BASE_URL"


def absolute(endpoint: str, **values: Any) -> str:
    """Return a URL that works elsewhere: below EASEL_BASE_URL, or the host that was asked.

    That host is one of the trusted ones, or the request would have been refused.
    """
    base = current_app.config[BASE_URL]
    if not base:
        return url_for(endpoint, _external=True, **values)
    return str(base) + url_for(endpoint, **values).removeprefix(request.script_root)
