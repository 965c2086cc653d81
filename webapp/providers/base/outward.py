"""Reaching out to addresses that others name; an HTTP client is loaded with the first of them.

See `download` and `post`, which do the work behind their gate.
"""

from collections.abc import Collection, Mapping
from typing import BinaryIO

from webapp.providers.base.reach import Answer


def fetch_to(url: str, file: BinaryIO, *, seconds: float, most_bytes: int) -> None:
    """Write what is at a public address into a file, as `download.fetch_to` does."""
    from webapp.providers.base import download  # noqa: PLC0415

    download.fetch_to(url, file, seconds=seconds, most_bytes=most_bytes)


def post(  # as `post.post`
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    seconds: float,
    most_bytes: int,
    private: Collection[str] = (),
) -> Answer:
    """Send bytes to an address and return what it answers, as `post.post` does."""
    from webapp.providers.base import post as posting  # noqa: PLC0415

    return posting.post(url, body, headers, seconds=seconds, most_bytes=most_bytes, private=private)


def check_address(url: str, private: Collection[str] = ()) -> None:
    """Raise PostError for an address that can't be told anything, as `post.check_address` does."""
    from webapp.providers.base import post as posting  # noqa: PLC0415

    posting.check_address(url, private)
