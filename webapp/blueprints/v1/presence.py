"""Whether a client still waits for its answer."""

from collections.abc import Callable

from flask import request

DISCONNECTED = "waitress.client_disconnected"


def is_there() -> Callable[[], bool]:
    """Return what says whether the current request's client is there, as far as is known."""
    is_gone = request.environ.get(DISCONNECTED)
    return lambda: is_gone is None or not is_gone()
