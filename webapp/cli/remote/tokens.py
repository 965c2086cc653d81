"""`easel token` on a server elsewhere: one's own tokens."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from webapp.cli.remote.server import Server
from webapp.cli.remote.told import MadeToken, TokenPage, read

TOKENS = "/api/tokens"


def create(server: Server, name: str, scopes: Sequence[str], days: int | None) -> dict[str, Any]:
    """Make a token and return what is known of it, its secret as `token` too."""
    expires = None if days is None else (datetime.now(UTC) + timedelta(days=days)).isoformat()
    wish = {"name": name, "scopes": list(scopes), "expires": expires}
    return read(MadeToken, server.post(TOKENS, wish)).model_dump()


def every(server: Server) -> Iterator[dict[str, Any]]:
    """Give all tokens of the person whose token it is, newest first."""
    query: dict[str, str] = {"limit": "100"}
    while True:
        page = read(TokenPage, server.get(TOKENS, **query))
        yield from (token.model_dump() for token in page.items)
        if page.next_cursor is None:
            return
        query["cursor"] = page.next_cursor


def revoke(server: Server, token_id: int) -> None:
    """End a token."""
    server.delete(f"{TOKENS}/{token_id}")
