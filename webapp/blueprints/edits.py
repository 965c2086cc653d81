"""What can be made of a picture: in words, as a variation, in another finish, cut and turned."""

from collections.abc import Sequence

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue

from webapp.errors import InvalidError, OverBudgetError, TooLargeError
from webapp.services.images.edit_wishes import RATIOS, TURNS
from webapp.services.images.edits import obstacle
from webapp.services.pictures import Picture
from webapp.web import htmx
from webapp.web.current import services, signed_in
from webapp.web.edit_form import EditForm

blueprint = Blueprint("edits", __name__, url_prefix="/images")

KEPT = "Kept as a new picture. The one it was made from is as it was."
BEGUN = "The new picture is on its way."
STRENGTH = 75
"""Percent."""


@blueprint.get("/<uid>/edit")
def show(uid: str) -> ResponseReturnValue:
    """Show all that can be made of a picture."""
    picture = services().images.own_image(uid, signed_in())
    return _page(EditForm(picture=picture))


@blueprint.post("/<uid>/edit")
def edit(uid: str) -> ResponseReturnValue:
    """Cut, turn and mirror: keep the result as a new picture, or show it alone with `preview`."""
    owner = signed_in()
    form = EditForm.sent(services().images.own_image(uid, owner), request.form)
    if form.errors or obstacle(form.picture):
        return _page(form, status=422)
    if "preview" in request.form:
        return _page(form)
    try:
        made = services().editor.edit(uid, owner, form.wish)
    except InvalidError as error:
        return _page(form.refused(error), status=422)
    except TooLargeError as error:
        return _page(form.refused(InvalidError(str(error))), status=422)
    flash(KEPT, "ok")
    return htmx.go(url_for("images.show", uid=made.id))


@blueprint.post("/<uid>/finish")
def finish(uid: str) -> ResponseReturnValue:
    """Begin a new picture in another finish."""
    owner = signed_in()
    form = EditForm(picture=services().images.own_image(uid, owner))
    name, strength = request.form.get("finish", ""), request.form.get("strength", "")
    if obstacle(form.picture):
        return _page(form, status=422)
    try:
        started = services().finishes.start(uid, owner, name, _share(strength))
    except (InvalidError, OverBudgetError) as error:
        form.errors["finish"] = str(error)
        return _page(form, status=422, strength=strength[:40])
    flash(BEGUN, "ok")
    return htmx.go(url_for("images.show", uid=started.pictures[0].id))


def _share(percent: str) -> float:
    """Return a percentage as a share, for the request to judge; what is none is out of bounds."""
    try:
        return float(percent or STRENGTH) / 100
    except ValueError:
        return float("nan")


def _page(form: EditForm, *, status: int = 200, strength: str = str(STRENGTH)) -> Response:
    return htmx.render(
        "images/edit.html",
        "images/_edit.html",
        status=status,
        picture=form.picture,
        obstacle=obstacle(form.picture),
        form=form,
        ratios=RATIOS,
        turns=TURNS,
        finishes=_finishes(form.picture),
        strength=strength,
    )


def _finishes(picture: Picture) -> Sequence[str]:
    return () if obstacle(picture) else services().finishes.offered()
