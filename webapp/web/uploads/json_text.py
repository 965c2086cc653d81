"""A JSON object of which one value, a picture as text, may be larger than memory.

That value goes through a decoder into a file as it comes. Everything else is kept, a little of it,
and read by the standard library with `null` in the picture's place, so that what is JSON and what
is not needs no second opinion.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn, Protocol

from webapp.errors import InvalidError, TooLargeError
from webapp.web.uploads.base64_file import unreadable
from webapp.web.uploads.source import Source, Stream

MOST_KEPT = 64 * 1024
"""The bytes that everything but the picture may have."""

_STRUCTURE = re.compile(rb'["{}\[\]:,]')
_IN_TEXT = re.compile(rb'["\\]')
_QUOTE = re.compile(rb'"')
_LATE_ESCAPE = re.compile(rb"\\(?:u[^\\]{0,3})?\Z")


class Sink(Protocol):
    """What takes the picture's text."""

    def write(self, text: bytes, /) -> object:
        """Take a piece."""
        ...


class JsonText:
    """Reads an object from a stream; the text of the field `name` goes into a sink."""

    def __init__(self, stream: Stream, name: str, sink: Sink) -> None:
        self._source = Source(stream)
        self._name = name
        self._sink = sink
        self._kept = bytearray()
        self._has_text = False

    def read(self) -> dict[str, Any]:
        """Return the other values.

        Raises InvalidError (`invalid_json`) for what is no JSON object, InvalidError
        (`invalid_image`) where the field is there and no text, TooLargeError.
        """
        self._scan()
        try:
            value = json.loads(self._kept.decode(), parse_constant=_refuse)
        except (ValueError, RecursionError):
            msg = "The body can't be read: it is no JSON."
            raise InvalidError(msg, code="invalid_json") from None
        if not isinstance(value, dict):
            msg = 'The body must be a JSON object, such as {"image": "…"}.'
            raise InvalidError(msg, code="invalid_json")
        if value.pop(self._name, None) is not None:
            raise unreadable()
        return value

    def _scan(self) -> None:
        """Keep everything but the picture, which is the value of a key of the outer object."""
        depth, key, text = 0, b"", b""
        while True:
            for piece in self._source.until(_STRUCTURE):
                self._keep(piece)
            mark = self._source.mark
            if mark == b'"':
                if depth == 1 and key == self._key:
                    self._stream()
                else:
                    text = self._whole_text()
            elif not mark:
                return
            else:
                self._keep(mark)
                depth += {b"{": 1, b"[": 1, b"}": -1, b"]": -1}.get(mark, 0)
                if depth == 1 and mark in b":,":
                    key = text if mark == b":" else b""

    @property
    def _key(self) -> bytes:
        return self._name.encode()

    def _whole_text(self) -> bytes:
        """Keep a text and return it, decoded as far as keys need it."""
        start = len(self._kept)
        self._keep(b'"')
        while True:
            for piece in self._source.until(_IN_TEXT):
                self._keep(piece)
            self._keep(self._source.mark)
            if self._source.mark != b"\\":
                break
            self._keep(self._source.take(1))
        return _decoded(bytes(self._kept[start:]))

    def _stream(self) -> None:
        """Send a text into the sink, and keep `null` in its place."""
        if self._has_text:
            msg = f"The field {self._name} may be given once."
            raise InvalidError(msg, code="invalid_json")
        self._has_text = True
        for piece in self._pieces():
            self._sink.write(piece)
        self._keep(b"null")

    def _pieces(self) -> Iterator[bytes]:
        """Give the text up to the next quote: base64 has none, so that no escape stands for one."""
        late = b""
        for piece in self._source.until(_QUOTE):
            found = _LATE_ESCAPE.search(text := late + piece)
            late = found[0] if found is not None else b""
            yield _unescaped(text.removesuffix(late))
        yield _unescaped(late)

    def _keep(self, piece: bytes) -> None:
        self._kept += piece
        if len(self._kept) > MOST_KEPT:
            msg = f"Everything but the picture may have {MOST_KEPT // 1024} KB together."
            raise TooLargeError(msg)


def _unescaped(text: bytes) -> bytes:
    """Return a piece of a text as it was before it was escaped; raises InvalidError."""
    if b"\\" not in text:
        return text
    try:
        return str(json.loads(f'"{text.decode("ascii")}"', strict=False)).encode("ascii")
    except ValueError:
        raise unreadable() from None


def _decoded(text: bytes) -> bytes:
    if b"\\" not in text:
        return text[1:-1]
    try:
        return str(json.loads(text)).encode("utf-8", "replace")
    except ValueError:
        return b""


def _refuse(_constant: str) -> NoReturn:
    """Refuse NaN and Infinity, which are no JSON."""
    raise ValueError
