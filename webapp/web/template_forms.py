"""The forms of templates: what a person fills in, and what stands in the editor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TypeVar

from flask import request
from werkzeug.datastructures import MultiDict

from webapp.services.composing.runs import RunOptions
from webapp.services.requests import LARGEST_SEED
from webapp.services.templates.drafts import (
    MOST_SECTIONS,
    MOST_VARIABLES,
    TemplateDraft,
    with_gaps,
)
from webapp.services.templates.text import Section
from webapp.services.templates.variables import Variable
from webapp.web.forms import VARIABLE_PREFIX, number

Row = TypeVar("Row")
MOST_ROWS = MOST_SECTIONS + MOST_VARIABLES
"""More rows than may be saved are kept in the form, within reason."""

FIELDS = ("name", "label", "kind", "default", "choices", "hint", "example", "minimum", "maximum")
SAVE = "save"


@dataclass(frozen=True, slots=True)
class Editor:
    """What the editor is drawn from. `base` is the version that the draft started from.

    `focus` is the id of the row that has just been added or moved; `errors` are sentences by field.
    """

    draft: TemplateDraft
    base: int = 0
    focus: str = ""
    errors: Mapping[str, str] | None = None

    def error(self, name: str) -> str:
        """Return what is wrong with a field, or nothing."""
        return (self.errors or {}).get(name, "")


def values(form: MultiDict[str, str] | None = None) -> dict[str, str]:
    """Return the values of a template's variables by name."""
    sent = request.values if form is None else form
    return {
        name.removeprefix(VARIABLE_PREFIX): text
        for name, text in sent.items()
        if name.startswith(VARIABLE_PREFIX)
    }


def options() -> RunOptions:
    """Return what a run was told beside the values."""
    form = request.form
    return RunOptions(
        count=number(form.get("count", "1"), most=1000) or 0,
        seed=_seed(form.get("seed", "").strip()),
        aspect_ratio=form.get("aspect_ratio", ""),
        model=form.get("model", ""),
        negative_prompt=form.get("negative_prompt", ""),
    )


def draft() -> TemplateDraft:
    """Return what stands in the editor."""
    form = request.form
    titles, texts = form.getlist("section_title"), form.getlist("section_text")
    columns = [form.getlist(f"variable_{name}") for name in (*FIELDS, "step")]
    rows = list(zip_longest(*columns, fillvalue=""))
    return TemplateDraft(
        title=form.get("title", ""),
        description=form.get("description", ""),
        sections=tuple(
            Section(title, text) for title, text in zip_longest(titles, texts, fillvalue="")
        )[:MOST_ROWS],
        variables=tuple(_variable(dict(zip((*FIELDS, "step"), row, strict=True))) for row in rows)[
            :MOST_ROWS
        ],
        aspect_ratio=form.get("aspect_ratio", "") or TemplateDraft().aspect_ratio,
        model=form.get("model", ""),
        negative_prompt=form.get("negative_prompt", ""),
        is_shared="is_shared" in form,
    )


def base() -> int:
    """Return the version that the editor's draft started from."""
    return number(request.form.get("base", ""), most=10**9) or 0


def edited(draft: TemplateDraft, action: str) -> tuple[TemplateDraft, str]:
    """Return a draft after a press of one of the editor's buttons, and the row to go to."""
    what, _, rest = action.partition("-")
    verb, _, place = rest.partition("-")
    index = number(place, most=MOST_ROWS) or 0
    if what == "gaps":
        grown = with_gaps(draft)
        return grown, f"variable-{len(draft.variables)}" if grown != draft else ""
    if what == "section":
        sections, index = _changed(draft.sections, verb, index, Section("", ""))
        return replace(draft, sections=sections), f"section-{index}"
    if what == "variable":
        variables, index = _changed(draft.variables, verb, index, Variable("", ""))
        return replace(draft, variables=variables), f"variable-{index}"
    return draft, ""


def _changed(rows: Sequence[Row], verb: str, index: int, new: Row) -> tuple[tuple[Row, ...], int]:
    """Return rows with one added, removed or moved, and the place of the one to go to."""
    if verb == "add":
        return (*rows, new), len(rows)
    if verb == "remove":
        return (*rows[:index], *rows[index + 1 :]), max(0, index - 1)
    other = index - 1 if verb == "up" else index + 1
    if not (0 <= other < len(rows) and index < len(rows)):
        return tuple(rows), index
    moved = list(rows)
    moved[index], moved[other] = moved[other], moved[index]
    return tuple(moved), other


def _variable(row: Mapping[str, str]) -> Variable:
    choices = tuple(line.strip() for line in row["choices"].splitlines() if line.strip())
    return Variable(**{**row, "choices": choices, "kind": row["kind"] or "text"})  # type: ignore[arg-type]  # every other field is a text


def _seed(text: str) -> int | None:
    if not text:
        return None
    known = number(text, most=LARGEST_SEED)
    return -1 if known is None else known
