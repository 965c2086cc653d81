"""Batches: a table of values, a row for each wish. All of it is checked before any of it runs."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from webapp.errors import InvalidError
from webapp.services.accounts import Viewer
from webapp.services.composing.runs import OPTIONS, RunOptions, TemplateRuns
from webapp.services.generations.generator import Started
from webapp.services.prompts import PromptTemplate
from webapp.services.requests import LARGEST_SEED, GenerationRequest
from webapp.services.templates.tables import Table, read_table

MOST_ROWS = 500
MOST_COLUMNS = 200
MOST_PICTURES = 2_000
MOST_TOLD = 50
D = TypeVar("D", int, None)
NO_NUMBER = -1
"""What stands for a number that is none: no model takes it, so that the check says so."""


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A row that can run, by the number that a spreadsheet shows, with the requests it makes."""

    number: int
    requests: tuple[GenerationRequest, ...]


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """What a table would make; where there is any mistake, nothing runs."""

    rows: tuple[BatchRow, ...] = ()
    mistakes: tuple[str, ...] = ()

    @property
    def pictures(self) -> int:
        """How many pictures would be made."""
        return sum(request.count for request in self.requests)

    @property
    def requests(self) -> tuple[GenerationRequest, ...]:
        """Every request, in the order of the rows."""
        return tuple(request for row in self.rows for request in row.requests)

    @property
    def told(self) -> tuple[str, ...]:
        """The first mistakes, and how many more there are."""
        more = len(self.mistakes) - MOST_TOLD
        return (*self.mistakes[:MOST_TOLD], *([f"And {more:,} more."] if more > 0 else ()))


class TemplateBatches:
    """Plans batches, and starts those that have no mistake."""

    def __init__(self, runs: TemplateRuns) -> None:
        self._runs = runs

    def plan(
        self, template: PromptTemplate, text: str, viewer: Viewer, model: str = ""
    ) -> BatchPlan:
        """Return what a CSV text would make, or every mistake in it.

        A row that names no model takes `model`, or else the template's.
        """
        try:
            table = read_table(text)
        except InvalidError as error:
            return BatchPlan(mistakes=(str(error),))
        if wrong := _table_mistakes(template, table):
            return BatchPlan(mistakes=tuple(wrong))
        return self._planned(template, table, viewer, model)

    def estimate(self, plan: BatchPlan) -> int | None:
        """Return what a plan would cost, in millionths of a US dollar, None if unknown."""
        return self._runs.estimate(plan.requests)

    def start(self, owner: Viewer, plan: BatchPlan) -> tuple[Started, ...]:
        """Start everything in a plan; raises InvalidError where it has a mistake."""
        if plan.mistakes or not plan.rows:
            raise InvalidError(" ".join(plan.told) or "There is nothing to start.")
        return self._runs.start(owner, plan.requests)

    def _planned(
        self, template: PromptTemplate, table: Table, viewer: Viewer, model: str
    ) -> BatchPlan:
        rows, mistakes, pictures = [], [], 0
        for number, cells in table.rows:
            try:
                requests = self._requests(template, table.header, cells, viewer, model)
                rows.append(BatchRow(number, tuple(requests)))
                pictures += sum(request.count for request in requests)
            except InvalidError as error:
                told = [text for texts in error.fields.values() for text in texts] or [str(error)]
                mistakes += [f"Row {number}: {text}" for text in told]
            if pictures > MOST_PICTURES:
                much = f"Up to row {number}, this table asks for {pictures:,} pictures."
                most = f"A batch makes at most {MOST_PICTURES:,}; split it."
                return BatchPlan(mistakes=(*mistakes, f"{much} {most}"))
        return BatchPlan(tuple(rows), tuple(mistakes))

    def _requests(
        self,
        template: PromptTemplate,
        header: Sequence[str],
        cells: Sequence[str],
        viewer: Viewer,
        model: str,
    ) -> list[GenerationRequest]:
        if len(cells) != len(header):
            told = f"it has {len(cells)} cells, and the header has {len(header)}."
            raise InvalidError(told)
        given = dict(zip(header, cells, strict=True))
        names = {item.name for item in template.variables}
        chosen = {name: given.get(name, "").strip() for name in OPTIONS if name not in names}
        options = RunOptions(
            count=_number(chosen.get("count", ""), most=1000, default=1),
            seed=_number(chosen.get("seed", ""), most=LARGEST_SEED, default=None),
            aspect_ratio=chosen.get("aspect_ratio", ""),
            model=chosen.get("model", "") or model,
            negative_prompt=chosen.get("negative_prompt", ""),
        )
        return self._runs.requests(
            template, viewer, {name: text for name, text in given.items() if name in names}, options
        )


def columns(template: PromptTemplate) -> tuple[str, ...]:
    """Return the columns that a table for a template needs, in the template's order."""
    return tuple(item.name for item in template.variables)


def example(template: PromptTemplate) -> str:
    """Return a table to start from: the columns, and a row of defaults and examples."""
    rows = [item.default or item.example for item in template.variables]
    file = io.StringIO()
    csv.writer(file).writerows([columns(template), rows])
    return file.getvalue()


def _table_mistakes(template: PromptTemplate, table: Table) -> list[str]:
    """Return what is wrong with a table before any of its rows is looked at."""
    if not table.rows:
        return ["The table has a header and no rows."]
    if len(table.rows) > MOST_ROWS:
        return [
            f"This file has {len(table.rows):,} rows. A batch has at most {MOST_ROWS}; split it."
        ]
    if len(table.header) > MOST_COLUMNS:
        much = f"This file has {len(table.header):,} columns."
        return [f"{much} A table has at most {MOST_COLUMNS}; leave out what is not needed."]
    known = {item.name: item for item in template.variables}
    often = Counter(table.header)
    unknown = [name for name in often if name not in known and name not in OPTIONS]
    missing = [item for item in template.variables if item.name not in often and not item.default]
    offered = ", ".join((*known, *(name for name in OPTIONS if name not in known)))
    return [
        *(
            f"The column {name[:60] or '(without a name)'} is there more than once."
            for name, times in sorted(often.items())
            if times > 1
        ),
        *(
            f"There is no variable for the column {name[:60] or '(without a name)'}. "
            f"There can be {offered}."
            for name in unknown
        ),
        *(f"There is no column {item.name} for {item.label}." for item in missing),
    ]


def _number(text: str, *, most: int, default: D) -> int | D:
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= most):
        return NO_NUMBER
    return int(text)
