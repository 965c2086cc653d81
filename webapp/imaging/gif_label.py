"""The place that a GIF has for an XMP packet: an application extension, as Adobe defined it."""

from typing import IO

from PIL import Image

_MARK = b"XMP DataXMP"
_OPENING = b"\x21\xff\x0b" + _MARK

# Readers that know only blocks take each byte of the packet for a length. Wherever in these they
# land, they end up at the closing zero.
_TRAILER = b"\x01" + bytes(range(255, -1, -1)) + b"\0"

_HEAD = 13
_SEARCHED = 1 << 20
_LONGEST = 1 << 16


def labelled(gif: bytes, xmp: bytes | None) -> bytes:
    """Return a GIF with an XMP packet; the bytes as they are where there is none."""
    if not xmp:
        return gif
    end = _HEAD + (3 << (gif[10] & 7) + 1 if gif[10] & 0x80 else 0)
    # Extensions came with the version of 1989.
    return b"GIF89a" + gif[6:end] + _OPENING + xmp + _TRAILER + gif[end:]


def packet_of(image: Image.Image) -> bytes:
    """Return the XMP packet near the beginning of an opened GIF, empty where there is none."""
    stream: IO[bytes] = image.fp  # type: ignore[attr-defined]
    place = stream.tell()
    try:
        stream.seek(0)
        _, found, rest = stream.read(_SEARCHED).partition(_OPENING)
        return rest[:_LONGEST] if found else b""
    finally:
        stream.seek(place)
