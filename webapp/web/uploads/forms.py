"""Forms, read as they come: files and pictures as text go into files, the rest is kept."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Protocol
from urllib.parse import unquote_to_bytes

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from webapp.errors import InvalidError, TooLargeError
from webapp.web.uploads.base64_file import Base64File
from webapp.web.uploads.source import PIECE, Source, Stream

MOST_KEPT = 64 * 1024
"""The bytes that all fields but pictures may have together."""
MOST_PARTS = 1000

_BOUNDARY = re.compile(r"[\x20-\x7e]{1,70}")  # RFC 2046
_MOST_DASHES = 80
_NAME_END, _VALUE_END = re.compile(rb"[=&]"), re.compile(rb"&")
_LATE_ESCAPE = re.compile(rb"%.?\Z", re.DOTALL)


class Files(Protocol):
    """Where files are put: `file` by its field and name, `text` what is decoded on its way."""

    def file(self, field: str, name: str) -> BinaryIO:
        """Return a new file, open for writing."""
        ...

    def text(self, field: str) -> Base64File:
        """Return the decoder into a new file."""
        ...


class FormReader:
    """Reads forms. A text in the field `picture` is one as base64 or a data URI."""

    def __init__(self, files: Files, picture: str) -> None:
        self._files = files
        self._picture = picture
        self._kept = 0
        self.fields: MultiDict[str, Any] = MultiDict()

    def multipart(self, stream: Stream, boundary: str) -> None:
        """Read `multipart/form-data`; raises InvalidError and TooLargeError."""
        if not _BOUNDARY.fullmatch(boundary):
            raise _cut_off()
        decoder = MultipartDecoder(boundary.encode(), max_parts=MOST_PARTS)
        try:
            self._parts(_events(decoder, stream))
        except RequestEntityTooLarge:
            raise _too_many() from None
        except (ValueError, AttributeError):  # what the decoder raises for forms that are none
            raise _cut_off() from None

    def urlencoded(self, stream: Stream) -> None:
        """Read `application/x-www-form-urlencoded`; raises InvalidError and TooLargeError."""
        source = Source(stream)
        for _ in range(MOST_PARTS):
            name = _plain(self._held(source.until(_NAME_END)))
            if source.mark == b"=":
                self._value(name, source.until(_VALUE_END))
            elif name:
                self.fields.add(name, "")
            if not source.mark:
                return
        raise _too_many()

    def _parts(self, events: Iterator[Event]) -> None:
        for event in events:
            if isinstance(event, File):
                self._file(event, events)
            elif isinstance(event, Field):
                pieces = (data.data for data in _data(events))
                if event.name == self._picture:
                    self._text(event.name, pieces)
                else:
                    self.fields.add(event.name or "", _text(self._held(pieces)))

    def _file(self, part: File, events: Iterator[Event]) -> None:
        pieces = (data.data for data in _data(events) if data.data)
        first = next(pieces, b"")
        if not (part.filename or first):
            return  # what browsers send where no file was chosen
        with self._files.file(part.name or "", part.filename or "") as file:
            file.write(first)
            for piece in pieces:
                file.write(piece)

    def _value(self, name: str, pieces: Iterator[bytes]) -> None:
        if name == self._picture:
            # A plus stands for a space, but what is meant here is one that nobody has escaped.
            self._text(name, _unescaped(pieces))
        else:
            self.fields.add(name, _plain(self._held(pieces)))

    def _text(self, name: str, pieces: Iterator[bytes]) -> None:
        first = next((piece for piece in pieces if piece.strip()), b"")
        if not first:
            return
        decoder = self._files.text(name)
        decoder.write(first)
        for piece in pieces:
            decoder.write(piece)
        decoder.close()

    def _held(self, pieces: Iterator[bytes]) -> bytes:
        held = bytearray()
        for piece in pieces:
            held += piece
            self._kept += len(piece)
            if self._kept > MOST_KEPT:
                msg = f"Everything but the pictures may have {MOST_KEPT // 1024} KB together."
                raise TooLargeError(msg)
        return bytes(held)


def _events(decoder: MultipartDecoder, stream: Stream) -> Iterator[Event]:
    """Give what a form consists of, up to its end."""
    event: Event = NeedData()
    while not isinstance(event, Epilogue):
        if isinstance(event, NeedData):
            if len(decoder.buffer) > MOST_KEPT + PIECE:  # neither a part's head nor its end
                raise _cut_off()
            decoder.receive_data(_piece(stream) or None)
        event = decoder.next_event()
        yield event


def _piece(stream: Stream) -> bytes:
    """Return a piece of a form that does not end amid the dashes that end a boundary.

    The decoder would take the line end before them for a part of the file. No boundary has so many
    dashes as are looked for.
    """
    piece = stream.read(PIECE)
    for _ in range(_MOST_DASHES):
        if not piece.endswith(b"-"):
            break
        more = stream.read(1)
        if not more:
            break
        piece += more
    return piece


def _data(events: Iterator[Event]) -> Iterator[Data]:
    """Give the pieces of the part that has begun."""
    for event in events:
        if isinstance(event, Data):
            yield event
            if not event.more_data:
                return


def _unescaped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Give pieces with their escapes resolved, also those that two pieces share."""
    late = b""
    for piece in pieces:
        found = _LATE_ESCAPE.search(text := late + piece)
        late = found[0] if found is not None else b""
        yield unquote_to_bytes(text.removesuffix(late))
    yield unquote_to_bytes(late)


def _plain(escaped: bytes) -> str:
    return _text(unquote_to_bytes(escaped.replace(b"+", b" ")))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _too_many() -> TooLargeError:
    msg = f"A form may have {MOST_PARTS:,} parts."
    return TooLargeError(msg)


def _cut_off() -> InvalidError:
    msg = "The form can't be read: it was cut off, or is none."
    return InvalidError(msg, code="invalid_form")
