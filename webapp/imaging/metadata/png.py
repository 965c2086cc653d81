"""PNG: texts, EXIF and XMP among its chunks.

Follows the PNG specification, third edition (W3C, 2025). Chunks with pixels are stepped over.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress

from webapp.imaging.metadata.bounds import MAX_TEXT
from webapp.imaging.metadata.notes import Notes
from webapp.imaging.metadata.parts import MAX_PARTS, Data, Part, corrupt, until_damaged

SIGNATURE = b"\x89PNG\r\n\x1a\n"
XMP = "XML:com.adobe.xmp"

_HEADER = struct.Struct(">I4s")
_TEXTS = {b"tEXt", b"zTXt", b"iTXt"}
_MAX_TEXTS = 4 * MAX_TEXT

# What decides how the pixels look, and nothing else: no text, date or signature.
_KEPT_BARE = {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"acTL", b"fcTL", b"fdAT"),
    *(b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cICP", b"mDCV", b"mDCv", b"cLLI", b"cLLi"),
    *(b"sBIT", b"bKGD", b"hIST", b"pHYs", b"sPLT"),
}


def parts(data: Data) -> Iterator[Part]:
    """Give the chunks up to the last one. Raises CorruptImageError where they don't fit."""
    place = len(SIGNATURE)
    for _ in range(MAX_PARTS):
        if place + 12 > len(data):
            break
        length, kind = _HEADER.unpack_from(data, place)
        end = place + 12 + length
        if end > len(data):
            break
        yield Part(kind, place, place + 8, end - 4, end)
        if kind == b"IEND":
            return
        place = end
    raise corrupt()


def notes(data: Data) -> Notes:
    """Return what is written in a PNG, as far as it can be read."""
    texts: dict[str, str] = {}
    exif, room = b"", _MAX_TEXTS
    for part in until_damaged(parts(data)):
        if part.kind == b"eXIf":
            exif = part.payload(data)
        elif part.kind in _TEXTS and room > 0:
            keyword, raw = _text(part.kind, data[part.start : min(part.stop, part.start + room)])
            texts.setdefault(keyword, raw.decode(_encoding(part.kind), "replace"))
            room -= len(raw)
    xmp = texts.get(XMP, "").encode("utf-8", "replace")
    return Notes(texts, exif.removeprefix(b"Exif\0\0") or _raw_profile(texts), xmp)


def size(data: Data) -> tuple[int, int]:
    """Return width and height in pixels. Raises CorruptImageError without a proper header."""
    first = next(parts(data))
    if first.kind != b"IHDR" or first.stop - first.start != 13:
        raise corrupt()
    width, height = struct.unpack_from(">II", data, first.start)
    return width, height


def rewritten(data: bytes, texts: Mapping[str, str]) -> bytes:
    """Return the PNG with these texts, in place of those with the same keywords.

    Everything else is there byte for byte. Raises CorruptImageError for a broken file.
    """
    size(data)
    stale = {keyword.encode() for keyword in texts}
    kept = [
        part for part in parts(data) if part.kind not in _TEXTS or _keyword(data, part) not in stale
    ]
    added = [_text_chunk(keyword, text) for keyword, text in texts.items()]
    return _joined(data, kept, added) + data[kept[-1].end :]


def bare(data: bytes, exif: bytes, xmp: bytes) -> bytes:
    """Return the PNG with its pixels, colours and this EXIF and XMP, and nothing else.

    Raises CorruptImageError for a broken file.
    """
    size(data)
    added = [_chunk(b"eXIf", exif)] if exif else []
    if xmp:
        added.append(_text_chunk(XMP, xmp.decode()))
    return _joined(data, [part for part in parts(data) if part.kind in _KEPT_BARE], added)


def _joined(data: bytes, kept: list[Part], added: list[bytes]) -> bytes:
    view = memoryview(data)
    header, *rest = [view[part.begin : part.end] for part in kept]
    return b"".join([SIGNATURE, header, *added, *rest])


def _chunk(kind: bytes, payload: bytes) -> bytes:
    checksum = zlib.crc32(payload, zlib.crc32(kind))
    return _HEADER.pack(len(payload), kind) + payload + struct.pack(">I", checksum)


def _text_chunk(keyword: str, text: str) -> bytes:
    # As A1111 has it, through Pillow: the older kind of chunk where it can hold the text. Not all
    # readers know the newer one.
    if keyword == "parameters":
        with suppress(UnicodeEncodeError):
            return _chunk(b"tEXt", keyword.encode() + b"\0" + text.encode("latin-1"))
    return _chunk(b"iTXt", keyword.encode() + b"\0\0\0\0\0" + text.encode())


def _keyword(data: Data, part: Part) -> bytes:
    return data[part.start : min(part.stop, part.start + 80)].partition(b"\0")[0]


def _text(kind: bytes, payload: bytes) -> tuple[str, bytes]:
    keyword, _, rest = payload.partition(b"\0")
    is_packed = kind == b"zTXt"
    if is_packed:
        rest = rest[1:]
    elif kind == b"iTXt":
        is_packed = rest[:1] == b"\1"
        rest = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    text = _unpacked(rest) if is_packed else rest[:MAX_TEXT]
    return keyword[:79].decode("latin-1"), text


def _encoding(kind: bytes) -> str:
    return "utf-8" if kind == b"iTXt" else "latin-1"


def _unpacked(packed: bytes) -> bytes:
    # No more than the limit is ever unpacked, however much a bomb has to give.
    with suppress(zlib.error):
        return zlib.decompressobj().decompress(packed, MAX_TEXT)
    return b""


def _raw_profile(texts: Mapping[str, str]) -> bytes:
    # Where ImageMagick put EXIF before PNG had a chunk for it: a name, a length, then digits.
    lines = texts.get("Raw profile type exif", "").strip().split("\n")
    with suppress(ValueError):
        return bytes.fromhex("".join(lines[2:])).removeprefix(b"Exif\0\0")
    return b""
