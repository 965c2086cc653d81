"""Telling several parts the same thing."""

from collections.abc import Callable
from typing import ParamSpec

P = ParamSpec("P")


def in_turn(*hearers: Callable[P, object]) -> Callable[P, None]:
    """Return a function that tells the hearers the same, one after the other."""

    def tell(*values: P.args, **named: P.kwargs) -> None:
        for hearer in hearers:
            hearer(*values, **named)

    return tell
