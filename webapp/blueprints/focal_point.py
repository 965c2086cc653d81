"""The focal point of a picture: the place that crops keep in view."""

from typing import Any

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from webapp.services.pictures import Picture
from webapp.web import htmx
from webapp.web.crops import crops
from webapp.web.current import services, signed_in
from webapp.web.focal import FocalForm, click_sizes

blueprint = Blueprint("focal_point", __name__, url_prefix="/images")

CHOSEN = "Crops now keep this point in view."
MIDDLE = "Crops keep the middle again."


@blueprint.get("/<uid>/focal-point")
def show(uid: str) -> ResponseReturnValue:
    """Show a picture to choose its focal point on, and how the crops come out."""
    picture = services().images.own_image(uid, signed_in())
    return _page(picture, FocalForm.of(picture))


@blueprint.post("/<uid>/focal-point")
def choose(uid: str) -> ResponseReturnValue:
    """Keep the chosen point, or take the choice back with `middle`."""
    owner = signed_in()
    picture = services().images.own_image(uid, owner)
    is_middle = "middle" in request.form
    form = FocalForm.of(picture) if is_middle else FocalForm.sent(picture, request.form)
    if form.errors or obstacle(picture):
        return _page(picture, form, status=422)
    point = None if is_middle else form.point
    picture = services().images.set_focal_point(uid, owner, point)
    said = MIDDLE if is_middle else CHOSEN
    if htmx.is_fragment():
        return htmx.partial("images/_focal_saved.html", said=said, **_context(picture))
    flash(said, "ok")
    return htmx.go(url_for("focal_point.show", uid=uid))


def obstacle(picture: Picture) -> str:
    """Return why a picture has no focal point to choose, or nothing."""
    if picture.deleted is not None:
        return "This picture is in the trash. Put it back to choose its focal point."
    if picture.is_pending:
        return "This picture is still being made. Choose its focal point when it is there."
    if not picture.is_ready:
        return "This picture could not be made, so that there is nothing to crop."
    return ""


def _page(picture: Picture, form: FocalForm, *, status: int = 200) -> ResponseReturnValue:
    return htmx.render(
        "images/focal_point.html",
        "images/_focal_point.html",
        status=status,
        **_context(picture, form),
    )


def _context(picture: Picture, form: FocalForm | None = None) -> dict[str, Any]:
    reason = obstacle(picture)
    return {
        "picture": picture,
        "obstacle": reason,
        "focal": form or FocalForm.of(picture),
        "crops": () if reason else crops(picture),
        "clicks": {} if reason else click_sizes(picture),
    }
