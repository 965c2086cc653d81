"""The queue: what runs, waits, failed and was made."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from webapp.web import htmx
from webapp.web.current import services, signed_in

blueprint = Blueprint("queue", __name__)


@blueprint.get("/queue")
def index() -> ResponseReturnValue:
    """Show a person's work."""
    work = services().gallery.queue(signed_in())
    return htmx.render(
        "queue/index.html",
        "queue/_list.html",
        running=work.running,
        waiting=work.waiting,
        failed=work.failed,
        done=work.done,
    )
