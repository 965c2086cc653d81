"""Usage: what was spent, as a page and as a table, and the budgets."""

from collections.abc import Mapping

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue

from webapp.errors import InvalidError
from webapp.web import htmx
from webapp.web.current import services, signed_in
from webapp.web.spending import chart_of

blueprint = Blueprint("usage", __name__, url_prefix="/usage")

EVERYBODY = "everybody"


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show what a person spent; with `?of=everybody`, to administrators, what all did."""
    return _page(is_everybody=request.args.get("of") == EVERYBODY)


@blueprint.get("/<span>.csv")
def table(span: str) -> ResponseReturnValue:
    """Send a person's own ledger as a table for spreadsheets."""
    lines = services().usage.table(signed_in(), span)
    response = Response(lines, mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"easel-usage-{span}.csv")
    return response


@blueprint.post("/budgets")
def budgets() -> ResponseReturnValue:
    """Set a person's budget, or the common one; `person` is empty for everybody's."""
    sent = {name: request.form.get(name, "")[:80] for name in ("person", "day", "month")}
    try:
        services().usage.set_budget(signed_in(), sent["person"], sent["day"], sent["month"])
    except InvalidError as error:
        return _page(is_everybody=True, sent=sent, errors=error.fields)
    flash(f"The budget of {sent['person'] or EVERYBODY} was saved.", "ok")
    return htmx.go(url_for("usage.index", of=EVERYBODY, _anchor="budgets"))


def _page(
    *,
    is_everybody: bool,
    sent: Mapping[str, str] | None = None,
    errors: Mapping[str, list[str]] | None = None,
) -> Response:
    usage = services().usage.view(
        signed_in(), request.args.get("range", ""), is_everybody=is_everybody
    )
    return htmx.render(
        "usage/index.html",
        "usage/_usage.html",
        status=422 if errors else 200,
        usage=usage,
        chart=chart_of(usage),
        sent=sent or {},
        errors=errors or {},
    )
