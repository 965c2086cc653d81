"""The form of an edit: a box in percent, a shape, a turn, mirrors, and how the result looks."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

from werkzeug.datastructures import MultiDict

from webapp.errors import InvalidError
from webapp.services.images.edit_wishes import Edit
from webapp.services.pictures import Picture

SIDES = ("left", "top", "width", "height")
WHOLE = {"left": "0", "top": "0", "width": "100", "height": "100"}
NO_NUMBER = "Give a number from 0 to 100."

_PERCENT = re.compile(r"(\d{1,3}(?:[.,]\d{0,6})?)\s*%?", re.ASCII)
_LONGEST = 40
_AROUND = {
    0: "",
    90: "translate({height} 0) rotate(90) ",
    180: "translate({width} {height}) rotate(180) ",
    270: "translate(0 {width}) rotate(270) ",
}


@dataclass(frozen=True, kw_only=True)
class EditForm:
    """What the form shows: the fields as they were written, and what is wrong with them.

    `errors` are sentences by field; the one that belongs to none stands at `edit`.
    """

    picture: Picture
    texts: dict[str, str] = field(default_factory=lambda: dict(WHOLE))
    ratio: str = ""
    turn: str = "0"
    is_mirrored: bool = False
    is_flipped: bool = False
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def sent(cls, picture: Picture, values: MultiDict[str, str]) -> Self:
        """Return the form as it was sent; with errors where it makes no sense."""
        texts = {side: values.get(side, WHOLE[side])[:_LONGEST] for side in SIDES}
        form = cls(
            picture=picture,
            texts=texts,
            ratio=values.get("ratio", "")[:_LONGEST],
            turn=values.get("turn", "0")[:_LONGEST],
            is_mirrored="mirror" in values,
            is_flipped="flip" in values,
        )
        form.errors.update({side: NO_NUMBER for side in SIDES if _percent(texts[side]) is None})
        if not form.errors:
            form._check()
        return form

    def refused(self, error: InvalidError) -> Self:
        """Return the form with what was wrong with the edit."""
        told = {name: " ".join(texts) for name, texts in error.fields.items()}
        self.errors.update(told or {"edit": str(error)})
        return self

    @property
    def wish(self) -> Edit:
        """The edit that the fields ask for."""
        left, top, width, height = (_percent(self.texts[side]) or 0.0 for side in SIDES)
        return Edit(
            left=left,
            top=top,
            width=width,
            height=height,
            ratio=self.ratio,
            turn=int(self.turn) if re.fullmatch("[0-9]{1,3}", self.turn) else -1,
            is_mirrored=self.is_mirrored,
            is_flipped=self.is_flipped,
        )

    @cached_property
    def shown(self) -> Edit:
        """The edit to be drawn: nothing is cut or turned while there are mistakes."""
        return Edit() if self.errors and set(self.errors) != {"edit"} else self.wish

    @cached_property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, width and height of what is kept, in pixels of the picture."""
        return self.shown.box(self._size, self.picture.focal)

    @property
    def mark(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of what is kept, in percent."""
        across, down = self._size
        left, top, width, height = self.box
        return (
            round(100 * left / across, 3),
            round(100 * top / down, 3),
            round(100 * width / across, 3),
            round(100 * height / down, 3),
        )

    @property
    def result(self) -> tuple[int, int]:
        """The width and height in pixels of the new picture."""
        return self.shown.result_size(self._size, self.picture.focal)

    @property
    def transform(self) -> str:
        """How SVG brings the picture to where the result shows it."""
        left, top, width, height = self.box
        words = ""
        if self.shown.is_mirrored:
            words += f"translate({self.result[0]} 0) scale(-1 1) "
        if self.shown.is_flipped:
            words += f"translate(0 {self.result[1]}) scale(1 -1) "
        words += _AROUND[self.shown.turn].format(width=width, height=height)
        return f"{words}translate({-left} {-top})"

    @property
    def _size(self) -> tuple[int, int]:
        return self.picture.width, self.picture.height

    def _check(self) -> None:
        try:
            self.wish.check()
        except InvalidError as error:
            self.refused(error)


def _percent(text: str) -> float | None:
    """Return what was written as a percentage as a share, None where it is none."""
    found = _PERCENT.fullmatch(text.strip())
    number = float(found[1].replace(",", ".")) if found else 101.0
    return number / 100 if number <= 100 else None
