"""Findings: what is not as it should be, each with what repairing does about it."""

from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    `kind` is a stable name for programs, `subject` names the thing, `problem` says what is wrong
    with it in a sentence, and `remedy` what `--repair` does, or has done, or what a person can do
    where it does nothing. `is_repairable` tells these apart.
    """

    kind: str
    subject: str
    problem: str
    remedy: str
    is_repairable: bool = True
    is_repaired: bool = False

    def repaired(self) -> Self:
        """Return the finding as it is after the repair."""
        return replace(self, is_repaired=True)
