"""Fetching a file from an address that somebody else named, without reaching into this network.

An address in an answer or from a person may point at the router, the cloud's metadata or a database
("server-side request forgery"). So the gate is where the connection is made: a name is resolved
once, each of its addresses must be public, and the connection goes to the very address that was
looked at. A name that would answer differently the second time ("rebinding") is not asked twice,
and it does not matter how differently two parsers read an address. TLS verifies the name. Redirects
pass the same gate. Proxies of the environment are not used: they would resolve the name themselves.
"""

import io
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urljoin

import httpcore2
import httpx2

from webapp.providers.base.gate import Gate, PrivateAddressError
from webapp.providers.base.reach import DownloadError
from webapp.providers.base.web_address import WebAddressError, parsed, port_of

MOST_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)
_Origin = tuple[str, str, int]


def fetch(url: str, *, seconds: float, most_bytes: int, allowed_origin: str | None = None) -> bytes:
    """Return the bytes at an address, as `fetch_to` gets them; raises DownloadError."""
    file = io.BytesIO()
    fetch_to(url, file, seconds=seconds, most_bytes=most_bytes, allowed_origin=allowed_origin)
    return file.getvalue()


def fetch_to(
    url: str, file: BinaryIO, *, seconds: float, most_bytes: int, allowed_origin: str | None = None
) -> None:
    """Write what is at an address into a file as it comes; redirects are followed, five at most.

    `seconds` holds for all of it together, from the name's resolution to the last byte. The server
    at `allowed_origin` (such as "http://gpu:8080") may be a private one, as somebody who may do so
    has named it. Nothing is sent along: no cookies, no credentials. Raises DownloadError; the file
    may then hold a part of it. What writing the file raises is raised.
    """
    fetching = _Fetching(
        file,
        time.monotonic() + seconds,
        most_bytes,
        _origin(_parsed(allowed_origin)) if allowed_origin else None,
    )
    for _ in range(MOST_REDIRECTS + 1):
        elsewhere = _hop(url, fetching)
        if elsewhere is None:
            return
        url = elsewhere
    message = f"The file is behind more than {MOST_REDIRECTS} redirects."
    raise DownloadError(code="refused", message=message)


@dataclass(frozen=True, slots=True)
class _Fetching:
    """Where a file goes, by when and up to which size, and which origin may be a private one."""

    file: BinaryIO
    end: float
    most_bytes: int
    allowed: _Origin | None


class _FileError(Exception):
    """Stands around what went wrong with our own file, so that the server is not blamed."""


def _hop(url: str, fetching: _Fetching) -> str | None:
    """Return None when the file is there, or the address where it is instead."""
    try:
        elsewhere = _get(_parsed(url), fetching)
        return None if elsewhere is None else urljoin(url, elsewhere)
    except _FileError as error:
        raise error.args[0] from None
    except PrivateAddressError:
        message = "The file's address leads into a private network."
        raise DownloadError(code="private", message=message) from None
    except (httpcore2.TimeoutException, TimeoutError):
        raise DownloadError(code="timeout", message="The file did not come in time.") from None
    except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError):
        message = "The file's server can't be reached."
        raise DownloadError(code="unreachable", message=message) from None
    except ValueError:
        raise DownloadError(code="address", message="The file's address can't be read.") from None


def _parsed(url: str) -> httpx2.URL:
    try:
        return parsed(url, "The file's address")
    except WebAddressError as error:
        raise DownloadError(code="address", message=str(error)) from None


def _origin(url: httpx2.URL) -> _Origin:
    return url.scheme, url.host.lower(), port_of(url)


def _get(url: httpx2.URL, fetching: _Fetching) -> str | None:
    """Write the file, or return what its server says of where it is instead."""
    target = httpcore2.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )
    headers = [(b"Host", url.netloc), (b"Accept-Encoding", b"identity"), (b"User-Agent", b"Easel")]
    with (
        httpcore2.ConnectionPool(
            # Only https needs certificates, and reading them takes longer than many a download.
            ssl_context=httpx2.create_ssl_context() if url.scheme == "https" else None,
            network_backend=Gate(fetching.end, may_be_private=_origin(url) == fetching.allowed),
        ) as pool,
        pool.stream("GET", target, headers=headers) as response,
    ):
        said = {name.lower(): value for name, value in response.headers}
        if response.status in REDIRECTS and b"location" in said:
            return said[b"location"].decode("ascii", errors="replace")
        if response.status != 200:
            message = f"The file's server answered with status {response.status}."
            raise DownloadError(code="refused", message=message)
        if said.get(b"content-encoding", b"identity").lower() != b"identity":
            # What it unpacks to could be a thousand times larger.
            raise DownloadError(
                code="refused", message="The file came compressed, which was not asked for."
            )
        length = said.get(b"content-length", b"")
        if length.isdigit() and int(length[:20]) > fetching.most_bytes:
            raise _too_large(fetching.most_bytes)
        _write(response.iter_stream(), fetching)
    return None


def _write(chunks: Iterable[bytes], fetching: _Fetching) -> None:
    taken = 0
    for chunk in chunks:
        taken += len(chunk)
        if taken > fetching.most_bytes:
            raise _too_large(fetching.most_bytes)
        try:
            fetching.file.write(chunk)
        except OSError as error:
            raise _FileError(error) from error


def _too_large(most_bytes: int) -> DownloadError:
    return DownloadError(
        code="too_large", message=f"The file has more than {most_bytes / 2**20:.3g} MB."
    )
