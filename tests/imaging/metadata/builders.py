"""Files as the tools write them, put together from chunks and segments."""

import io
import json
import struct
import warnings
import zlib

from PIL import Image, ImageDraw

from tests.imaging.pictures import encoded

MAKE, MODEL, DESCRIPTION, SOFTWARE, ORIENTATION = 0x010F, 0x0110, 0x010E, 0x0131, 0x0112
MAKER_NOTE, USER_COMMENT = 0x927C, 0x9286


def picture(mode="RGB", size=(21, 13)):
    image = Image.linear_gradient("L").resize(size).convert(mode)
    ImageDraw.Draw(image).line([(0, 0), size], fill=None, width=2)
    return image


def png(**options):
    return encoded(picture(), "PNG", **options)


def jpeg(**options):
    return encoded(picture(), "JPEG", **options)


def webp(**options):
    return encoded(picture(), "WEBP", **options)


def chunk(kind, payload):
    checksum = struct.pack(">I", zlib.crc32(kind + payload))
    return struct.pack(">I", len(payload)) + kind + payload + checksum


def text(keyword, value):
    return chunk(b"tEXt", keyword.encode() + b"\0" + value.encode("latin-1"))


def packed_text(keyword, value):
    return chunk(b"zTXt", keyword.encode() + b"\0\0" + zlib.compress(value.encode("latin-1")))


def long_text(keyword, value, *, packed=False):
    raw = zlib.compress(value.encode()) if packed else value.encode()
    head = keyword.encode() + b"\0" + bytes([packed, 0]) + b"en\0" + b"Wort" + b"\0"
    return chunk(b"iTXt", head + raw)


def png_with(*chunks, data=None):
    data = data or png()
    return data[:33] + b"".join(chunks) + data[33:]


def png_texts(**texts):
    return png_with(*(long_text(name.replace("__", "-"), value) for name, value in texts.items()))


def tiff(first, second=None, order="<"):
    """An EXIF block with two directories; values are numbers, or bytes with their TIFF kind."""
    first = dict(first)
    if second:
        first[0x8769] = 0
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    place = 8 + 2 + 12 * len(first) + 4
    if second:
        first[0x8769] = place
        place += 2 + 12 * len(second) + 4
    body, values = b"", b""
    for entries in (first, second or {}):
        if not entries:
            continue
        body += struct.pack(f"{order}H", len(entries))
        for tag, value in sorted(entries.items()):
            entry, behind = _entry(tag, value, order, place + len(values))
            body, values = body + entry, values + behind
        body += bytes(4)
    return head + body + values


def _entry(tag, value, order, place):
    if isinstance(value, int):
        kind, raw = (3, struct.pack(f"{order}HH", value, 0)) if tag == ORIENTATION else (4, b"")
        return struct.pack(f"{order}HHI", tag, kind, 1) + (
            raw or struct.pack(f"{order}I", value)
        ), b""
    kind, raw = value if isinstance(value, tuple) else (2, value)
    length = len(raw)
    if length <= 4:
        return struct.pack(f"{order}HHI", tag, kind, length) + raw.ljust(4, b"\0"), b""
    return struct.pack(f"{order}HHII", tag, kind, length, place), raw


def comment(value, *, encoding="utf-16-be", mark=b"UNICODE\0"):
    return (7, mark + value.encode(encoding))


def jpeg_with(exif, data=None):
    data = data or jpeg()
    payload = b"Exif\0\0" + exif
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload + data[2:]


def webp_with(exif, data=None):
    image = data or webp()
    body = image[12:]
    header = bytes([8, 0, 0, 0]) + (20).to_bytes(3, "little") + (12).to_bytes(3, "little")
    chunks = b"VP8X" + struct.pack("<I", 10) + header + body
    chunks += b"EXIF" + struct.pack("<I", len(exif)) + exif + bytes(len(exif) % 2)
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks


def as_json(value):
    return json.dumps(value)


def opened(data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of damaged EXIF
        image = Image.open(io.BytesIO(data))
        image.load()
    return image


def same_pixels(one, other):
    """Whether all frames of two files have the same pixels in the same colours."""
    a, b = opened(one), opened(other)
    if (a.mode, a.size, a.info.get("icc_profile")) != (b.mode, b.size, b.info.get("icc_profile")):
        return False
    frames = getattr(a, "n_frames", 1)
    if frames != getattr(b, "n_frames", 1):
        return False
    return all(_frame(a, at) == _frame(b, at) for at in range(frames))


def _frame(image, at):
    image.seek(at)
    return image.convert("RGBA").tobytes()


def pixel_bytes(data):
    """The compressed pixels as they stand in a file."""
    if data.startswith(b"\x89PNG"):
        return png_chunks(data, (b"IDAT", b"fdAT"))
    if data.startswith(b"\xff\xd8"):
        return data[data.index(b"\xff\xda") :]
    return b"".join(payload for kind, payload in webp_chunks(data) if kind in _WEBP_PIXELS)


_WEBP_PIXELS = (b"VP8 ", b"VP8L", b"ALPH", b"ANMF")


def png_chunks(data, kinds):
    found, place = b"", 8
    while place < len(data):
        length = int.from_bytes(data[place : place + 4])
        if data[place + 4 : place + 8] in kinds:
            found += data[place + 8 : place + 8 + length]
        place += 12 + length
    return found


def webp_chunks(data):
    place, found = 12, []
    while place < len(data):
        length = int.from_bytes(data[place + 4 : place + 8], "little")
        found.append((data[place : place + 4], data[place + 8 : place + 8 + length]))
        place += 8 + length + length % 2
    return found
