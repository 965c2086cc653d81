"""Base64, or a data URI, on its way into a file."""

import binascii
import re
from typing import BinaryIO

from webapp.errors import InvalidError

UNREADABLE = "The picture can't be read: it is no base64 text and no data URI of a picture."
LONGEST_HEAD = 256
"""The characters before a data URI's comma; those of pictures have some 30."""

_SCHEME = b"data:"
_HEAD = re.compile(
    rb"data:(image/[\w.+-]+|application/octet-stream)?(;[\w.+-]+=[^;,]*)*;base64", re.IGNORECASE
)
_SPACE = b" \t\r\n\v\f"
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_MOST_PADDING = 2
_DIGITS = re.compile(rb"[A-Za-z0-9+/]*(={0,2})")


class Base64File:
    """Decodes text, piece by piece, into a file.

    A data URI's head may stand before the text; white space, the alphabet for addresses and missing
    padding are fine. Raises InvalidError (`invalid_image`) for all else.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._head: bytes | None = b""
        self._rest = b""
        self._padding = 0

    def write(self, text: bytes) -> None:
        """Decode a piece of the text."""
        text = text.translate(None, _SPACE)
        if self._head is not None:
            text = self._after_head(self._head + text)
        if text:
            self._decode(text)

    def close(self) -> None:
        """Decode what is left, and close the file."""
        if self._head is not None:  # shorter than a data URI's scheme
            head, self._head = self._head, None
            if head[: len(_SCHEME)].lower() == _SCHEME:
                raise unreadable()
            self._decode(head)
        if len(self._rest) == 1:
            raise unreadable()
        self._file.write(binascii.a2b_base64(self._rest + b"=" * (-len(self._rest) % 4)))
        self._file.close()

    def _after_head(self, text: bytes) -> bytes:
        """Return what follows a data URI's head, nothing as long as it is not known."""
        self._head = None
        start = text[: len(_SCHEME)].lower()
        if len(start) < len(_SCHEME) and _SCHEME.startswith(start):
            self._head = text
            return b""
        if start != _SCHEME:
            return text
        head, comma, rest = text.partition(b",")
        if not comma and len(head) <= LONGEST_HEAD:
            self._head = text
            return b""
        if len(head) > LONGEST_HEAD or not _HEAD.fullmatch(head):
            raise unreadable()
        return rest

    def _decode(self, text: bytes) -> None:
        found = _DIGITS.fullmatch(text.translate(_URL_SAFE))
        if found is None or (self._padding and text.strip(b"=")):
            raise unreadable()
        self._padding += len(found[1])
        if self._padding > _MOST_PADDING:
            raise unreadable()
        digits = self._rest + found[0].removesuffix(found[1])
        whole = len(digits) // 4 * 4
        self._file.write(binascii.a2b_base64(digits[:whole]))
        self._rest = digits[whole:]


def unreadable() -> InvalidError:
    """Return the error for a text that holds no picture."""
    return InvalidError(UNREADABLE, code="invalid_image", fields={"image": ["invalid_image"]})
