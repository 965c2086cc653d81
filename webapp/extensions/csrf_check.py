"""CSRF tokens, without reading a body that others want to read as it comes."""

from typing import cast

from flask import current_app, g, request
from flask_wtf import CSRFProtect


class Csrf(CSRFProtect):  # type: ignore[misc]  # the library has no types
    """Looks into the header first: to find the token in a form, all of the form is read."""

    def check(self, sent: str = "") -> None:
        """Check the header's token, or else the one that was `sent`; the body is left alone.

        Raises CSRFError.
        """
        g.csrf_sent = _from_header() or sent
        self.protect()

    def is_told(self) -> bool:
        """Say whether the header has a token, good or bad."""
        return bool(_from_header())

    def _get_csrf_token(self) -> str | None:
        if "csrf_sent" in g:
            return cast("str", g.csrf_sent) or None
        return _from_header() or cast("str | None", super()._get_csrf_token())


def _from_header() -> str:
    names = current_app.config["WTF_CSRF_HEADERS"]
    return next((value for name in names if (value := request.headers.get(name))), "")
