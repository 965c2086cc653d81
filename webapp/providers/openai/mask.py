"""A mask for others: from white where the picture may change, to transparent there.

OpenAI wants a PNG whose transparent parts are the ones to edit. Other servers that speak its API
(stable-diffusion.cpp) look at the brightness instead, and want it as ours is. So the new mask is
both: its colours are those of ours, its alpha is the opposite.

The PNG format is the W3C's, third edition: chunks in section 5, filters in section 9.
"""

import struct
import zlib
from collections.abc import Iterator
from itertools import accumulate

from webapp.providers.base import ProviderError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_PIXELS = 2**25
_GREY = (8, 0, 0, 0, 0)  # bits, colour type, compression, filter, interlace
_OPPOSITE = bytes(255 - value for value in range(256))


def with_alpha(mask: bytes) -> bytes:
    """Return an RGBA PNG, transparent where an 8-bit grey PNG is white.

    Raises ProviderError `invalid` for anything else than an 8-bit grey PNG without interlacing.
    """
    try:
        width, height, packed = _opened(mask)
        filtered = zlib.decompressobj().decompress(packed, height * (width + 1))
        rows = [
            b"\0" + _rgba(row) for _, row in zip(range(height), _rows(filtered, width), strict=True)
        ]
    except (ValueError, struct.error, zlib.error):
        message = "The mask can't be used. Draw it again."
        raise ProviderError(kind="invalid", message=message) from None
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows), 6)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(name, data) for name, data in chunks)


def _opened(png: bytes) -> tuple[int, int, bytes]:
    if not png.startswith(SIGNATURE):
        raise ValueError
    header, packed = b"", b""
    for name, data in _chunks(png):
        header = data if name == b"IHDR" else header
        packed += data if name == b"IDAT" else b""
    width, height, *form = struct.unpack(">IIBBBBB", header)
    if tuple(form) != _GREY or not 0 < width * height <= MOST_PIXELS:
        raise ValueError
    return width, height, packed


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(png):
        length, name = struct.unpack_from(">I4s", png, at)
        yield name, png[at + 8 : at + 8 + length]
        at += length + 12


def _rows(filtered: bytes, width: int) -> Iterator[bytes]:
    """Yield the rows of grey values; raises ValueError where one is not whole."""
    above = bytes(width)
    for start in range(0, len(filtered), width + 1):
        line = filtered[start + 1 : start + 1 + width]
        above = _unfiltered(filtered[start], line, above)
        yield above


def _unfiltered(kind: int, line: bytes, above: bytes) -> bytes:
    """Return a row; masks have millions of pixels, so each filter has a short loop of its own."""
    if len(line) != len(above) or kind not in range(5):
        raise ValueError
    if kind == 0:
        return line
    if kind == 1:
        return bytes(total & 255 for total in accumulate(line))
    if kind == 2:
        return bytes((value + up) & 255 for value, up in zip(line, above, strict=True))
    return _averaged(line, above) if kind == 3 else _paeth(line, above)


def _averaged(line: bytes, above: bytes) -> bytes:
    row = bytearray()
    left = 0
    for value, up in zip(line, above, strict=True):
        left = (value + (left + up) // 2) & 255
        row.append(left)
    return bytes(row)


def _paeth(line: bytes, above: bytes) -> bytes:
    """Undo the filter that guesses the neighbour nearest to left + up - corner."""
    row = bytearray()
    left = corner = 0
    for value, up in zip(line, above, strict=True):
        to_left, to_up = abs(up - corner), abs(left - corner)
        to_corner = abs(left + up - corner - corner)
        if to_left <= to_up and to_left <= to_corner:
            left = (value + left) & 255
        else:
            left = (value + (up if to_up <= to_corner else corner)) & 255
        row.append(left)
        corner = up
    return bytes(row)


def _rgba(row: bytes) -> bytes:
    wide = bytearray(4 * len(row))
    wide[0::4] = wide[1::4] = wide[2::4] = row
    wide[3::4] = row.translate(_OPPOSITE)
    return bytes(wide)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
