"""The server that is asked: where it is, and what may be repeated of what it says."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

OPENAI = "https://api.openai.com/v1"
HIDDEN = "[key]"
LONGEST_DETAIL = 400  # characters
LONGEST_TEXT = 4000
LONGEST_READ = 20_000
_SHORTEST_PIECE = 8
_LIKE_A_KEY = re.compile(r"\bsk-[\w*.-]{6,}")


@dataclass(frozen=True, slots=True)
class Server:
    """An OpenAI-compatible server; `base_url` ends without a slash, `key` may be empty."""

    base_url: str
    key: str = field(default="", repr=False)

    @property
    def is_openai(self) -> bool:
        """Whether it is OpenAI's own, whose models and prices are known."""
        return urlsplit(self.base_url).hostname == urlsplit(OPENAI).hostname

    @property
    def name(self) -> str:
        """What it is called at the beginning of a sentence."""
        return "OpenAI" if self.is_openai else f"The server at {urlsplit(self.base_url).netloc}"

    @property
    def headers(self) -> dict[str, str]:
        """The headers that let a request in."""
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}

    def detail(self, said: str) -> str:
        """Return what was said as one short line for the log, without the key."""
        return " ".join(self._discreet(said).split())[:LONGEST_DETAIL]

    def text(self, said: str) -> str:
        """Return what was said for a person to read, without the key."""
        return self._discreet(said).strip()[:LONGEST_TEXT]

    def _discreet(self, said: str) -> str:
        """Return the beginning of a text without the key, and without longer pieces of it."""
        shown = said[:LONGEST_READ]
        size = min(_SHORTEST_PIECE, len(self.key))
        for start in range(len(self.key) - size + 1 if self.key else 0):
            shown = shown.replace(self.key[start : start + size], HIDDEN)
        return _LIKE_A_KEY.sub(HIDDEN, shown)
