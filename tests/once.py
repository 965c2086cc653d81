"""What is found out once, for all the apps of a test run, as none of it changes meanwhile.

Compiling the addresses and looking through the static files would take most of the time in which an
app is put together.
"""

import sys
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from webapp.web.assets import fingerprint

_known: dict[object, dict[str, Any]] = {}

COMPILED = ("arguments", "_converters", "_parts", "_trace")
"""What compiling a rule leaves in it, beside two functions that are bound to it."""


class RememberedRule(Rule):
    """A rule that takes what an equal one was compiled to."""

    def compile(self) -> None:
        """Compile the rule, unless an equal one was."""
        key = self.rule, self.subdomain, self.host, self.merge_slashes, str(self.defaults)
        known = _known.get(key)
        if known is None:
            super().compile()
            known = {name: getattr(self, name) for name in COMPILED}
            _known[key] = known | {"build": (self._build, self._build_unknown)}
            return
        for name in COMPILED:
            setattr(self, name, known[name])
        bound, unknown = known["build"]
        self._build = bound.__func__.__get__(self, None)
        self._build_unknown = unknown.__func__.__get__(self, None)


_fingerprint_once = cache(fingerprint)


def _fingerprint(folder: Path) -> str:
    return _fingerprint_once(folder) if folder.name == "static" else fingerprint(folder)


def remember() -> None:
    """Let apps share what would be the same for each of them."""
    Flask.url_rule_class = RememberedRule
    sys.modules[fingerprint.__module__].__dict__["fingerprint"] = _fingerprint
