"""Patience: what was paid for is not lost because the database or the store is busy."""

import time
from collections.abc import Callable
from typing import TypeVar

from webapp.errors import BusyError

ATTEMPTS, PAUSE = 30, 1.0  # seconds

T = TypeVar("T")


def patiently(action: Callable[[], T], pause: Callable[[float], object] = time.sleep) -> T:
    """Return what an action does, tried again while it raises BusyError; at last that is raised."""
    for _ in range(ATTEMPTS - 1):
        try:
            return action()
        except BusyError:
            pause(PAUSE)
    return action()
