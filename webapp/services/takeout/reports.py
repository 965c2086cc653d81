"""Reports: what became of a take-out that was read."""

from collections import Counter
from dataclasses import dataclass, field

from pydantic import ValidationError

from webapp.errors import EaselError

MOST_PROBLEMS = 1000
TAKEN = "Its id was given away at the same moment. Run the import again."


class HopelessError(EaselError):
    """So much of a take-out can't be read that going on makes no sense."""

    code = "hopeless"


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be taken over: a file or a line, and a sentence."""

    name: str
    error: str


@dataclass(slots=True)
class Report:
    """What was read so far: records that are new, those that were known, and what went wrong."""

    added: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def count(self, kind: str, *, is_new: bool) -> None:
        """Note a record."""
        (self.added if is_new else self.known)[kind] += 1

    def tell(self, name: str, error: str) -> None:
        """Note a problem; raises HopelessError where there are too many."""
        self.problems.append(Problem(name, error))
        if len(self.problems) >= MOST_PROBLEMS:
            msg = f"{MOST_PROBLEMS:,} parts of this take-out can't be read. Nothing more was tried."
            raise HopelessError(msg)


def mistakes(error: ValidationError) -> str:
    """Return what is wrong with a record, in a sentence that repeats nothing of a long value."""
    told = [
        f"{'.'.join(map(str, item['loc'])) or 'the line'}: {item['msg'][:200]}"
        for item in error.errors(include_url=False, include_input=False, include_context=False)[:3]
    ]
    return "; ".join(told) + "."
