"""Talking to the server: JSON goes in, JSON comes out, or a ProviderError."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from webapp.providers.a1111.refusals import broken, refused, unreadable
from webapp.providers.a1111.server import Server
from webapp.providers.base.wire import MOST_BYTES, client

Ask = Callable[..., Any]
"""Takes a page and, to post it there, a wish; returns the JSON, or raises ProviderError."""

SHORTEST = 0.001  # seconds: httpx2 takes no less


@contextmanager
def line(server: Server, seconds: float, *, in_all: bool = False) -> Iterator[Ask]:
    """Hold a line to the server for several questions, with so many seconds for each of them.

    With `in_all`, the seconds are for all of them together. MissingPageError says that there is no
    such page.
    """
    try:
        asker = client(
            base_url=server.base_url, seconds=seconds, most_bytes=MOST_BYTES, auth=server.auth
        )
    except httpx2.InvalidURL as error:
        raise broken(server, error) from None

    end = time.monotonic() + seconds

    def ask(path: str, wish: dict[str, Any] | None = None) -> Any:
        if in_all:
            asker.timeout = max(end - time.monotonic(), SHORTEST)
        return _asked(server, asker, path, wish)

    with asker:
        yield ask


def _asked(server: Server, asker: httpx2.Client, path: str, wish: dict[str, Any] | None) -> Any:
    try:
        response = asker.get(path) if wish is None else asker.post(path, json=wish)
    except Exception as error:  # noqa: BLE001  # whatever it is, it becomes a sentence
        raise broken(server, error) from None
    try:
        said = json.loads(response.content)
    except (ValueError, RecursionError):
        said = None
    if response.status_code != 200:
        raise refused(server, response, said)
    if said is None:
        raise unreadable(server)
    return said
