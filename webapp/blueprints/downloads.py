"""Downloads: a person's choice of what is written into them."""

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from webapp.web import htmx
from webapp.web.current import services, signed_in

blueprint = Blueprint("downloads", __name__)


@blueprint.post("/settings/downloads")
def choose() -> ResponseReturnValue:
    """Remember whether prompts stay out of what a person downloads."""
    services().downloads.set_strips(signed_in(), strips="strips_downloads" in request.form)
    flash("Your choice for downloads was saved.", "ok")
    return htmx.go(url_for("settings.index", _anchor="downloads"))
