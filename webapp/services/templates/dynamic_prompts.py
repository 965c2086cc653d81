"""Dynamic prompts: `{red|blue} kite` stands for two prompts, and a preview says for how many.

Reading is one pass without recursion, and counting needs no expansion: neither hostile nesting nor
a billion combinations take longer than the text is long.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from webapp.services.requests import MOST_READ

MOST_PROMPTS = 64
FEW = 8
"""How many are made to look at, where there are too many to be asked for."""

MOST_COUNTED = 10**9
"""From here on the number of combinations is "a billion or more"."""

_NAME = r"[a-z][a-z0-9_]*"
GAP = re.compile(rf"(?<!\\)(?!(?<=\{{)\{{{_NAME}\}}\}})\{{({_NAME})\}}")
"""A gap is one name between single braces; anything else in braces is no gap."""

_TOKEN = re.compile(rf"(?P<escape>\\[{{|}}])|(?P<gap>{GAP.pattern})|(?P<mark>[{{|}}])")


@dataclass(frozen=True, slots=True)
class Expansion:
    """The prompts that a text stands for, in order; `total` counts those beyond the cap too."""

    prompts: tuple[str, ...]
    total: int

    @property
    def is_capped(self) -> bool:
        """Whether there are more prompts than these."""
        return self.total > len(self.prompts)


@dataclass(slots=True)
class _Run:
    """Texts and choices, one after the other."""

    parts: "list[str | _Choice]" = field(default_factory=list)
    count: int = 1

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return not any(self.parts)

    def add(self, part: "str | _Choice") -> None:
        self.parts.append(part)
        if isinstance(part, _Choice):
            self.count = min(self.count * part.count, MOST_COUNTED)


@dataclass(slots=True)
class _Choice:
    """Runs of which one is taken."""

    runs: list[_Run]
    count: int


def expand(
    text: str, cap: int = MOST_PROMPTS, values: Mapping[str, str] | None = None
) -> Expansion:
    r"""Return the prompts of a text, the last alternative changing fastest.

    Of more than `cap`, only the first few are made. Where one is longer than any prompt may be, it
    stands for all: whoever asks for it learns that it is too long.

    `{a|b}` is an alternative; it may be nested, and one side may be empty. Braces without a bar
    between them are plain text, and so are `\{`, `\|` and `\}`. With `values`, gaps are filled as
    well: what stands in a value is never read as an alternative.
    """
    if len(text) > MOST_READ:
        return Expansion((text,), 1)
    whole = _read(text, values or {})
    prompts: list[str] = []
    for number in range(whole.count if whole.count <= cap else min(cap, FEW)):
        prompts.append(_prompt(whole, number))
        if len(prompts[-1]) > MOST_READ:
            return Expansion((prompts[-1],), 1)
    return Expansion(tuple(prompts), whole.count)


def _read(text: str, values: Mapping[str, str]) -> _Run:
    """Return what a text is made of; values are put in as they are."""
    tokens = list(_tokens(text, values))
    marks = _marks([mark for _, mark in tokens])
    levels: list[list[_Run]] = [[_Run()]]
    for position, (plain, mark) in enumerate(tokens):
        if position not in marks:
            levels[-1][-1].add(plain)
        elif mark == "{":
            levels.append([_Run()])
        elif mark == "|":
            levels[-1].append(_Run())
        else:
            runs = levels.pop()
            count = min(sum(run.count for run in runs), MOST_COUNTED)
            levels[-1][-1].add(_Choice(runs, count))
    return levels[0][0]


def _tokens(text: str, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield pieces of a text with the mark that each may be, empty for what is plain."""
    at = 0
    for found in _TOKEN.finditer(text):
        yield text[at : found.start()], ""
        at = found.end()
        if found["escape"]:
            yield found["escape"][1:], ""
        elif found["mark"]:
            yield found["mark"], found["mark"]
        else:
            yield values.get(found[0][1:-1], found[0]), ""
    yield text[at:], ""


def _marks(marks: list[str]) -> set[int]:
    """Return the places of braces that have a partner and a bar, and of those bars."""
    meant: set[int] = set()
    open_groups: list[list[int]] = []
    for position, mark in enumerate(marks):
        if mark == "{":
            open_groups.append([position])
        elif mark == "|" and open_groups:
            open_groups[-1].append(position)
        elif mark == "}" and open_groups:
            group = [*open_groups.pop(), position]
            meant.update(group if len(group) > 2 else ())
    return meant


def _prompt(whole: _Run, number: int) -> str:
    """Return one of the prompts by its number, which says what is taken at each choice."""
    words = [""]
    waiting: list[tuple[str | _Choice, int]] = list(_shares(whole, number))
    is_after_nothing = False
    while waiting:
        part, share = waiting.pop()
        if not isinstance(part, str):
            run, rest = _taken(part, share)
            is_after_nothing |= run.is_empty
            waiting.extend(_shares(run, rest))
        elif part:
            # Where nothing was taken, the spaces around it become one.
            is_double = is_after_nothing and words[-1].endswith(" ") and part.startswith(" ")
            words.append(part[1:] if is_double else part)
            is_after_nothing = False
    return "".join(words).strip()


def _shares(run: _Run, number: int) -> Iterator[tuple[str | _Choice, int]]:
    """Yield the parts of a run, last first, each with its share of a number."""
    for part in reversed(run.parts):
        if isinstance(part, str):
            yield part, 0
        else:
            number, share = divmod(number, part.count)
            yield part, share


def _taken(choice: _Choice, number: int) -> tuple[_Run, int]:
    """Return the run that a number takes, and its number within that run."""
    for run in islice(choice.runs, len(choice.runs) - 1):
        if number < run.count:
            return run, number
        number -= run.count
    return choice.runs[-1], number
