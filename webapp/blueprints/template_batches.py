"""Many at once: a table of values becomes pictures, after it has been looked at as a whole."""

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue

from webapp.errors import OverBudgetError
from webapp.services.composing.batches import MOST_ROWS, BatchPlan, columns, example
from webapp.services.composing.runs import OPTIONS
from webapp.services.prompts import PromptTemplate
from webapp.services.templates.tables import decoded
from webapp.web import htmx
from webapp.web.current import services, signed_in

blueprint = Blueprint("template_batches", __name__, url_prefix="/templates")


@blueprint.get("/<ref>/batch")
def show(ref: str) -> ResponseReturnValue:
    """Ask for a table."""
    return _page(_template(ref), BatchPlan())


@blueprint.post("/<ref>/batch")
def check(ref: str) -> ResponseReturnValue:
    """Say what a table would make, or everything that is wrong with it; nothing runs yet.

    Who wants to change a table that was fine gets it back in the form.
    """
    if request.form.get("do") == "change":
        return _page(_template(ref), BatchPlan(), text=request.form.get("text", ""))
    file = request.files.get("file")
    text, note = decoded(file.stream.read()) if file and file.filename else ("", "")
    text = text or request.form.get("text", "")
    return _page(_template(ref), _plan(ref, text), text=text, note=note, is_checked=True)


@blueprint.post("/<ref>/batch/start")
def start(ref: str) -> ResponseReturnValue:
    """Make the pictures of a table that has been looked at."""
    text = request.form.get("text", "")
    plan = _plan(ref, text)
    if plan.mistakes:
        return _page(_template(ref), plan, text=text, is_checked=True)
    try:
        services().template_batches.start(signed_in(), plan)
    except OverBudgetError as error:
        refused = BatchPlan(mistakes=(str(error),))
        return _page(_template(ref), refused, text=text, is_checked=True)
    count = plan.pictures
    flash("One image is on its way." if count == 1 else f"{count:,} images are on their way.", "ok")
    return htmx.go(url_for("queue.index"))


@blueprint.get("/<ref>/example.csv")
def sample(ref: str) -> ResponseReturnValue:
    """Send a table to start from: the columns, and a row of examples."""
    headers = {
        "Content-Disposition": f'attachment; filename="{ref[:40]}.csv"',
        "Cache-Control": "no-store",
    }
    return Response(example(_template(ref)), mimetype="text/csv", headers=headers)


def _template(ref: str) -> PromptTemplate:
    return services().prompts.template(ref, signed_in())


def _plan(ref: str, text: str) -> BatchPlan:
    model = request.form.get("model", "")
    return services().template_batches.plan(_template(ref), text, signed_in(), model)


def _page(
    template: PromptTemplate,
    plan: BatchPlan,
    *,
    text: str = "",
    note: str = "",
    is_checked: bool = False,
) -> ResponseReturnValue:
    return htmx.render(
        "templates/batch.html",
        "templates/_batch.html",
        status=422 if plan.mistakes else 200,
        template=template,
        plan=plan,
        text=text,
        note=note,
        is_checked=is_checked,
        columns=columns(template),
        options=[name for name in OPTIONS if name not in columns(template)],
        models=services().template_runs.models(),
        model=request.form.get("model", template.model),
        most=MOST_ROWS,
        cost=services().template_batches.estimate(plan) if is_checked else None,
    )
