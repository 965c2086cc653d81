"""A person's webhooks: added, tested, changed, and the log of what was told."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue

from webapp.errors import ConflictError, InvalidError
from webapp.services.webhooks.events import EVENTS
from webapp.web import htmx
from webapp.web.current import services, signed_in
from webapp.web.limits import limit_telling

blueprint = Blueprint("webhooks", __name__, url_prefix="/settings/webhooks")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List a person's webhooks, with the form that adds one."""
    return _list()


@blueprint.post("")
def create() -> ResponseReturnValue:
    """Add a webhook and show its secret, this once."""
    form = request.form
    try:
        made, secret = services().webhooks.shelf.create(
            signed_in(), form.get("url", ""), form.getlist("events")
        )
    except InvalidError as error:
        return _list(error)
    return _show(made.id, secret=secret)


@blueprint.get("/<uid>")
def show(uid: str) -> ResponseReturnValue:
    """Show a webhook: what it is told, and what it answered."""
    return _show(uid)


@blueprint.get("/<uid>/deliveries")
def deliveries(uid: str) -> ResponseReturnValue:
    """Show the log alone, to a page that waits for an answer; the whole page to everybody else."""
    if not htmx.is_fragment():
        return _show(uid)
    return htmx.partial("webhooks/_log.html", **_log(uid))


@blueprint.post("/<uid>")
def change(uid: str) -> ResponseReturnValue:
    """Change a webhook's address and events."""
    form = request.form
    try:
        services().webhooks.shelf.change(
            uid, signed_in(), url=form.get("url", ""), events=form.getlist("events")
        )
    except InvalidError as error:
        return _show(uid, error=error)
    flash("The webhook was saved.", "ok")
    return htmx.go(url_for("webhooks.show", uid=uid))


@blueprint.post("/<uid>/switch")
def switch(uid: str) -> ResponseReturnValue:
    """Switch a webhook on or off."""
    is_on = request.form.get("on") == "1"
    services().webhooks.shelf.change(uid, signed_in(), is_active=is_on)
    flash(f"The webhook is switched {'on' if is_on else 'off'}.", "ok")
    return htmx.go(url_for("webhooks.show", uid=uid))


@blueprint.post("/<uid>/rotate")
def rotate(uid: str) -> ResponseReturnValue:
    """Give a webhook a new secret and show it, this once."""
    _, secret = services().webhooks.shelf.rotate(uid, signed_in())
    return _show(uid, secret=secret)


@blueprint.post("/<uid>/delete")
def delete(uid: str) -> ResponseReturnValue:
    """Delete a webhook."""
    services().webhooks.shelf.delete(uid, signed_in())
    flash("The webhook was deleted.", "ok")
    return htmx.go(url_for("webhooks.index"))


@blueprint.post("/<uid>/test")
@limit_telling
def test(uid: str) -> ResponseReturnValue:
    """Send a test."""
    return _told(uid, lambda: services().webhooks.log.test(uid, signed_in()))


@blueprint.post("/<uid>/deliveries/<delivery>/redeliver")
@limit_telling
def redeliver(uid: str, delivery: str) -> ResponseReturnValue:
    """Tell something once more."""
    return _told(uid, lambda: services().webhooks.log.redeliver(uid, delivery, signed_in()))


def _told(uid: str, tell: Any) -> ResponseReturnValue:
    try:
        tell()
    except ConflictError as error:
        flash(str(error), "error")
    else:
        flash("It is on its way. The log shows what was answered.", "ok")
    return htmx.go(url_for("webhooks.show", uid=uid, _anchor="log"))


def _list(error: InvalidError | None = None) -> Response:
    return htmx.full(
        "webhooks/index.html",
        status=422 if error else 200,
        webhooks=services().webhooks.shelf.all(signed_in()),
        **_form(error, url="", chosen=list(EVENTS)),
    )


def _show(uid: str, *, secret: str = "", error: InvalidError | None = None) -> Response:
    webhook = services().webhooks.shelf.get(uid, signed_in())
    return htmx.full(
        "webhooks/show.html",
        status=422 if error else 200,
        webhook=webhook,
        secret=secret,
        **_log(uid),
        **_form(error, url=webhook.url, chosen=webhook.events),
    )


def _log(uid: str) -> Mapping[str, Any]:
    """Return what the log shows; a page that waits for an answer asks again soon."""
    page = services().webhooks.log.page(uid, signed_in(), request.args.get("cursor", ""))
    is_waiting = any(item.state == "pending" and not item.attempts for item in page.deliveries)
    return {"uid": uid, "page": page, "is_waiting": is_waiting}


def _form(error: InvalidError | None, *, url: str, chosen: Any) -> Mapping[str, Any]:
    """Return what a form shows: what is kept, or what was sent and what is wrong with it."""
    form = request.form
    return {
        "all_events": EVENTS,
        "url": form.get("url", "") if error else url,
        "chosen": form.getlist("events") if error else chosen,
        "message": str(error) if error and not error.fields else "",
        "errors": {name: texts[0] for name, texts in error.fields.items()} if error else {},
    }
