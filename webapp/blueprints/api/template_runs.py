"""Runs of templates: pictures of some values, or of each row of a table."""

import re
from http import HTTPStatus

from flask import request
from pydantic import Field, RootModel

from webapp.blueprints.api import generation_json
from webapp.blueprints.api.generation_json import Started
from webapp.blueprints.api.orders import RunAsked, order
from webapp.blueprints.api.templates import blueprint
from webapp.services.composing.batches import BatchPlan
from webapp.services.composing.orders import Placed
from webapp.services.generations.generator import total
from webapp.services.templates.tables import decoded
from webapp.web.api import Asking, Money, Reply, Text, Told, money, once, operation
from webapp.web.api.reading import raw
from webapp.web.current import services, signed_in
from webapp.web.errors import problem

CSV = "text/csv"


class TemplateRun(RunAsked):
    """Pictures of some values; or, with `csv`, pictures of each row of a table."""

    csv: Text | None = Field(
        None, description="A table whose columns are the variables. Of the rest, `model` counts."
    )


class RunQuery(Asking):
    """What stands beside a table that is sent as it is."""

    model: str = Field("", description="The model for rows of a table that name none.")


class StartedRow(Told):
    """What a row of a table has started."""

    row: int = Field(description="The number that a spreadsheet shows.")
    generations: list[str]


class StartedTable(Told):
    """What a table has started."""

    id: str = Field(description="The first of its generations.")
    status: str
    rows: list[StartedRow]
    generations: list[str]
    pictures: int
    estimate: Money


class TemplateStarted(RootModel[Started | StartedTable]):
    """What a run has started: a generation, or those of a table."""


@blueprint.post("/<ref>/run")
@operation(
    "generate",
    {202: TemplateStarted},
    refuses=(402, 409, 422, 507),
    headers=("Idempotency-Key",),
    bodies={CSV: {"type": "string", "description": "A table whose columns are the variables."}},
)
def run(ref: str, json: TemplateRun, query: RunQuery) -> Reply:
    """Make pictures with a template; a table of values makes some for each of its rows.

    A table with any mistake starts nothing.
    """
    if request.mimetype == CSV:
        return _run_table(ref, decoded(raw())[0], query.model)
    if json.csv is not None:
        return _run_table(ref, json.csv, json.model or "")
    key = once(json)
    placed = services().orders.repeated(signed_in(), key)
    if placed is None:
        template = services().prompts.template(ref, signed_in())
        wanted = order(json, template=template.slug)
        placed = services().orders.place(wanted, signed_in(), key)
    return generation_json.started(placed)


def _run_table(ref: str, table: str, model: str) -> Reply:
    key = once(model, table)
    placed = services().orders.repeated(signed_in(), key)
    if placed is None:
        template = services().prompts.template(ref, signed_in())
        plan = services().orders.plan(template, table, signed_in(), model)
        if plan.mistakes:
            return _refused(plan)
        placed = services().orders.place_table(plan, signed_in(), key)
    return generation_json.accepted(_started(placed), placed)


def _started(placed: Placed) -> StartedTable:
    views = services().generations.known(placed.generations, signed_in())
    return StartedTable(
        id=placed.generations[0],
        status="queued",
        rows=[StartedRow(row=number, generations=list(ids)) for number, ids in placed.rows],
        generations=list(placed.generations),
        pictures=sum(view.count for view in views),
        estimate=money(total([view.estimate for view in views])),
    )


def _refused(plan: BatchPlan) -> Reply:
    """Tell every mistake at its row; what is wrong with the table as a whole stands at `csv`."""
    errors: dict[str, list[str]] = {}
    for text in plan.mistakes:
        found = re.fullmatch(r"Row (\d+): (.*)", text, re.DOTALL)
        name, sentence = (f"rows.{found[1]}", found[2]) if found else ("csv", text)
        errors.setdefault(name, []).append(sentence)
    return problem(
        " ".join(plan.told), HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_table", errors=errors
    )
