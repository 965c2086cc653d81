"""Connections that lead out into the world only, and that end in time."""

import time
from typing import Any

import httpcore2

from webapp.errors import EaselError
from webapp.providers.base import addresses
from webapp.providers.base.timed import connected


class PrivateAddressError(EaselError):
    """The address reaches into this machine or its network."""

    code = "private"


class Gate(httpcore2.NetworkBackend):
    """Opens connections to public addresses only, and none does anything after `end`."""

    def __init__(self, end: float, *, may_be_private: bool) -> None:
        self._end = end
        self._may_be_private = may_be_private

    def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore2.NetworkStream:
        """Return a connection to a host's first address that answers.

        Raises PrivateAddressError, OSError or TimeoutError, and httpcore2's own errors.
        """
        found = addresses.resolved(host, port, self._left())
        if not self._may_be_private and not all(map(addresses.is_public, found)):
            message = "The address leads into a private network."
            raise PrivateAddressError(message)
        return connected(found, port, self._left)

    def _left(self) -> float:
        return self._end - time.monotonic()
