"""WebP: EXIF and XMP among its chunks.

Follows RFC 9649. A picture of the simple kind has no place for either, and is made one of the
extended kind: the same compressed pixels behind a header that says what else there is.
"""

import struct
from collections.abc import Iterator

from webapp.imaging.metadata.notes import Notes
from webapp.imaging.metadata.parts import MAX_PARTS, Data, Part, corrupt, until_damaged

_HEADER = struct.Struct("<4sI")
_HAS_ALPHA, _HAS_EXIF, _HAS_XMP = 0x10, 0x08, 0x04
_EXTENDED = b"VP8X"
_SIMPLE = {b"VP8 ", b"VP8L"}
_PIXELS = {*_SIMPLE, b"ALPH"}
_KEPT_BARE = {*_PIXELS, b"ICCP", b"ANIM", b"ANMF"}
_FRAME_HEAD = 16


def is_webp(data: Data) -> bool:
    """Say whether these bytes begin as a WebP does."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def parts(data: Data) -> Iterator[Part]:
    """Give the chunks. Raises CorruptImageError where they don't fit."""
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise corrupt()
    return _chunks(data, 12, end)


def notes(data: Data) -> Notes:
    """Return what is written in a WebP, as far as it can be read."""
    found: dict[bytes, bytes] = {}
    for part in until_damaged(_chunks(data, 12, len(data))):
        if part.kind in {b"EXIF", b"XMP "}:
            found.setdefault(part.kind, part.payload(data))
    # The prefix belongs to JPEG, but Pillow and others write it here too.
    exif = found.get(b"EXIF", b"").removeprefix(b"Exif\0\0")
    return Notes(exif=exif, xmp=found.get(b"XMP ", b""))


def size(data: Data) -> tuple[int, int]:
    """Return width and height in pixels. Raises CorruptImageError without a proper header."""
    first = _first(data)
    head = first.payload(data)[:10]
    if first.kind == _EXTENDED and len(head) == 10:
        return 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")
    if first.kind == b"VP8 " and head[3:6] == b"\x9d\x01\x2a" and len(head) == 10:
        width, height = (side & 0x3FFF for side in struct.unpack("<HH", head[6:10]))
        if width and height:
            return width, height
    if first.kind == b"VP8L" and head[:1] == b"\x2f" and len(head) >= 5:
        bits = int.from_bytes(head[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    raise corrupt()


def rewritten(data: bytes, exif: bytes, xmp: bytes) -> bytes:
    """Return the WebP with this EXIF and XMP in place of its own, all else byte for byte.

    Raises CorruptImageError for a broken file.
    """
    stale = {b"EXIF", b"XMP ", _EXTENDED}
    kept = [part.whole(data) for part in parts(data) if part.kind not in stale]
    return _joined(data, kept, exif, xmp)


def bare(data: bytes, exif: bytes, xmp: bytes) -> bytes:
    """Return the WebP with its pixels, colours and this EXIF and XMP, and nothing else.

    Raises CorruptImageError for a broken file.
    """
    kept = [_bare_chunk(data, part) for part in parts(data) if part.kind in _KEPT_BARE]
    return _joined(data, kept, exif, xmp)


def _chunks(data: Data, place: int, end: int) -> Iterator[Part]:
    for _ in range(MAX_PARTS):
        if place >= end:
            return
        if place + 8 > end:
            raise corrupt()
        kind, length = _HEADER.unpack_from(data, place)
        stop = place + 8 + length
        if stop > end:
            raise corrupt()
        # The last chunk's padding is missing often enough.
        after = min(stop + length % 2, end)
        yield Part(kind, place, place + 8, stop, after)
        place = after
    raise corrupt()


def _first(data: Data) -> Part:
    first = next(parts(data), None)
    if first is None or first.kind not in {*_SIMPLE, _EXTENDED}:
        raise corrupt()
    return first


def _joined(data: bytes, kept: list[bytes], exif: bytes, xmp: bytes) -> bytes:
    added = [(_EXTENDED, _extended_header(data, exif, xmp)), (b"EXIF", exif), (b"XMP ", xmp)]
    header, *behind = [_chunk(kind, payload) for kind, payload in added if payload]
    body = b"".join([b"WEBP", header, *(_even(chunk) for chunk in kept), *behind])
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _extended_header(data: bytes, exif: bytes, xmp: bytes) -> bytes:
    first = _first(data)
    width, height = size(data)
    flags = _HAS_ALPHA if first.kind == b"VP8L" and data[first.start + 4] & 0x10 else 0
    if first.kind == _EXTENDED:
        flags = data[first.start] & ~(_HAS_EXIF | _HAS_XMP)
    flags |= (_HAS_EXIF if exif else 0) | (_HAS_XMP if xmp else 0)
    return struct.pack("<I", flags) + b"".join(
        (side - 1).to_bytes(3, "little") for side in (width, height)
    )


def _chunk(kind: bytes, payload: bytes) -> bytes:
    return _even(_HEADER.pack(kind, len(payload)) + payload)


def _even(chunk: bytes) -> bytes:
    return chunk + bytes(len(chunk) % 2)


def _bare_chunk(data: bytes, part: Part) -> bytes:
    # A frame of an animation holds chunks of its own.
    if part.kind != b"ANMF":
        return part.whole(data)
    head = data[part.start : part.start + _FRAME_HEAD]
    inside = _chunks(data, part.start + _FRAME_HEAD, part.stop)
    pixels = [_even(chunk.whole(data)) for chunk in inside if chunk.kind in _PIXELS]
    return _chunk(b"ANMF", head + b"".join(pixels))
