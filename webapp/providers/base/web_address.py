"""Addresses that others name: of http or https, with a host, and without credentials."""

import httpx2

from webapp.errors import InvalidError

_PORTS = {"http": 80, "https": 443}


class WebAddressError(InvalidError):
    """No address that can be asked."""

    code = "address"


def parsed(url: str, called: str = "The address") -> httpx2.URL:
    """Return an address in its parts; raises WebAddressError, in which it is `called` so."""
    try:
        found = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError):
        message = f"{called} can't be read."
        raise WebAddressError(message) from None
    if found.scheme not in _PORTS or not found.host:
        message = f"{called} must begin with http:// or https://."
        raise WebAddressError(message)
    if found.userinfo:
        message = f"{called} must not hold a name or a password."
        raise WebAddressError(message)
    return found


def port_of(url: httpx2.URL) -> int:
    """Return the port of a parsed address, the usual one where it names none."""
    return url.port or _PORTS[url.scheme]
