"""The fast path: public renditions that were just served are served again before Flask is asked.

It learns from Flask's own answers, and forgets one as soon as its picture's stamp has changed, so
that nothing is answered here that Flask would refuse. With nginx in front it also keeps them as the
files from which nginx answers by itself.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from webapp.web.flights import Flights
from webapp.web.remembered import Answer, Environ, StartResponse, give_again, is_public, remembered
from webapp.web.shelf import Address, Files, file_name

Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]

ADDRESS = re.compile(
    r"/(?:t/(?P<preset>[a-z0-9_-]{1,40})|i/(?P<signature>[A-Za-z0-9_-]{22})/(?P<ops>[^/]{1,512}))"
    r"/(?P<uid>[1-9A-HJ-NP-Za-km-z]{11})\.(?P<extension>[a-z]{2,5})"
)
"""Addresses whose answer depends on nothing but them: those without an extension are negotiated."""

VERSION = re.compile(r"(?:v=[0-9a-f]{1,64})?")
MAX_BYTES = 64 * 2**20
LARGEST = 2**20
OVERHEAD = 1024
PASSING = re.compile("(?:exp|wm)_")
"""What ends, and what shows another picture too, which may be exchanged."""


class Stamped(Protocol):
    """Tells whether what may be shown of a picture has changed."""

    def stamp(self, uid: str) -> int:
        """Return a number that stays the same as long as nothing has."""
        ...


class FastPath:
    """A WSGI application around another one, with a bounded memory of its public pictures."""

    def __init__(
        self,
        inner: Wsgi,
        stamps: Stamped,
        files: Files | None = None,
        *,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._inner = inner
        self._stamps = stamps
        self._files = files
        self._max_bytes = max_bytes
        self._answers: OrderedDict[tuple[str, ...], Answer] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._flights = Flights()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from memory where that is right, else ask the application and learn."""
        match = ADDRESS.fullmatch(environ["PATH_INFO"])
        if match is None or not _is_plain(environ):
            return self._inner(environ, start_response)
        key = _key(environ)
        known = self._known(key, match["uid"])
        if known is None:
            with self._flights.turn(key):
                # Whoever came while another was asking may find the answer here now; also the first
                # in a turn, where the one before has landed since the look above.
                known = self._known(key, match["uid"])
                if known is None:
                    return self._asked(key, match, environ, start_response)
        if self._files is not None:
            self._shelve(_address(match, environ), known)
        return give_again(known, environ, start_response)

    def _known(self, key: tuple[str, ...], uid: str) -> Answer | None:
        """Return an answer that may be given again."""
        known = self._answers.get(key)
        return known if known is not None and known.stamp == self._stamps.stamp(uid) else None

    def _asked(
        self,
        key: tuple[str, ...],
        match: re.Match[str],
        environ: Environ,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        """Ask the application, and learn."""
        stamp = self._stamps.stamp(match["uid"])
        answer, body = self._learned(stamp, environ, start_response)
        if answer is not None:
            address = _address(match, environ)
            self._shelve(address, answer)
            if _is_worth_keeping(address, answer):
                self._keep(key, answer)
        return body

    def _learned(
        self, stamp: int, environ: Environ, start_response: StartResponse
    ) -> tuple[Answer | None, Iterable[bytes]]:
        """Ask the application; the stamp was read before it looked whether it may answer."""
        seen: list[tuple[str, list[tuple[str, str]]]] = []

        def watching(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            seen.append((status, headers))
            return start_response(status, headers, *more)

        given = self._inner(environ, watching)
        if environ["REQUEST_METHOD"] != "GET" or not seen or not is_public(*seen[-1]):
            return None, given
        body = b"".join(given)
        getattr(given, "close", lambda: None)()
        return remembered(stamp, seen[-1][1], body), [body]

    def _shelve(self, address: Address, answer: Answer) -> None:
        """Keep an answer as a file, unless its picture has changed since its stamp was read."""
        files = self._files
        name = None
        if files is not None:
            name = file_name(address, is_immutable=answer.is_immutable)
        if files is None or name is None or files.has(address.uid, name):
            return

        def is_current() -> bool:
            return self._stamps.stamp(address.uid) == answer.stamp

        files.put(address.uid, name, answer.body, is_current)

    def _keep(self, key: tuple[str, ...], answer: Answer) -> None:
        with self._lock:
            self._forget(key)
            self._answers[key] = answer
            self._bytes += len(answer.body) + OVERHEAD
            while self._bytes > self._max_bytes:
                self._forget(next(iter(self._answers)))

    def _forget(self, key: tuple[str, ...]) -> None:
        gone = self._answers.pop(key, None)
        if gone is not None:
            self._bytes -= len(gone.body) + OVERHEAD


def _is_plain(environ: Environ) -> bool:
    """Return whether the request asks for a whole picture and nothing out of the ordinary."""
    return (
        environ["REQUEST_METHOD"] in {"GET", "HEAD"}
        and "HTTP_RANGE" not in environ
        and VERSION.fullmatch(environ.get("QUERY_STRING", "")) is not None
    )


def _address(match: re.Match[str], environ: Environ) -> Address:
    return Address(
        recipe=match["preset"] or match["ops"],
        uid=match["uid"],
        extension=match["extension"],
        signature=match["signature"] or "",
        query=environ.get("QUERY_STRING", ""),
    )


def _is_worth_keeping(address: Address, answer: Answer) -> bool:
    """Return whether an answer lasts, and is not one of many copies under made-up versions."""
    is_plain = not address.query or (answer.is_immutable and not address.signature)
    return is_plain and len(answer.body) <= LARGEST and not PASSING.search(address.recipe)


def _key(environ: Environ) -> tuple[str, ...]:
    """Return what an answer depends on; the host among it, which Flask checks at the first time."""
    return (
        environ.get("HTTP_HOST", ""),
        environ["PATH_INFO"],
        environ.get("QUERY_STRING", ""),
        environ.get("SCRIPT_NAME", ""),
    )
