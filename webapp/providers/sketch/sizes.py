"""How many pixels a picture has."""

ASPECT_RATIOS = ("1:1", "3:2", "2:3", "4:3", "3:4", "16:9", "9:16", "21:9")
SIZES = ("512", "1024", "2048")
LONGEST_SIDE = 2048
_STEP = 16  # video encoders and other image makers like sides in multiples of this


def dimensions(aspect_ratio: str, size: str) -> tuple[int, int]:
    """Return (width, height) in pixels: the area of `size` squared, in the shape of the ratio.

    Both sides are multiples of 16, and neither is longer than 2048.
    """
    ratio = _number(aspect_ratio)
    width = int(size) * ratio**0.5
    shrink = min(1.0, LONGEST_SIDE / max(width, width / ratio))
    return _rounded(width * shrink), _rounded(width / ratio * shrink)


def true_aspect(width: int, height: int) -> float:
    """Return width / height as it was meant: rounding to multiples of 16 bends it a little."""
    meant = min(map(_number, ASPECT_RATIOS), key=lambda ratio: abs(width / height / ratio - 1))
    return meant if abs(width / height / meant - 1) < 0.04 else width / height


def _number(aspect_ratio: str) -> float:
    across, down = map(int, aspect_ratio.split(":"))
    return across / down


def _rounded(side: float) -> int:
    return max(_STEP, round(side / _STEP) * _STEP)
