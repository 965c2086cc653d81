"""Sizes in pixels, as OpenAI's API asks for them, among the ratios and sizes of a model."""

import math
import re

from webapp.errors import InvalidError
from webapp.services.catalogue import ModelCaps
from webapp.services.requests import expected_size

AUTO = "auto"
_SIZE = re.compile(r"([1-9]\d{1,4})x([1-9]\d{1,4})")
_RATIO = re.compile(r"[1-9]\d*:[1-9]\d*")


def fitting(caps: ModelCaps, size: str, source: tuple[int, int] | None = None) -> tuple[str, str]:
    """Return the ratio and the size of a model that come nearest to a `size` such as 1536x1024.

    The ratio counts first, then the number of pixels. For `auto`, or an empty text, it is the ratio
    of the `source`, the picture that is worked on, in the model's usual size; without a source, the
    model's usual ratio. Raises InvalidError for a text that is no size.
    """
    if size in ("", AUTO):
        ratio = caps.aspect_ratios[0] if source is None else _nearest_ratio(caps, *source)
        return ratio, caps.default_size
    found = _SIZE.fullmatch(size)
    if found is None:
        msg = f"Invalid size {size[:20]!r}: it is `auto`, or a width and a height: 1024x1024."
        raise InvalidError(msg, fields={"size": [msg]})
    width, height = int(found[1]), int(found[2])
    ratio = _nearest_ratio(caps, width, height)
    return ratio, min(caps.sizes, key=lambda name: _distance(caps, ratio, name, width * height))


def _nearest_ratio(caps: ModelCaps, width: int, height: int) -> str:
    known = [ratio for ratio in caps.aspect_ratios if _RATIO.fullmatch(ratio)]
    if not known:  # it keeps the ratio of the picture that it works on
        return caps.aspect_ratios[0]
    return min(known, key=lambda ratio: abs(math.log(_value(ratio) * height / width)))


def _distance(caps: ModelCaps, ratio: str, size: str, pixels: int) -> tuple[float, bool]:
    across, down = expected_size(ratio, size)
    return abs(math.log(across * down / pixels)), size != caps.default_size


def _value(ratio: str) -> float:
    across, down = ratio.split(":")
    return int(across) / int(down)
