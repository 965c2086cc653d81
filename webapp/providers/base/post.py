"""Telling an address that somebody else named, without reaching into this network.

The gate is that of `download`: every address of a name must be public, and the connection goes to
one that was looked at. A redirect is an answer like any other: nobody follows it.
"""

import time
from collections.abc import Collection, Iterable, Mapping

import httpcore2
import httpx2

from webapp.providers.base import addresses
from webapp.providers.base.gate import Gate, PrivateAddressError
from webapp.providers.base.reach import Answer, PostError
from webapp.providers.base.web_address import WebAddressError, parsed, port_of

PRIVATE = (
    "The address leads into a private network. Whoever runs this Easel can allow it with "
    "EASEL_WEBHOOK_HOSTS."
)


def check_address(url: str, private: Collection[str] = ()) -> None:
    """Raise PostError for an address that can't be told anything, as far as it shows.

    `private` are hosts, or hosts with ports, that may be in a private network. What a name leads
    to is only looked at when it is told something: it may change.
    """
    found = _parsed(url)
    is_local = found.host.lower().rstrip(".") == "localhost"
    if (is_local or _is_private_literal(found.host)) and not _may_be_private(found, private):
        raise PostError(PRIVATE, code="private")


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    seconds: float,
    most_bytes: int,
    private: Collection[str] = (),
) -> Answer:
    """Send bytes to an address and return what it answers, whatever its status.

    `seconds` holds for all of it together, from the name's resolution to the last byte. No more
    than `most_bytes` of the answer are read; one that breaks off counts as far as it came.
    `private` is as in `check_address`. Raises PostError.
    """
    end = time.monotonic() + seconds
    target = _parsed(url)
    try:
        return _sent(target, body, headers, end, most_bytes, private)
    except PrivateAddressError:
        raise PostError(PRIVATE, code="private") from None
    except (httpcore2.TimeoutException, TimeoutError):
        message = f"No answer came within {seconds:g} seconds."
        raise PostError(message, code="timeout") from None
    except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError):
        message = "The address can't be reached."
        raise PostError(message, code="unreachable") from None
    except ValueError:
        message = "The address can't be read."
        raise PostError(message, code="address") from None


def _sent(
    target: httpx2.URL,
    body: bytes,
    headers: Mapping[str, str],
    end: float,
    most_bytes: int,
    private: Collection[str],
) -> Answer:
    url = httpcore2.URL(
        scheme=target.raw_scheme, host=target.raw_host, port=target.port, target=target.raw_path
    )
    lines = [
        (b"Host", target.netloc),
        (b"Accept-Encoding", b"identity"),
        (b"Content-Length", b"%d" % len(body)),
        *((name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()),
    ]
    with (
        httpcore2.ConnectionPool(
            # Only https needs certificates, and reading them takes longer than most answers.
            ssl_context=httpx2.create_ssl_context() if target.scheme == "https" else None,
            network_backend=Gate(end, may_be_private=_may_be_private(target, private)),
        ) as pool,
        pool.stream("POST", url, headers=lines, content=body) as response,
    ):
        return Answer(response.status, _beginning(response.iter_stream(), most_bytes))


def _beginning(chunks: Iterable[bytes], most_bytes: int) -> bytes:
    """Return what came of a body; its status has been said already, whatever comes."""
    taken = bytearray()
    try:
        for chunk in chunks:
            taken += chunk
            if len(taken) >= most_bytes:
                break
    except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError):
        pass
    return bytes(taken[:most_bytes])


def _parsed(url: str) -> httpx2.URL:
    try:
        return parsed(url)
    except WebAddressError as error:
        raise PostError(str(error), code="address") from None


def _may_be_private(url: httpx2.URL, private: Collection[str]) -> bool:
    host = url.host.lower()
    shown = f"[{host}]" if ":" in host else host
    return not {host, shown, f"{shown}:{port_of(url)}"}.isdisjoint(private)


def _is_private_literal(host: str) -> bool:
    is_literal = ":" in host or host.replace(".", "").isdigit()
    return is_literal and not addresses.is_public(host)
