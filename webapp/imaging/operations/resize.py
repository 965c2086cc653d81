"""Bring a picture to a size: inside a box, filling it, padded to it or stretched to it."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, Self, get_args

from PIL import Image

from webapp.errors import InvalidError
from webapp.imaging.attention import attention
from webapp.imaging.geometry import (
    MIDDLE,
    WHOLE,
    Point,
    Region,
    Size,
    cover_region,
    fit_cover,
    fit_inside,
    fit_outside,
    point_within,
    shares,
)
from webapp.imaging.operations.base import Operation
from webapp.imaging.resample import Resample
from webapp.imaging.tokens import Choice, Number, Sides, Token, Values

Fit = Literal["inside", "cover", "contain", "fill", "outside"]
Focal = Point | Literal["center", "smart"] | None
"""What a cover crop keeps in sight: a point, the middle, what is most worth seeing, or None:
the point that is stored with the picture."""

FITS: tuple[Fit, ...] = get_args(Fit)
MAX_SIDE = 4096
"""The longest side of a result, in pixels."""

_SIDE = Number(1, MAX_SIDE, unit="pixels")
_SHARE = Number(0, 1, places=4)

SIZE = Token("s", (Sides(_SIDE),), "The width and height in one.", "s_400x300", excludes=("w", "h"))
_WIDTH = Token("w", (_SIDE,), "The width; the height follows the ratio unless given.", "w_400")
_HEIGHT = Token("h", (_SIDE,), "The height; the width follows the ratio unless given.", "h_300")
_FIT = Token(
    "fit",
    (Choice(FITS),),
    "How width and height are meant, as in CSS: within the box (inside, the usual), filling it "
    "and cut off (cover), within it and padded (contain), stretched (fill), or at least as large "
    "(outside).",
    "fit_cover",
)
_POINT = Token(
    "fp",
    (replace(_SHARE, form="X"), replace(_SHARE, form="Y")),
    "The focal point of `fit_cover`, in shares of the upright original; else the stored one.",
    "fp_0.3_0.6",
)
_GRAVITY = Token(
    "g",
    (Choice(("fp", "center", "smart")),),
    "What `fit_cover` keeps in sight: the focal point (the usual), the middle, or what has most "
    "edges and colour.",
    "g_smart",
)
_DENSITY = Token(
    "dpr",
    (Number(1, 4, places=2),),
    "Multiply width and height, for dense screens; the result still has at most 4096 pixels.",
    "dpr_2",
)
_ENLARGE = Token("enlarge", (), "Let a picture become larger than it is.", "enlarge")


@dataclass(frozen=True, slots=True)
class Resize(Operation):
    """Fit a picture into `width` x `height` pixels; a side that is `None` follows the ratio.

    `inside` keeps the whole picture; `cover` fills the box exactly and cuts off what hangs over,
    keeping `focal` in sight; `contain` pads to the box with transparency; `fill` stretches;
    `outside` is at least as large as the box. A picture is never made larger, unless `enlarge`
    is on: too small for `cover` or `fill`, it gives the largest size of the box's ratio. No side
    of a result is longer than 4096. Raises InvalidError for values out of bounds.
    """

    width: int | None = None
    height: int | None = None
    fit: Fit = "inside"
    focal: Focal = None
    enlarge: bool = False

    name: ClassVar[str] = "resize"
    tokens: ClassVar[tuple[Token, ...]] = (
        *(_WIDTH, _HEIGHT, SIZE, _FIT),
        *(_POINT, _GRAVITY, _DENSITY, _ENLARGE),
    )

    def __post_init__(self) -> None:
        sides = [side for side in (self.width, self.height) if side is not None]
        if not sides or not all(1 <= side <= MAX_SIDE for side in sides):
            message = f"A size is 1 to {MAX_SIDE} pixels a side."
            raise InvalidError(message, code="invalid_size")
        if self.fit not in FITS:
            message = f"A picture fits {', '.join(FITS)}, not {self.fit}."
            raise InvalidError(message, code="invalid_fit")
        if isinstance(self.focal, tuple) and not all(0 <= share <= 1 for share in self.focal):
            message = "A focal point is two numbers from 0 to 1."
            raise InvalidError(message, code="invalid_focal_point")

    @classmethod
    def of(cls, values: Values) -> Self | None:
        """Return the resize, None where no size is asked for."""
        focal = _focal(values)
        width, height = values.get("s") or (values.get("w"), values.get("h"))
        if width is None and height is None:
            return None
        density = values.get("dpr", 1)
        # With one side free nothing hangs over: equal work makes equal values.
        fit: Fit = values.get("fit", "inside") if width and height else "inside"
        return cls(
            _dense(width, density),
            _dense(height, density),
            fit,
            focal if fit == "cover" else None,
            "enlarge" in values,
        )

    def key(self) -> str:
        """Return the canonical text; without both sides, only `inside` and `outside` differ."""
        words = [_WIDTH.write(self.width)] if self.width else []
        words += [_HEIGHT.write(self.height)] if self.height else []
        fit = self._fit()
        words += [_FIT.write(fit)] if fit != "inside" else []
        if fit == "cover" and self.focal is not None:
            by_name = isinstance(self.focal, str)
            words.append(_GRAVITY.write(self.focal) if by_name else _POINT.write(*self.focal))
        return ",".join(words + ["enlarge"] * self.enlarge)

    def on(self, size: Size) -> Resample:
        """Return what this resize means for a picture of `size` pixels."""
        fit = self._fit()
        if fit in {"inside", "outside"} or self.width is None or self.height is None:
            reach = fit_outside if fit == "outside" else fit_inside
            found = reach(size, (self.width, self.height), enlarge=self.enlarge)
            return Resample(fit_inside(found, (MAX_SIDE, MAX_SIDE)))
        box = self.width, self.height
        if fit == "contain":
            return Resample(fit_inside(size, box, enlarge=self.enlarge), canvas=box)
        target = fit_cover(size, box, enlarge=self.enlarge)
        if fit == "fill":
            return Resample(target)
        focal = self.focal if isinstance(self.focal, tuple) else MIDDLE
        return Resample(target, shares(cover_region(size, target, focal), size))

    def size(self, size: Size) -> Size:
        """Return the exact width and height, padding included."""
        return self.on(size).result

    def leaves_alpha(self, *, before: bool) -> bool:
        """Say whether there may be padding."""
        return before or self._fit() == "contain"

    def around(self, focal: Point | None) -> Self:
        """Return the resize with the picture's stored focal point, where it asks for that."""
        needs = self.focal is None and self._fit() == "cover" and focal is not None
        return replace(self, focal=focal) if needs else self

    def within(self, region: Region) -> Self:
        """Return the resize for a picture of which `region`, in shares, is left."""
        if region == WHOLE or not isinstance(self.focal, tuple):
            return self
        return replace(self, focal=point_within(self.focal, region))

    @property
    def is_smart(self) -> bool:
        """Whether pixels must be looked at to find the focal point."""
        return self.focal == "smart" and self._fit() == "cover"

    def apply(self, image: Image.Image) -> Image.Image:
        """Return the resized picture, around what is most worth seeing where that is asked for."""
        step = self.on(image.size)
        if self.is_smart:
            step = replace(self, focal=attention(image, step.size)).on(image.size)
        return step.apply(image)

    def _fit(self) -> Fit:
        """Return the fit that makes a difference: with one side free, nothing hangs over."""
        return self.fit if self.width and self.height else "inside"


def _focal(values: Values) -> Focal:
    point, gravity = values.get("fp"), values.get("g", "fp")
    if point is not None and gravity != "fp":
        message = f"fp_X_Y and g_{gravity} contradict each other: give one of them."
        raise InvalidError(message, code="invalid_ops")
    return point if gravity == "fp" else gravity


def _dense(side: int | None, density: float) -> Any:
    if side is None:
        return None
    found = int(side * density + 0.5)
    if found > MAX_SIDE:
        message = f"dpr_{density:g} makes {found} pixels of {side}: {MAX_SIDE} are the most."
        raise InvalidError(message, code="invalid_ops")
    return found
