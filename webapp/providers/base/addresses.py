"""Which addresses are out in the world, and which reach into this machine or its network."""

import ipaddress
import queue
import socket
import threading

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_UNICAST = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NEVER = tuple(
    ipaddress.ip_network(block)
    for block in (
        "192.0.0.0/24",  # protocols, RFC 6890: two of them are "global" and are no web servers
        "192.88.99.0/24",  # relays of 6to4, RFC 7526
        "2620:4f:8000::/48",  # a sink for questions about private names, RFC 7534
        "3fff::/20",  # documentation, RFC 9637
    )
)


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to a host that everybody can reach.

    IPv6 addresses that carry an IPv4 address (mapped, NAT64, 6to4) are as public as what they
    carry. IANA's registries of special-purpose addresses are the source; `is_global` of the
    standard library knows most of them, but not multicast, site-local and what is newer.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    carried = _carried(found)
    if carried is not None:
        return is_public(str(carried))
    if found.version == 6 and found not in _UNICAST:
        return False
    return found.is_global and not found.is_multicast and not any(found in net for net in _NEVER)


def _carried(address: _Address) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def resolved(host: str, port: int, seconds: float) -> list[str]:
    """Return the IP addresses of a host, without repetitions, in the resolver's order.

    Raises OSError when there are none, TimeoutError when they don't come in time. The resolver has
    no time limit that could be set, so it is asked in a thread of its own.
    """
    answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))
        except (OSError, UnicodeError) as error:
            answers.put(OSError(type(error).__name__))

    threading.Thread(target=ask, name="easel-resolver", daemon=True).start()
    try:
        answer = answers.get(timeout=max(seconds, 0))
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise answer
    return answer
