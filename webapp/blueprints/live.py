"""Live updates: an open page asks with the version it shows, and mostly hears "nothing new"."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from webapp.web import htmx
from webapp.web.current import services, signed_in
from webapp.web.shell import navigation

blueprint = Blueprint("live", __name__)


@blueprint.get("/live")
def index() -> ResponseReturnValue:
    """Return what has changed since `?v=`, or 204 when nothing has."""
    owner = signed_in()
    asked = request.args.get("v", "")
    version = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
    changes = services().changes.since(owner, version)
    if changes is None:
        return Response(status=204, headers={"Cache-Control": "no-store"})
    if changes.is_gap:
        return Response(status=204, headers={"HX-Refresh": "true", "Cache-Control": "no-store"})
    return htmx.partial(
        "live/_changes.html",
        live=changes.live,
        changed=changes.changed,
        added=changes.added,
        removed=changes.removed,
        ready_count=changes.ready_count,
        total=services().gallery.count(owner),
        nav=navigation(owner),
    )
