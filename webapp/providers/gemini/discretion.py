"""Discretion: what a server says may hold the key, and is never repeated as it came."""

import re
from dataclasses import dataclass, field

HIDDEN = "[key]"
LONGEST_DETAIL = 400  # characters
LONGEST_TEXT = 4000
LONGEST_READ = 20_000
_LIKE_A_KEY = re.compile(r"\b(?:AIza[\w-]{20,}|AQ\.[\w-]{20,}|ya29\.[\w-]{20,})")


@dataclass(frozen=True, slots=True)
class Discretion:
    """Removes one key, and all that looks like a key of Google, from what a server said."""

    key: str = field(repr=False)

    def detail(self, text: str) -> str:
        """Return a text for the log: one short line."""
        return " ".join(self._without_keys(text).split())[:LONGEST_DETAIL]

    def text(self, text: str) -> str:
        """Return a text that a person may read, such as what a model wrote."""
        return self._without_keys(text).strip()[:LONGEST_TEXT]

    def _without_keys(self, text: str) -> str:
        """Return the beginning of a text; the key goes first, or half of it might be left."""
        whole = text.replace(self.key, HIDDEN) if self.key else text
        return _LIKE_A_KEY.sub(HIDDEN, whole[:LONGEST_READ])
