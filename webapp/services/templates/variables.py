"""Variables: the typed gaps of a template, what their values may be, and how they read in it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from webapp.models import is_public_id
from webapp.services.templates.colour_words import colour_word

KINDS = {
    "text": "Text",
    "long": "Long text",
    "choice": "Choice",
    "number": "Number",
    "colour": "Colour",
    "image": "Picture",
}
LONGEST_VALUE = 2_000
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{1,6})?")
COLOUR = re.compile(r"#[0-9a-f]{6}")
MOST_CHOICES = 50


@dataclass(frozen=True, slots=True)
class Variable:
    """A named gap in a template. The bounds of a number are texts, empty for none."""

    name: str
    label: str
    default: str = ""
    kind: str = "text"
    choices: tuple[str, ...] = ()
    hint: str = ""
    example: str = ""
    minimum: str = ""
    maximum: str = ""
    step: str = ""

    @property
    def field(self) -> str:
        """The name of its field in forms."""
        return f"var_{self.name}"

    @property
    def placeholder(self) -> str:
        """What stands in its empty field."""
        return f"For example {self.example}" if self.example else ""


def chosen(variable: Variable, values: Mapping[str, str]) -> str:
    """Return the value of a variable: what was given, in plain form, or its default."""
    value = values.get(variable.name, "").strip() or variable.default.strip()
    if variable.kind == "number":
        return value.replace(",", ".").removeprefix("+")
    if variable.kind == "colour":
        short = re.fullmatch(r"#?([0-9a-fA-F])([0-9a-fA-F])([0-9a-fA-F])", value)
        digits = "".join(2 * digit for digit in short.groups()) if short else value
        return "#" + digits.removeprefix("#").lower() if value else ""
    return value


def mistake(variable: Variable, value: str) -> str:
    """Return what is wrong with a value that was chosen, as a sentence, or nothing."""
    if not value:
        return f"{variable.label} is missing."
    if len(value) > LONGEST_VALUE:
        return f"{variable.label} has more than {LONGEST_VALUE:,} characters."
    if variable.kind == "number":
        return _number_mistake(variable, value)
    fits, told = {
        "choice": (value in variable.choices, f"one of {', '.join(variable.choices)}"),
        "colour": (COLOUR.fullmatch(value) is not None, "a colour such as #e85d04"),
        "image": (is_public_id(value), "one of your pictures"),
    }.get(variable.kind, (True, ""))
    return "" if fits else f"{variable.label} is {told}."


def words(variable: Variable, value: str, references: Sequence[str]) -> str:
    """Return how a value reads in a prompt; `references` are the pictures that go with it."""
    if variable.kind == "colour":
        return f"{colour_word(value)} ({value})"
    if variable.kind == "image":
        return f"the reference picture {references.index(value) + 1}"
    return value


def _number_mistake(variable: Variable, value: str) -> str:
    if not NUMBER.fullmatch(value):
        return f"{variable.label} is a number."
    number = Decimal(value)
    low, high, step = (_decimal(text) for text in _bounds(variable))
    if low is not None and number < low:
        return f"{variable.label} is at least {variable.minimum}."
    if high is not None and number > high:
        return f"{variable.label} is at most {variable.maximum}."
    if step and (number - (low or 0)) % step:
        return f"{variable.label} goes in steps of {variable.step}, from {variable.minimum or 0}."
    return ""


def _bounds(variable: Variable) -> tuple[str, str, str]:
    return variable.minimum, variable.maximum, variable.step


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None
