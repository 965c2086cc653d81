"""The server that is asked: where it is, and what may be repeated of what it says."""

import base64
import json
from dataclasses import dataclass, field
from urllib.parse import urlsplit

HIDDEN = "[password]"
LONGEST_DETAIL = 400  # characters
LONGEST_READ = 20_000


@dataclass(frozen=True, slots=True)
class Server:
    """A server; `base_url` ends without a slash, name and password may be empty."""

    base_url: str
    username: str = ""
    password: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """What it is called at the beginning of a sentence."""
        return f"The server at {urlsplit(self.base_url).netloc}"

    @property
    def auth(self) -> tuple[str, str] | None:
        """Name and password, None where the server asks for none."""
        return (self.username, self.password) if self.password else None

    def detail(self, said: str) -> str:
        """Return what was said as one short line for the log, without the password."""
        shown = said[:LONGEST_READ]
        pair = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
        for secret in (pair, json.dumps(self.password)[1:-1], self.password):
            shown = shown.replace(secret, HIDDEN) if self.password else shown
        return " ".join(shown.split())[:LONGEST_DETAIL]
