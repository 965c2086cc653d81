"""The directories of an EXIF block, which are those of a TIFF file."""

import struct
from typing import NamedTuple

MAX_VALUE = 1 << 20
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}


class Entry(NamedTuple):
    """A tag, and how many values it has; `raw` holds them where they fit, else their place."""

    tag: int
    kind: int
    length: int
    raw: bytes


class Directory(NamedTuple):
    """Entries by tag, and the place of the directory after this one, 0 for none."""

    entries: dict[int, Entry]
    following: int = 0


def order_of(block: bytes) -> str | None:
    """Return the byte order as `struct` names it, `<` or `>`; None for what is no such block."""
    return _ORDERS.get(block[:4]) if len(block) >= 8 else None


def number(block: bytes, at: int, order: str) -> int:
    """Return the four bytes at that place as a number, 0 beyond the end."""
    return struct.unpack_from(f"{order}I", block, at)[0] if at + 4 <= len(block) else 0


def directory(block: bytes, at: int, order: str) -> Directory:
    """Return the directory at that place; an empty one where it is damaged."""
    if not 8 <= at <= len(block) - 2:
        return Directory({})
    count = struct.unpack_from(f"{order}H", block, at)[0]
    end = at + 2 + 12 * count
    if end > len(block):
        return Directory({})
    read = struct.Struct(f"{order}HHI4s")
    entries = [Entry(*read.unpack_from(block, place)) for place in range(at + 2, end, 12)]
    return Directory({entry.tag: entry for entry in entries}, number(block, end, order))


def place_of(entry: Entry, order: str) -> tuple[int, int] | None:
    """Return where a value that is not in its entry begins and ends; None for one that is."""
    length = _SIZES.get(entry.kind, 0) * entry.length
    begin: int = struct.unpack(f"{order}I", entry.raw)[0]
    return (begin, begin + length) if length > 4 else None


def value(block: bytes, entry: Entry, order: str) -> bytes:
    """Return the bytes of a value, as far as they are there and not too many."""
    place = place_of(entry, order)
    if place is None:
        return entry.raw[: _SIZES.get(entry.kind, 0) * entry.length]
    return block[place[0] : min(place[1], place[0] + MAX_VALUE)]


def written(directory: Directory, order: str) -> bytes:
    """Return a directory as it stands in a block, its entries by number."""
    pack = struct.Struct(f"{order}HHI4s").pack
    entries = b"".join(pack(*directory.entries[tag]) for tag in sorted(directory.entries))
    count = struct.pack(f"{order}H", len(directory.entries))
    return count + entries + struct.pack(f"{order}I", directory.following)
