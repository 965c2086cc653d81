"""EXIF: read the tags that tools write recipes into, and put a comment beside what is there.

Pillow could write EXIF too, but changes the types of what it has read: A1111 no longer finds a
UserComment that has become bytes, and a camera's fractions turn into floats.
"""

import struct

from webapp.imaging.metadata.tiff import (
    Directory,
    Entry,
    directory,
    number,
    order_of,
    place_of,
    value,
    written,
)

DESCRIPTION, MAKE, MODEL, SOFTWARE = 0x010E, 0x010F, 0x0110, 0x0131
MAKER_NOTE, USER_COMMENT = 0x927C, 0x9286
_ORIENTATION, _SUB_DIRECTORY = 0x0112, 0x8769
_TEXT_TAGS = (DESCRIPTION, MAKE, MODEL, SOFTWARE, MAKER_NOTE, USER_COMMENT)
_TEXT_KINDS = {1, 2, 7}
_HEADER = b"MM\0*\0\0\0\x08"
_EMPTY = _HEADER + bytes(6)
_OWN = {_ORIENTATION, _SUB_DIRECTORY, MAKER_NOTE, USER_COMMENT}


def text_tags(block: bytes) -> dict[int, str]:
    """Return the texts of those tags that recipes are found in; nothing from a damaged block."""
    order = order_of(block)
    if order is None:
        return {}
    # Fooocus puts its comment into the first directory. The standard's place goes first.
    first, second = _directories(block, order)
    entries = {**first.entries, **second.entries}
    return {
        tag: _decoded(value(block, entries[tag], order), order)
        for tag in _TEXT_TAGS
        if tag in entries and entries[tag].kind in _TEXT_KINDS
    }


def orientation(block: bytes) -> int | None:
    """Return the orientation, 1 to 8, None where the block says nothing that makes sense."""
    order = order_of(block)
    if order is None:
        return None
    entry = _directories(block, order)[0].entries.get(_ORIENTATION)
    if entry is None or entry.kind != 3:
        return None
    turn: int = struct.unpack(f"{order}H", entry.raw[:2])[0]
    return turn if turn in range(1, 9) else None


def turned_block(orientation: int) -> bytes:
    """Return a block that holds an orientation and nothing else; empty for a picture upright."""
    if orientation == 1:
        return b""
    raw = struct.pack(">HH", orientation, 0)
    return _HEADER + written(Directory({_ORIENTATION: Entry(_ORIENTATION, 3, 1, raw)}), ">")


def with_comment(block: bytes, text: str) -> bytes:
    """Return the block with a UserComment, in place of the one it may have.

    Every other tag stays at its place, so that what points into the block still does: the new
    directories are put behind it. A damaged block is replaced.
    """
    order = order_of(block)
    if order is None:
        block, order = _EMPTY, ">"
    first, second = _directories(block, order)
    room = _without_comments(block, order, first, second)
    for tag in (USER_COMMENT, MAKER_NOTE):
        first.entries.pop(tag, None)
    # A1111 reads no other byte order, and exiftool finds out by itself.
    comment = b"UNICODE\0" + text.encode("utf-16-be")
    pack = struct.Struct(f"{order}I").pack
    first.entries[_SUB_DIRECTORY] = Entry(_SUB_DIRECTORY, 4, 1, b"\0\0\0\0")
    second.entries[USER_COMMENT] = Entry(USER_COMMENT, 7, len(comment), b"\0\0\0\0")
    behind = len(room) + len(written(first, order))
    at = behind + len(written(second, order))
    first.entries[_SUB_DIRECTORY] = Entry(_SUB_DIRECTORY, 4, 1, pack(behind))
    second.entries[USER_COMMENT] = Entry(USER_COMMENT, 7, len(comment), pack(at))
    head = room[:4] + pack(len(room)) + room[8:]
    return head + written(first, order) + written(second, order) + comment


def _directories(block: bytes, order: str) -> tuple[Directory, Directory]:
    first = directory(block, number(block, 4, order), order)
    pointer = first.entries.get(_SUB_DIRECTORY)
    place = struct.unpack(f"{order}I", pointer.raw)[0] if pointer else 0
    return first, directory(block, place, order)


def _without_comments(block: bytes, order: str, first: Directory, second: Directory) -> bytes:
    # What nothing points to any more is still there to be read: a prompt must not be.
    if not (first.entries.keys() | second.entries.keys()) - _OWN:
        return block[:8]
    room = bytearray(block)
    old = [first.entries.get(USER_COMMENT), second.entries.get(USER_COMMENT)]
    for entry in old:
        place = place_of(entry, order) if entry else None
        if place and 8 <= place[0] < len(room):
            end = min(place[1], len(room))
            room[place[0] : end] = bytes(end - place[0])
            if end == len(room):
                del room[place[0] :]
    return bytes(room) + bytes(len(room) % 2)


def _decoded(raw: bytes, order: str) -> str:
    mark, text = raw[:8], raw[8:]
    if mark == b"UNICODE\0":
        return _utf_16(text, order)
    if mark in {b"ASCII\0\0\0", bytes(8)}:
        return _plain(text)
    return _plain(raw)


def _utf_16(text: bytes, order: str) -> str:
    # The standard doesn't say which byte order; tools differ, whatever the block's own is.
    if text[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return text.decode("utf-16", "replace")
    big, little = text[::2].count(0), text[1::2].count(0)
    if not big and not little and _is_utf_8(text):
        return text.decode()
    is_big = big > little if big != little else order == ">"
    return text.decode("utf-16-be" if is_big else "utf-16-le", "replace").rstrip("\0")


def _plain(text: bytes) -> str:
    text = text.rstrip(b"\0")
    return text.decode() if _is_utf_8(text) else text.decode("latin-1")


def _is_utf_8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
