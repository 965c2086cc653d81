"""Pictures that move: every frame through the same steps, with its time on the screen."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image

from webapp.imaging.effort import WEBP_METHODS, Effort
from webapp.imaging.frames import count_frames
from webapp.imaging.geometry import Size
from webapp.imaging.gif_label import labelled
from webapp.imaging.limits import decode
from webapp.imaging.refusal import DAMAGED, refusing

MOVING = ("gif", "webp")
"""The output formats that keep an animation moving; the others get its first frame."""

MOST_FRAMES = 500
MOST_READ = 48_000_000
"""Frames times pixels that are decoded for a rendition: at most two seconds of work in all."""

MOST_WRITTEN = 12_000_000
"""Frames times pixels of a rendition: its frames are in memory together, 48 MB at most."""

_UNTIMED_MS = 100
"""What browsers make of a frame that is to be shown for no time at all."""

_ALPHA_FROM = 128
_CLEAR = 255
"""The last of a GIF's colours stands for none."""

_SAMPLES, _SAMPLE = 16, 64
"""How many frames a palette is made from, and at how many pixels a side."""

_ALPHA_FLAG = 0x10


@dataclass(frozen=True, slots=True)
class Animation:
    """Frames of one size, how long each is shown in ms, and how often: 0 plays is for ever."""

    frames: list[Image.Image]
    durations: list[int]
    plays: int = 0


def stays_animated(image: Image.Image, size: Size, kind: str) -> bool:
    """Say whether a rendition of `size` pixels in a format shows an opened picture moving.

    Above the limits on frames and pixels it does not: then it is the first frame.
    """
    frames = count_frames(image)
    return (
        kind in MOVING
        and 1 < frames <= MOST_FRAMES
        and frames * image.width * image.height <= MOST_READ
        and frames * size[0] * size[1] <= MOST_WRITTEN
    )


def frames_of(image: Image.Image) -> Iterator[tuple[Image.Image, int]]:
    """Give each frame as it is shown, and for how many ms; raises InvalidError for damage.

    A PNG's picture for readers that know no animation is no frame.
    """
    first = 1 if getattr(image, "default_image", False) else 0
    for place in range(first, int(getattr(image, "n_frames", 1))):
        with refusing(DAMAGED):
            image.seek(place)
        decode(image)
        yield image, round(image.info.get("duration") or _UNTIMED_MS)


def plays_of(image: Image.Image) -> int:
    """Return how often an opened animation is played, 0 for ever."""
    loops = image.info.get("loop")
    if image.format != "GIF":
        return int(loops or 0)
    # A GIF says how often it is repeated, and nothing where it is played once.
    return 1 if loops is None else loops and loops + 1


def write_animation(
    animation: Animation, kind: str, *, quality: int, effort: Effort, xmp: bytes | None
) -> bytes:
    """Return the animation as a GIF or WebP. The quality has no effect on a GIF."""
    if kind == "gif":
        return labelled(_gif(animation), xmp)
    options = {"quality": quality, "method": WEBP_METHODS[effort], "xmp": xmp or b""}
    data = _saved(animation.frames, "WEBP", animation.durations, loop=animation.plays, **options)
    return _with_alpha_flag(data) if _has_alpha(animation) else data


def _gif(animation: Animation) -> bytes:
    palette = _shared_palette(animation.frames)
    frames = [_in_palette(frame, palette) for frame in animation.frames]
    options: dict[str, Any] = {} if animation.plays == 1 else {"loop": max(animation.plays - 1, 0)}
    if _has_alpha(animation):
        # A frame can't make transparent what the one before it has painted: that must go first.
        options |= {"disposal": 2, "transparency": _CLEAR}
    return _saved(frames, "GIF", animation.durations, **options)


def _shared_palette(frames: list[Image.Image]) -> Image.Image:
    """Return a palette for all frames: forty times faster than one for each, and no flicker."""
    seen = frames[:: -(-len(frames) // _SAMPLES)]
    sheet = Image.new("RGB", (_SAMPLE * len(seen), _SAMPLE))
    for place, frame in enumerate(seen):
        sheet.paste(frame.resize((_SAMPLE, _SAMPLE)).convert("RGB"), (_SAMPLE * place, 0))
    return sheet.quantize(_CLEAR)


def _in_palette(frame: Image.Image, palette: Image.Image) -> Image.Image:
    """Return a frame in the colours of a palette, its pixels wholly there or not."""
    few = frame.convert("RGB").quantize(palette=palette)
    if frame.mode == "RGBA":
        hidden = [255 * (value < _ALPHA_FROM) for value in range(256)]
        few.paste(_CLEAR, mask=frame.getchannel("A").point(hidden))
    return few


def _has_alpha(animation: Animation) -> bool:
    return any(frame.mode == "RGBA" for frame in animation.frames)


def _with_alpha_flag(data: bytes) -> bytes:
    """Return a WebP that says in its header that it may be transparent.

    The encoder stores the part of a frame that is seen: where all of that is opaque, it says that
    there is no alpha, and viewers may paint what is around it black.
    """
    if data[12:16] != b"VP8X":
        return data
    return data[:20] + bytes([data[20] | _ALPHA_FLAG]) + data[21:]


def _saved(frames: list[Image.Image], kind: str, durations: list[int], **options: Any) -> bytes:
    buffer = io.BytesIO()
    first, *others = frames
    first.save(buffer, kind, save_all=True, append_images=others, duration=durations, **options)
    return buffer.getvalue()
