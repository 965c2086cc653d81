"""JPEG: EXIF and XMP among its segments.

Follows ITU T.81 for segments, EXIF 3.0 and XMP part 3 for what is in them. The compressed pixels
are copied as they are.
"""

import re
import struct
from collections.abc import Iterator

from webapp.imaging.metadata.bounds import MAX_TEXT
from webapp.imaging.metadata.notes import Notes
from webapp.imaging.metadata.parts import MAX_PARTS, Data, Part, corrupt, until_damaged

SIGNATURE = b"\xff\xd8\xff"
_EXIF, _XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
_MORE_XMP = b"http://ns.adobe.com/xmp/extension/\0"
_ROOM = 0xFFFF - 2
_JFIF_LENGTH = 14
MAX_EXIF, MAX_XMP = _ROOM - len(_EXIF), _ROOM - len(_XMP)

_APP0, _APP1, _APP2, _APP14, _COMMENT = b"\xe0", b"\xe1", b"\xe2", b"\xee", b"\xfe"
_SCAN, _PIXELS, _END = b"\xda", b"", b"\xd9"
_ALONE = {bytes([code]) for code in (0x01, *range(0xD0, 0xD8), 0xD9)}
_FRAMES = {bytes([code]) for code in range(0xC0, 0xD0)} - {b"\xc4", b"\xc8", b"\xcc"}

_FILLING = re.compile(rb"\xff+")

# A marker that is none of those which occur among compressed pixels.
_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")


def parts(data: Data) -> Iterator[Part]:
    """Give segments, and compressed pixels as parts of no kind, up to the end of the picture.

    Raises CorruptImageError where they don't fit.
    """
    place = 2
    for _ in range(MAX_PARTS):
        part = _segment(data, place)
        yield part
        if part.kind == _END:
            return
        place = part.end
        if part.kind == _SCAN:
            pixels = _pixels(data, place)
            yield pixels
            place = pixels.end
    raise corrupt()


def notes(data: Data) -> Notes:
    """Return what is written in a JPEG, as far as it can be read."""
    exif, xmp = b"", b""
    for part in until_damaged(parts(data)):
        if part.kind == _SCAN:
            break
        if _is(data, part, _APP1, _EXIF) and len(exif) < MAX_TEXT:
            exif += part.payload(data)[len(_EXIF) :]
        elif _is(data, part, _APP1, _XMP):
            xmp = xmp or part.payload(data)[len(_XMP) :]
    return Notes(exif=exif, xmp=xmp)


def size(data: Data) -> tuple[int, int]:
    """Return width and height in pixels. Raises CorruptImageError where no frame says it."""
    for part in _head(data):
        if part.kind in _FRAMES and part.stop - part.start >= 6:
            height, width = struct.unpack_from(">HH", data, part.start + 1)
            return width, height
    raise corrupt()


def rewritten(data: bytes, exif: bytes, xmp: bytes) -> bytes:
    """Return the JPEG with this EXIF and XMP in place of its own.

    Everything else is there byte for byte, also what is behind the picture. Raises
    CorruptImageError for a broken file. `exif` and `xmp` may have MAX_EXIF and MAX_XMP bytes.
    """
    size(data)
    *head, scan = _head(data)
    view = memoryview(data)
    kept = [view[part.begin : part.end] for part in head if not _is_stale(data, part)]
    return _joined([*kept, view[scan.begin :]], _named(exif, xmp))


def bare(data: bytes, exif: bytes, xmp: bytes) -> bytes:
    """Return the JPEG with its pixels, colours and this EXIF and XMP, and nothing else.

    What is behind the picture, such as the second one of an MPO, is dropped too. Raises
    CorruptImageError for a broken file.
    """
    size(data)
    view = memoryview(data)
    kept = [_bare_segment(view, part) for part in parts(data) if _stays(data, part)]
    return _joined(kept, _named(exif, xmp))


def _segment(data: Data, place: int) -> Part:
    # A marker may have any number of filling bytes before it.
    filled = _FILLING.match(data, place)
    if filled is None:
        raise corrupt()
    begin = place = filled.end() - 1
    kind = data[place + 1 : place + 2]
    if kind in {b"", b"\0", b"\xd8"}:
        raise corrupt()
    if kind in _ALONE:
        return Part(kind, begin, place + 2, place + 2, place + 2)
    if place + 4 > len(data):
        raise corrupt()
    length = struct.unpack_from(">H", data, place + 2)[0]
    end = place + 2 + length
    if length < 2 or end > len(data):
        raise corrupt()
    return Part(kind, begin, place + 4, end, end)


def _pixels(data: Data, place: int) -> Part:
    following = _MARKER.search(data, place)
    if following is None:
        raise corrupt()
    return Part(_PIXELS, place, place, following.start(), following.start())


def _head(data: Data) -> Iterator[Part]:
    for part in parts(data):
        yield part
        if part.kind == _SCAN:
            return
    raise corrupt()


def _is(data: Data, part: Part, kind: bytes, name: bytes) -> bool:
    return part.kind == kind and part.begins(data, name)


def _is_stale(data: Data, part: Part) -> bool:
    return any(_is(data, part, _APP1, name) for name in (_EXIF, _XMP, _MORE_XMP))


def _stays(data: Data, part: Part) -> bool:
    if part.kind in {_APP0, _APP2, _APP14}:
        names = {_APP0: b"JFIF\0", _APP2: b"ICC_PROFILE\0", _APP14: b"Adobe"}
        return _is(data, part, part.kind, names[part.kind])
    return part.kind != _COMMENT and not b"\xe0" <= part.kind <= b"\xef"


def _named(exif: bytes, xmp: bytes) -> list[bytes]:
    named = [(_EXIF + exif) if exif else b"", (_XMP + xmp) if xmp else b""]
    return [_written(_APP1, payload) for payload in named if payload]


def _bare_segment(view: memoryview, part: Part) -> memoryview:
    # The segment of JFIF may end in a small picture, whose width and height stand before it.
    if part.kind == _APP0 and part.stop - part.start > _JFIF_LENGTH:
        head = bytes(view[part.start : part.start + _JFIF_LENGTH - 2]) + bytes(2)
        return memoryview(_written(_APP0, head))
    return view[part.begin : part.end]


def _written(kind: bytes, payload: bytes) -> bytes:
    return b"\xff" + kind + struct.pack(">H", len(payload) + 2) + payload


def _joined(pieces: list[memoryview], added: list[bytes]) -> bytes:
    # Readers of JFIF want its segment first, those of EXIF want theirs before all others.
    ahead = 1 if pieces[0][1:2] == _APP0 else 0
    return b"".join([SIGNATURE[:2], *pieces[:ahead], *added, *pieces[ahead:]])
