"""The models: what there is, whether it works, what it costs, and when it ends."""

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue

from webapp.extensions import limiter
from webapp.services.composing.model_shop import TEST_PROMPT, CheckResult
from webapp.web import htmx
from webapp.web.current import services, signed_in

blueprint = Blueprint("models", __name__, url_prefix="/settings/models")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show the providers with their models."""
    return _page()


@blueprint.post("/<provider>/check")
@limiter.limit("20 per minute")
def check(provider: str) -> ResponseReturnValue:
    """Test a provider's key and address."""
    return _page(services().model_shop.check(provider))


@blueprint.post("/switch")
def switch() -> ResponseReturnValue:
    """Pin another model in all templates that pin an old one."""
    old, new = request.form.get("old", ""), request.form.get("new", "")
    count = services().model_shop.switch(signed_in(), old, new)
    flash("One template was switched." if count == 1 else f"{count} templates were switched.", "ok")
    return htmx.go(url_for("models.index"))


def _page(result: CheckResult | None = None) -> Response:
    shop = services().model_shop
    return htmx.render(
        "models/index.html",
        "models/_shelves.html",
        shelves=shop.shelves(result),
        endings=shop.endings(signed_in()),
        test_prompt=TEST_PROMPT,
    )
