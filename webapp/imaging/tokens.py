"""The words of the URL grammar: what each looks like, what it takes, and what it means."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Colour = tuple[int, int, int, int]
"""Red, green, blue and alpha, each 0 to 255."""

Values = Mapping[str, Any]
"""What was read, by the tokens' words: True, a value, or a tuple of values."""


class Parameter(ABC):
    """One value after a word. `form` stands for it in documentation: the N of `w_N`."""

    form: str

    @property
    @abstractmethod
    def takes(self) -> str:
        """What it may be, as the end of a sentence."""

    @abstractmethod
    def read(self, text: str) -> Any:
        """Return the value of a text; raises ValueError for what is none or is out of bounds."""

    def write(self, value: Any) -> str:
        """Return the one canonical text of a value."""
        return str(value)


@dataclass(frozen=True, slots=True)
class Number(Parameter):
    """A number from `low` to `high`; with no `places` behind the point it is whole."""

    low: int
    high: int
    form: str = "N"
    places: int = 0
    unit: str = ""

    @property
    def takes(self) -> str:
        """The bounds, with the unit."""
        kind = "a number" if self.places else "a whole number"
        return f"{kind} from {self.low} to {self.high}{self.unit and ' ' + self.unit}"

    def read(self, text: str) -> float:
        """Return an int, or a float rounded to the places that count."""
        if not _NUMBER.fullmatch(text) or (not self.places and "." in text):
            raise ValueError(text)
        value = round(float(text), self.places) if self.places else int(text)
        if not self.low <= value <= self.high:
            raise ValueError(text)
        return value

    def write(self, value: float) -> str:
        """Return the digits that are needed, and no more."""
        text = f"{value:.{self.places}f}"
        return text.rstrip("0").rstrip(".") if self.places else text


@dataclass(frozen=True, slots=True)
class Choice(Parameter):
    """One of a few words."""

    words: tuple[str, ...]

    @property
    def form(self) -> str:  # type: ignore[override]  # for a choice, the words say it best
        """The words themselves."""
        return "|".join(self.words)

    @property
    def takes(self) -> str:
        """The words."""
        return f"one of {', '.join(self.words)}"

    def read(self, text: str) -> str:
        """Return the word."""
        if text not in self.words:
            raise ValueError(text)
        return text


@dataclass(frozen=True, slots=True)
class Pattern(Parameter):
    """Text of a certain shape, such as a name; `lower` where case makes no difference."""

    pattern: str
    form: str
    takes: str
    lower: bool = False

    def read(self, text: str) -> str:
        """Return the text."""
        if not re.fullmatch(self.pattern, text, re.ASCII):
            raise ValueError(text)
        return text.lower() if self.lower else text


@dataclass(frozen=True, slots=True)
class Hue(Parameter):
    """A colour of six hex digits, or of eight with an alpha."""

    form: str = "RRGGBB[AA]"
    takes: str = "a colour of six hex digits, or eight with an alpha"

    def read(self, text: str) -> Colour:
        """Return red, green, blue and alpha."""
        if not re.fullmatch("[0-9a-fA-F]{6}([0-9a-fA-F]{2})?", text):
            raise ValueError(text)
        red, green, blue, alpha = bytes.fromhex(text.ljust(8, "f"))
        return red, green, blue, alpha

    def write(self, value: Colour) -> str:
        """Return lower-case digits, without an alpha that hides nothing."""
        text = bytes(value).hex()
        return text.removesuffix("ff") if len(text) == 8 else text


@dataclass(frozen=True, slots=True)
class Sides(Parameter):
    """A width and a height, `WxH`; either may be left out, not both."""

    side: Number
    form: str = "WxH"

    @property
    def takes(self) -> str:
        """The bounds of a side."""
        return f"a width and a height, each {self.side.takes}"

    def read(self, text: str) -> tuple[int | None, int | None]:
        """Return both sides, None for one left out."""
        width, cross, height = text.partition("x")
        if not cross or not (width or height):
            raise ValueError(text)
        return self._side(width), self._side(height)

    def _side(self, text: str) -> int | None:
        return int(self.side.read(text)) if text else None

    def write(self, value: tuple[int | None, int | None]) -> str:
        """Return both sides with a cross between."""
        return f"{value[0] or ''}x{value[1] or ''}"


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the grammar and its parameters, the last `optional` of which may be left out.

    `sentence` and `example` are its documentation; `excludes` are words that contradict it.
    """

    word: str
    parameters: tuple[Parameter, ...]
    sentence: str
    example: str
    optional: int = 0
    excludes: tuple[str, ...] = ()

    @property
    def form(self) -> str:
        """What it looks like: `crop_X_Y_W_H`."""
        needed = len(self.parameters) - self.optional
        names = [f"_{parameter.form}" for parameter in self.parameters]
        return self.word + "".join(names[:needed]) + "".join(f"[{name}]" for name in names[needed:])

    @property
    def takes(self) -> str:
        """What may stand behind the word, as a sentence with an example."""
        kinds = list(dict.fromkeys(parameter.takes for parameter in self.parameters))
        what = "; ".join(kinds) or "nothing more"
        return f"{self.word} takes {what}, as in {self.example}."

    def read(self, rest: str | None) -> Any:
        """Return the value of the text behind the word and its `_`, None where there is none.

        That is True for a word without parameters, the value of a single one, else a tuple of
        the values given. Raises ValueError.
        """
        texts = [] if rest is None else rest.split("_", max(len(self.parameters) - 1, 0))
        if not len(self.parameters) - self.optional <= len(texts) <= len(self.parameters):
            raise ValueError(rest)
        values = tuple(
            parameter.read(text) for parameter, text in zip(self.parameters, texts, strict=False)
        )
        return values if len(self.parameters) > 1 else values[0] if values else True

    def write(self, *values: Any) -> str:
        """Return the canonical text of the word with these values."""
        texts = (
            parameter.write(value)
            for parameter, value in zip(self.parameters, values, strict=False)
        )
        return "_".join((self.word, *texts))


_NUMBER = re.compile(r"[0-9]{1,16}(\.[0-9]{1,8})?", re.ASCII)
