"""Small pictures, good and bad, for the tests of imaging."""

import functools
import io
import math
import random
import struct
import zlib
from typing import Any

from PIL import Image, ImageChops, ImageCms, ImageDraw, ImageStat

MODES = (
    *("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "LAB"),
    *("HSV", "I", "I;16", "I;16L", "I;16B", "I;16N", "F"),
)
RED, GREEN, BLUE, WHITE = (230, 20, 20), (20, 200, 40), (20, 40, 220), (255, 255, 255)


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def corners(width: int = 60, height: int = 40) -> Image.Image:
    """Red, green, blue and white quarters, clockwise from the upper left."""
    small = Image.new("RGB", (2, 2))
    small.putdata([RED, GREEN, WHITE, BLUE])
    return small.resize((width, height), Image.Resampling.NEAREST)


def pixel(image: Image.Image, place: tuple[int, int]) -> Any:
    return image.getpixel(place)


def corner_colours(image: Image.Image) -> list[str]:
    width, height = image.size
    places = [
        (width // 4, height // 4),
        (width * 3 // 4, height // 4),
        (width * 3 // 4, height * 3 // 4),
        (width // 4, height * 3 // 4),
    ]
    return [nearest(pixel(image.convert("RGB"), place)) for place in places]


def nearest(colour) -> str:
    named = {"red": RED, "green": GREEN, "blue": BLUE, "white": WHITE}
    return min(named, key=lambda name: math.dist(named[name], colour))


def near(colour, expected, by=6) -> bool:
    return all(abs(a - b) <= by for a, b in zip(colour, expected, strict=True))


def unlike(one, other) -> float:
    """How far the samples of two pictures of one size are apart on average, 0 to 255."""
    away = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    return sum(ImageStat.Stat(away).mean) / 3


def scene(width: int, height: int) -> Image.Image:
    """Something like a photograph: a soft ground, a few things with edges, a little grain."""
    chance = random.Random(7)
    image = noise(9, 7, seed=3).resize((width, height), Image.Resampling.BICUBIC)
    image = Image.blend(image, Image.new("RGB", image.size, (120, 130, 120)), 0.6)
    draw = ImageDraw.Draw(image)
    for _ in range(60):
        x, y = width * chance.gauss(0.7, 0.1), height * chance.gauss(0.4, 0.1)
        side = max(width, height) * chance.uniform(0.005, 0.05)
        colour = tuple(chance.randrange(256) for _ in range(3))
        draw.ellipse((x, y, x + side, y + side), fill=colour)
    return Image.blend(image, noise(width, height), 0.03)


def photo(width: int, height: int) -> Image.Image:
    """Something with soft areas and detail, the same one each time for a size."""
    return Image.merge("RGB", [_grain(40 + 10 * band).resize((width, height)) for band in range(3)])


@functools.cache
def _grain(deviation: int) -> Image.Image:
    """Grey noise around the middle. Pillow's own would depend on what was drawn before."""
    chance = random.Random(deviation)
    greys = (round(chance.gauss(128, deviation)) for _ in range(64 * 48))
    return Image.frombytes("L", (64, 48), bytes(min(max(grey, 0), 255) for grey in greys))


def noise(width: int, height: int, mode: str = "RGB", seed: int = 0) -> Image.Image:
    bands = len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(
        mode, (width, height), random.Random(seed).randbytes(width * height * bands)
    )


def with_orientation(image: Image.Image, orientation: int, kind: str) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(image, kind, exif=exif, **({"quality": 95} if kind != "PNG" else {}))


def png_header(width: int, height: int) -> bytes:
    """A PNG that declares a size and holds no pixels."""
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + _chunk(b"IDAT", zlib.compress(b""))
        + _chunk(b"IEND", b"")
    )


def webp_bomb(width: int = 16383, height: int = 16383) -> bytes:
    """One colour in 38 bytes of lossless WebP, declaring up to 268 megapixels."""
    data = bytearray(encoded(Image.new("RGB", (1, 1), RED), "WEBP", lossless=True, quality=0))
    data[21:24] = struct.pack("<I", (width - 1) | (height - 1) << 14)[:3]
    data[24] = data[24] & 0xF0 | (height - 1) >> 10
    return bytes(data)


def gif_bomb(side: int, frames: int) -> bytes:
    """Frames of 15 bytes each, on a canvas as large as one likes."""
    head = b"GIF89a" + struct.pack("<HH", side, side) + b"\x80\0\0" + b"\0\0\0\xff\xff\xff"
    frame = b"," + struct.pack("<HHHH", 0, 0, 1, 1) + b"\0\x02\x02\x44\x01\0"
    return head + frame * frames + b";"


def bmp_header(width: int, height: int) -> bytes:
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + info


@functools.cache
def wide_gamut_profile() -> bytes:
    """A profile of Display P3's primaries with a gamma of 2.2, written by hand."""
    primaries = {
        b"rXYZ": (0.51512, 0.24120, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.15710, 0.06657, 0.78407),
        b"wtpt": (0.96420, 1.0, 0.82491),
    }
    gamma = b"curv" + struct.pack(">II", 0, 1) + struct.pack(">H", round(2.2 * 256)) + b"\0\0"
    tags = {name: b"XYZ " + b"\0" * 4 + _fixed(*xyz) for name, xyz in primaries.items()}
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), gamma)
    tags[b"desc"] = _description(b"Wide gamut")
    tags[b"cprt"] = b"text" + b"\0" * 4 + b"none\0\0\0\0"
    return _profile(tags)


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _fixed(*values: float) -> bytes:
    return struct.pack(">3i", *(round(value * 65536) for value in values))


def _description(text: bytes) -> bytes:
    body = b"desc" + b"\0" * 4 + struct.pack(">I", len(text) + 1) + text + b"\0"
    return body + b"\0" * (12 + 67 + 3)


def _profile(tags: dict[bytes, bytes]) -> bytes:
    offset, table, data = 128 + 4 + 12 * len(tags), b"", b""
    for name, value in tags.items():
        padded = value + b"\0" * (-len(value) % 4)
        table += name + struct.pack(">II", offset + len(data), len(value))
        data += padded
    body = struct.pack(">I", len(tags)) + table + data
    head = struct.pack(
        ">I4sI4s4s4s", 128 + len(body), b"lcms", 0x02400000, b"mntr", b"RGB ", b"XYZ "
    )
    head += b"\0" * 12 + b"acsp" + b"\0" * 28 + _fixed(0.9642, 1.0, 0.82491)
    return head.ljust(128, b"\0") + body
