"""Connections that end in time: a time-out alone would start anew with every byte that comes."""

import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import httpcore2

from webapp.providers.base import addresses

PIECE = 16 * 1024
"""Bytes that are written at once; who takes a few now and then would hold up more of them."""

Left = Callable[[], float]
"""Gives the seconds that are left, none where it is zero or less."""


class TimedStream(httpcore2.NetworkStream):
    """A connection whose every step ends with the deadline, or with a time-out before it."""

    def __init__(self, inner: httpcore2.NetworkStream, left: Left) -> None:
        self._inner = inner
        self._left = left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what came; raises ReadTimeout."""
        return self._inner.read(max_bytes, within(self._left(), timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes; raises WriteTimeout."""
        for start in range(0, len(buffer), PIECE):
            seconds = within(self._left(), timeout, httpcore2.WriteTimeout)
            self._inner.write(buffer[start : start + PIECE], seconds)

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        """Return the connection with TLS on it; raises ConnectTimeout."""
        seconds = within(self._left(), timeout, httpcore2.ConnectTimeout)
        return TimedStream(self._inner.start_tls(ssl_context, server_hostname, seconds), self._left)

    def get_extra_info(self, info: str) -> Any:
        """Return what is known of the connection."""
        return self._inner.get_extra_info(info)


class TimedBackend(httpcore2.NetworkBackend):
    """Opens connections that many exchanges may use after each other, each with its own end.

    Whoever begins an exchange says its end; the steps of it are taken in the same thread.
    """

    def __init__(self) -> None:
        self._end: ContextVar[float] = ContextVar("end")

    def begin(self, seconds: float) -> None:
        """Begin an exchange that may last so long, from the name's resolution to the last byte."""
        self._end.set(time.monotonic() + seconds)

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any
    ) -> httpcore2.NetworkStream:
        """Return a connection to a host's first address that answers; raises httpcore2's errors."""
        try:
            seconds = within(self._left(), timeout, httpcore2.ConnectTimeout)
            found = addresses.resolved(host, port, seconds)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout from error
        except OSError as error:
            raise httpcore2.ConnectError(str(error)) from error
        return connected(found, port, self._left, timeout)

    def _left(self) -> float:
        return self._end.get() - time.monotonic()


def connected(found: list[str], port: int, left: Left, timeout: float | None = None) -> TimedStream:
    """Return a connection to the first of some addresses that answers.

    `timeout` is for each of them. Raises ConnectTimeout, or what the last one raised.
    """
    failure: Exception = httpcore2.ConnectError("no address")
    for address in found:
        seconds = within(left(), timeout, httpcore2.ConnectTimeout)
        try:
            return TimedStream(httpcore2.SyncBackend().connect_tcp(address, port, seconds), left)
        except (httpcore2.NetworkError, httpcore2.ConnectTimeout) as error:
            failure = error
    raise failure


def within(left: float, timeout: float | None, late: type[Exception]) -> float:
    """Return the seconds for a step; raises `late` when there are none."""
    if left <= 0:
        raise late
    return left if timeout is None else min(left, timeout)
