"""Count the frames of an animation without decoding any of them."""

from typing import IO

from PIL import Image

MAX_FRAMES = 10_000
"""More frames than this are never counted, and never accepted."""

_ANIMATED = frozenset({"GIF", "PNG", "WEBP", "AVIF"})
_EXTENSION, _IMAGE = b"!", b","


def count_frames(image: Image.Image) -> int:
    """Return how many frames a freshly opened picture has; counting stops above MAX_FRAMES.

    The pages of a TIFF and the second picture of a phone's MPO are no animation: they count as 1.
    """
    if image.format not in _ANIMATED:
        return 1
    if image.format != "GIF":
        return int(getattr(image, "n_frames", 1))
    # Pillow counts a GIF's frames one by one without a limit; 50 MB can hold millions.
    stream: IO[bytes] = image.fp  # type: ignore[attr-defined]
    place = stream.tell()
    try:
        return max(1, _gif_frames(stream))
    finally:
        stream.seek(place)


def _gif_frames(stream: IO[bytes]) -> int:
    stream.seek(0)
    _skip_palette(stream, stream.read(13)[10:11])
    frames = 0
    while frames <= MAX_FRAMES:
        kind = stream.read(1)
        if kind == _IMAGE:
            frames += 1
            _skip_palette(stream, stream.read(9)[8:9])
            stream.read(1)
        elif kind == _EXTENSION:
            stream.read(1)
        else:
            break
        _skip_blocks(stream)
    return frames


def _skip_palette(stream: IO[bytes], flags: bytes) -> None:
    if flags and flags[0] & 0x80:
        stream.seek(3 << (flags[0] & 7) + 1, 1)


def _skip_blocks(stream: IO[bytes]) -> None:
    while (length := stream.read(1)) and length[0]:
        stream.seek(length[0], 1)
