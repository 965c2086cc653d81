"""HTTP to a provider: answers bounded in bytes and in time, whatever the other side does."""

import logging
from collections.abc import Iterator

import httpx2

from webapp.errors import EaselError
from webapp.providers.base.timed import TimedBackend

MOST_BYTES = 96 * 2**20
"""A 4K picture is some 15 MB, a third more in base64; nothing that Easel keeps needs more."""

CONNECT_SECONDS = 10.0
for _name in ("httpx2", "httpcore2"):  # they would log what a server says, which may be a key
    logging.getLogger(_name).setLevel(logging.WARNING)

_UNPACKED = ("", "identity")


class AnswerTooLargeError(EaselError):
    """The answer has more bytes than anything that is expected."""

    code = "bad_response"


class AnswerPackedError(AnswerTooLargeError):
    """The answer is compressed, which nobody asked for: how large it would become is not known."""


def client(
    *,
    base_url: str = "",
    seconds: float = 180.0,
    most_bytes: int = MOST_BYTES,
    headers: dict[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> httpx2.Client:
    """Return a client that follows no redirects and whose answers are bounded.

    `seconds` holds for each whole exchange, from the name's resolution to the last byte of the
    answer: a time-out alone would start anew with every byte. A request may name a shorter
    time-out of its own, and no longer one. Answers come as they are: a small compressed one could
    be enormous. While reading, AnswerTooLargeError comes beside httpx2's own errors. Proxies of the
    environment are used, within the same time.
    """
    backend = TimedBackend()

    def begin(request: httpx2.Request) -> None:
        left = _shortest(request, seconds)
        timeouts = httpx2.Timeout(left, connect=min(CONNECT_SECONDS, left)).as_dict()
        request.extensions = {**request.extensions, "timeout": timeouts}
        backend.begin(left)

    def bound(response: httpx2.Response) -> None:
        if response.headers.get("content-encoding", "identity").lower() not in _UNPACKED:
            message = "The answer is compressed, which was not asked for."
            raise AnswerPackedError(message)
        length = response.headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > most_bytes:
            raise _too_large(most_bytes)
        if isinstance(response.stream, httpx2.SyncByteStream):
            response.stream = _BoundedStream(response.stream, most_bytes)

    made = httpx2.Client(
        base_url=base_url,
        headers={**(headers or {}), "Accept-Encoding": "identity"},
        auth=auth,
        timeout=httpx2.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds)),
        event_hooks={"request": [begin], "response": [bound]},
    )
    _connect_through(backend, made)
    return made


def _connect_through(backend: TimedBackend, made: httpx2.Client) -> None:
    """Let a client connect as `backend` does, to proxies too.

    httpx2 has no parameter for it, and its own transports know the proxies of the environment.
    """
    for transport in (made._transport, *made._mounts.values()):  # noqa: SLF001  # as said above
        if isinstance(transport, httpx2.HTTPTransport):
            transport._pool._network_backend = backend  # noqa: SLF001  # as said above


def _shortest(request: httpx2.Request, seconds: float) -> float:
    """Return the seconds for an exchange; libraries on top may ask for no time-out at all."""
    asked = request.extensions.get("timeout", {}).get("read")
    return seconds if asked is None else min(seconds, asked)


def _too_large(most_bytes: int) -> AnswerTooLargeError:
    return AnswerTooLargeError(f"The answer has more than {most_bytes / 2**20:g} MB.")


class _BoundedStream(httpx2.SyncByteStream):
    def __init__(self, inner: httpx2.SyncByteStream, most_bytes: int) -> None:
        self._inner = inner
        self._most_bytes = most_bytes

    def __iter__(self) -> Iterator[bytes]:
        taken = 0
        for chunk in self._inner:
            taken += len(chunk)
            if taken > self._most_bytes:
                raise _too_large(self._most_bytes)
            yield chunk

    def close(self) -> None:
        self._inner.close()
