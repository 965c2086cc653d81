"""Addresses that are compiled once, for all the apps of a test run.

Werkzeug makes a function of every address, in four fifths of the time that an app takes to be put
together. It is the same function for the same address; without this, it would only take longer.
"""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

_known: dict[object, Callable[..., Any]] = {}


class RememberedRule(Rule):
    """A rule that takes the function of an equal one."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., Any]:  # noqa: FBT001, FBT002  # werkzeug's
        key = self.rule, tuple(self._trace), str(self.defaults), append_unknown
        if key not in _known:
            _known[key] = super()._compile_builder(append_unknown)
        return _known[key]
