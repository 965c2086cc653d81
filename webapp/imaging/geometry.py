"""Pure arithmetic of sizes: what fits where. Everything is in pixels."""

Size = tuple[int, int]
"""Width and height, both at least 1."""

Box = tuple[int | None, int | None]
"""The room a picture may take; `None` leaves that side free."""

Region = tuple[float, float, float, float]
"""Left, top, right and bottom."""

Point = tuple[float, float]
"""A place in a picture as shares of its width and height, each 0 to 1."""

MIDDLE: Point = (0.5, 0.5)
WHOLE: Region = (0.0, 0.0, 1.0, 1.0)
"""All of a picture, in shares."""


def rounded(width: float, height: float) -> Size:
    """Return whole pixels, halves rounded up as sharp and CSS do, never less than one."""
    return max(1, int(width + 0.5)), max(1, int(height + 0.5))


def fit_inside(size: Size, box: Box, *, enlarge: bool = False) -> Size:
    """Return the largest size of the ratio of `size` that stays within `box`.

    A picture that is already smaller keeps its size, unless it may `enlarge`.
    """
    scales = [room / side for side, room in zip(size, box, strict=True) if room is not None]
    if not enlarge:
        scales.append(1.0)
    scale = min(scales, default=1.0)
    return rounded(size[0] * scale, size[1] * scale)


def fit_outside(size: Size, box: Box, *, enlarge: bool = False) -> Size:
    """Return the smallest size of the ratio of `size` that is at least as large as `box`.

    A picture that is already smaller keeps its size, unless it may `enlarge`.
    """
    scales = [room / side for side, room in zip(size, box, strict=True) if room is not None]
    scale = max(scales, default=1.0)
    scale = scale if enlarge else min(scale, 1.0)
    return rounded(size[0] * scale, size[1] * scale)


def fit_cover(size: Size, box: Size, *, enlarge: bool = False) -> Size:
    """Return the size that a picture has once it fills `box` and the overhang is cut off.

    That is the box itself. A picture too small for it gives the largest size of the box's
    ratio that it can fill, unless it may `enlarge`.
    """
    scale = min(size[0] / box[0], size[1] / box[1])
    if enlarge or scale >= 1:
        return box
    width, height = rounded(box[0] * scale, box[1] * scale)
    return min(width, size[0]), min(height, size[1])


def cover_region(size: Size, target: Size, focal: Point = MIDDLE) -> Region:
    """Return the largest part of a picture that has the ratio of `target`.

    The part has `focal` at its middle as nearly as the edges of the picture allow.
    """
    scale = min(size[0] / target[0], size[1] / target[1])
    width, height = min(target[0] * scale, size[0]), min(target[1] * scale, size[1])
    left = _within(size[0] * focal[0] - width / 2, size[0] - width)
    top = _within(size[1] * focal[1] - height / 2, size[1] - height)
    return left, top, min(left + width, size[0]), min(top + height, size[1])


def shares(region: Region, size: Size) -> Region:
    """Return a region in pixels of a picture of `size` as shares of its sides."""
    left, top, right, bottom = region
    width, height = size
    return left / width, top / height, right / width, bottom / height


def nested(inner: Region, outer: Region) -> Region:
    """Return a region in shares of `outer` as shares of the whole that `outer` is a part of."""
    left, top, right, bottom = outer
    width, height = right - left, bottom - top
    return (
        left + inner[0] * width,
        top + inner[1] * height,
        left + inner[2] * width,
        top + inner[3] * height,
    )


def point_within(point: Point, region: Region) -> Point:
    """Return a point of the whole as a point of a region, the nearest one where it is outside."""
    left, top, right, bottom = region
    x, y = (point[0] - left) / (right - left), (point[1] - top) / (bottom - top)
    return _within(x, 1.0), _within(y, 1.0)


def _within(value: float, highest: float) -> float:
    return min(max(value, 0.0), max(highest, 0.0))
