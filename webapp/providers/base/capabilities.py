"""What a model can do: the create form is drawn from it, and requests are checked against it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

SeedSupport = Literal["none", "best-effort", "exact"]

ANY_SIZE = "*"
"""The key of a price that holds for every size."""


_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
"""Not what `float` takes: no server reads `1_0`, or digits of other scripts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A setting that only some models have, such as the steps of a sampler.

    Its value travels as text. A number lies in `low`..`high`; with `choices`, it is one of them.
    """

    name: str
    label: str
    default: str = ""
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    step: float = 1
    hint: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it takes a number rather than one of some words."""
        return self.low is not None

    def mistake(self, value: str) -> str:
        """Return a sentence about a value that can't be taken, or an empty text."""
        if self.choices and value not in self.choices:
            return f"{self.label} is one of {', '.join(self.choices)}."
        if not self.is_number or not value:
            return ""
        number = float(value) if _NUMBER.fullmatch(value) else float("nan")
        if self.low is not None and self.high is not None and self.low <= number <= self.high:
            return ""
        return f"{self.label} is a number from {self.low:g} to {self.high:g}."


@dataclass(frozen=True, slots=True)
class ModelCaps:
    """What one model can do.

    `prices` are in millionths of a US dollar for a picture, by size, or by size and quality
    (`"1024x1024 high"`), `*` for any; an empty table means that the price is not known. A model
    with references `edits` when the first one can be changed by words, and is not merely looked
    at; it `needs_reference` when that is all it does; `prompt_is_optional` when it can work
    without words. `parameters` are settings of its own. From `shutdown` on it answers no more;
    `successor` is the model that its provider names in its place.
    """

    id: str
    title: str
    aspect_ratios: tuple[str, ...]
    sizes: tuple[str, ...]
    default_size: str
    seed: SeedSupport = "none"
    negative_prompt: bool = False
    max_references: int = 0
    edits: bool = True
    needs_reference: bool = False
    prompt_is_optional: bool = False
    strength: bool = False
    mask: bool = False
    parameters: tuple[Parameter, ...] = ()
    prices: Mapping[str, int] = field(default_factory=dict)
    shutdown: date | None = None
    successor: str = ""
    note: str = ""

    @property
    def is_free(self) -> bool:
        """Whether asking twice costs nothing, as for what runs on one's own machine."""
        return bool(self.prices) and not any(self.prices.values())

    def price(self, size: str, parameters: Mapping[str, str] | None = None) -> int | None:
        """Return what a picture costs in millionths of a US dollar, None where that is unknown."""
        quality = (parameters or {}).get("quality", "")
        for key in (f"{size} {quality}", size, ANY_SIZE):
            if key in self.prices:
                return self.prices[key]
        return None


FREE: Mapping[str, int] = {ANY_SIZE: 0}
"""The prices of what runs on one's own machine."""
