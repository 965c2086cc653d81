"""The trash: what was deleted, for thirty days."""

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue

from webapp.services.images.trash import DAYS_KEPT
from webapp.web import htmx
from webapp.web.current import services, signed_in
from webapp.web.forms import cursor

blueprint = Blueprint("trash", __name__, url_prefix="/trash")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show what is in the trash."""
    view = services().gallery.trash(signed_in(), before=cursor())
    return htmx.render(
        "trash/index.html",
        "trash/_more.html",
        pictures=view.page.pictures,
        next_cursor=view.page.next_cursor,
        total_bytes=view.total_bytes,
        days=DAYS_KEPT,
    )


@blueprint.post("/<uid>/purge")
def purge(uid: str) -> ResponseReturnValue:
    """Delete one picture for good."""
    services().images.purge(uid, signed_in())
    if htmx.is_fragment():
        return htmx.partial("trash/_purged.html", uid=uid)
    flash("Deleted for good.", "ok")
    return htmx.go(url_for("trash.index"))


@blueprint.get("/empty")
def confirm() -> ResponseReturnValue:
    """Ask before the trash is emptied, where no script can."""
    view = services().gallery.trash(signed_in(), limit=1)
    return htmx.full("trash/confirm.html", total_bytes=view.total_bytes)


@blueprint.post("/empty")
def empty() -> ResponseReturnValue:
    """Delete everything in the trash for good."""
    count = services().trash.empty(signed_in())
    flash(f"Deleted {count} for good." if count else "The trash is empty.", "ok")
    return htmx.go(url_for("trash.index"))
