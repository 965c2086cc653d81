"""The form of the focal point: two percentages, or a click on the picture."""

import re
from dataclasses import dataclass, field
from typing import Self

from werkzeug.datastructures import MultiDict

from webapp.services.pictures import Picture

CLICK_BOXES = {"small": (256, 340), "medium": (400, 400), "large": (640, 480)}
"""The room for a picture that is clicked on where no script runs, in CSS pixels.

Browsers send where in the element the click was, and not how large it is. So its size is fixed,
and its name says which one of these it was; the style sheet shows the one that fits the window.
"""
LEAST_SIDE = 24
"""What a finger can still hit, in CSS pixels."""

_PERCENT = re.compile(r"(\d{1,3}(?:[.,]\d{0,6})?)\s*%?", re.ASCII)
_PIXELS = re.compile(r"\d{1,5}", re.ASCII)
_LONGEST = 40

NO_NUMBER = "Give a number from 0 to 100."
NO_PLACE = "Click on a place in the picture, or give its two numbers."


@dataclass(frozen=True, slots=True, kw_only=True)
class FocalForm:
    """What the form shows: the fields as they were written, the mark, and what is wrong.

    `mark` is in percent from the left and from the top. `errors` belong to the fields `left` and
    `top`, or to the `picture` that was clicked on.
    """

    left: str
    top: str
    mark: tuple[float, float] = (50.0, 50.0)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, picture: Picture) -> Self:
        """Return the form as it is before anybody has changed it."""
        left, top = picture.focal or (0.5, 0.5)
        mark = (round(100 * left, 2), round(100 * top, 2))
        return cls(left=f"{mark[0]:g}", top=f"{mark[1]:g}", mark=mark)

    @classmethod
    def sent(cls, picture: Picture, values: MultiDict[str, str]) -> Self:
        """Return the form as it was sent; with errors where there is no point in it."""
        if any(f"{name}.x" in values for name in CLICK_BOXES):
            return cls._clicked(picture, values)
        texts = {name: values.get(name, "") for name in ("left", "top")}
        found = {name: _percent(text) for name, text in texts.items()}
        before = cls.of(picture).mark
        return cls(
            **{name: text[:_LONGEST] for name, text in texts.items()},
            mark=(
                before[0] if found["left"] is None else found["left"],
                before[1] if found["top"] is None else found["top"],
            ),
            errors={name: NO_NUMBER for name, number in found.items() if number is None},
        )

    @property
    def point(self) -> tuple[float, float]:
        """The mark in shares of the picture's sides."""
        return self.mark[0] / 100, self.mark[1] / 100

    @classmethod
    def _clicked(cls, picture: Picture, values: MultiDict[str, str]) -> Self:
        before = cls.of(picture)
        name = next(name for name in CLICK_BOXES if f"{name}.x" in values)
        places = [values.get(f"{name}.{axis}", "") for axis in "xy"]
        # Whoever presses it by key sends the corner, which nobody means.
        is_place = all(map(_PIXELS.fullmatch, places)) and any(map(int, places))
        sides = click_sizes(picture)[name]
        if not is_place or any(int(at) >= side for at, side in zip(places, sides, strict=True)):
            return cls(
                left=before.left, top=before.top, mark=before.mark, errors={"picture": NO_PLACE}
            )
        # A pixel was clicked on in its middle.
        left, top = (100 * (int(at) + 0.5) / side for at, side in zip(places, sides, strict=True))
        return cls(left=f"{left:.1f}", top=f"{top:.1f}", mark=(left, top))


def click_sizes(picture: Picture) -> dict[str, tuple[int, int]]:
    """Return the width and height of the pictures to click on, in CSS pixels."""
    return {name: _fitted(picture, *box) for name, box in CLICK_BOXES.items()}


def _fitted(picture: Picture, width: int, height: int) -> tuple[int, int]:
    scale = min(width / picture.width, height / picture.height)
    return (
        max(LEAST_SIDE, round(picture.width * scale)),
        max(LEAST_SIDE, round(picture.height * scale)),
    )


def _percent(text: str) -> float | None:
    found = _PERCENT.fullmatch(text.strip())
    number = float(found[1].replace(",", ".")) if found else 101.0
    return number if number <= 100 else None
