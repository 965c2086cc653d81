"""The queue: what runs, waits, failed and was made; and how a person steers it."""

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue

from webapp.web import htmx
from webapp.web.current import services, signed_in

blueprint = Blueprint("queue", __name__, url_prefix="/queue")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show a person's work."""
    return _queue()


@blueprint.post("/pause")
def pause() -> ResponseReturnValue:
    """Begin no more pictures for now."""
    services().work.pause(signed_in())
    return _done("Paused. What is being made will be finished.")


@blueprint.post("/go-on")
def go_on() -> ResponseReturnValue:
    """Go on with what waits."""
    services().work.go_on(signed_in())
    return _done("The queue goes on.")


@blueprint.post("/retry")
def retry() -> ResponseReturnValue:
    """Make all pictures again that failed and may succeed."""
    count = services().generator.retry_failed(signed_in())
    return _done(
        "One picture is tried again." if count == 1 else f"{count} pictures are tried again."
    )


@blueprint.post("/<uid>/move")
def move(uid: str) -> ResponseReturnValue:
    """Give a waiting picture another place."""
    services().work.move(uid, signed_in(), request.form.get("direction", ""))
    return _done("")


def _done(sentence: str) -> ResponseReturnValue:
    if htmx.is_fragment():
        return _queue()
    if sentence:
        flash(sentence, "ok")
    return htmx.go(url_for("queue.index"))


def _queue() -> Response:
    owner = signed_in()
    return htmx.render(
        "queue/index.html",
        "queue/_list.html",
        work=services().gallery.queue(owner),
        is_paused=services().work.is_paused(owner),
    )
