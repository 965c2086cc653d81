"""Webhooks with something in their logs, for tests and pictures of their pages."""

from collections.abc import Callable
from typing import Any

from tests.browser.studio import Studio
from tests.processes import wait_for
from webapp.providers.base.reach import Answer, PostError
from webapp.services.accounts import Viewer
from webapp.services.webhooks.events import EVENTS
from webapp.services.webhooks.shelf import WebhookInfo

URL = "https://hooks.example/easel/a-rather-long-address/that-has-to-break-somewhere-on-a-phone"
REFUSED = "https://broken.example/easel"


def receiver(url: str, *_: Any) -> Answer:
    """Answer as receivers do: one thanks, one has trouble, one is gone, one is not there."""
    if url.startswith("https://broken"):
        return Answer(503, b"Service unavailable: the kitchen is being painted")
    if url.startswith("https://gone"):
        return Answer(410, b"")
    if url.startswith("https://hooks"):
        return Answer(200, b'{"ok": true}')
    message = "The address can't be reached."
    raise PostError(message, code="unreachable")


def furnish(studio: Studio, person: Viewer) -> WebhookInfo:
    """Add webhooks in each state, once; return one with a log."""
    services = studio.easel.services
    services.webhooks.sender._post = receiver
    known = services.webhooks.shelf.all(person)
    if known:
        return next(item for item in known if item.url == URL)
    gone, _ = services.webhooks.shelf.create(
        person, "https://gone.example/easel", ["image.deleted"]
    )
    services.webhooks.shelf.create(person, REFUSED, ["generation.failed"])
    hook, _ = services.webhooks.shelf.create(person, URL, [*EVENTS])
    for item in (gone, hook):
        services.webhooks.log.test(item.id, person)
        wait_for(lambda uid=item.id: _was_told(studio, person, uid))
    return hook


def _was_told(studio: Studio, person: Viewer, uid: str) -> bool:
    told = studio.easel.services.webhooks.log.page(uid, person).deliveries
    return [item.state for item in told] in (["delivered"], ["failed"])


def webhooks(tour: Any) -> None:
    furnish(tour.studio, tour.person)
    tour.go("/settings/webhooks")


def webhook(tour: Any) -> None:
    hook = furnish(tour.studio, tour.person)
    tour.go(f"/settings/webhooks/{hook.id}")
    tour.page.locator(".delivery summary").first.click()


def webhook_secret(tour: Any) -> None:
    tour.go("/settings/webhooks")
    tour.page.get_by_role("textbox", name="Address").fill(
        f"{REFUSED}/{tour.page.viewport_size['width']}"
    )
    tour.page.get_by_role("button", name="Add the webhook").click()
    tour.page.locator("#webhook-secret").wait_for()


def webhook_off(tour: Any) -> None:
    furnish(tour.studio, tour.person)
    tour.go("/settings/webhooks")
    tour.page.get_by_text("https://gone.example").click()
    tour.page.locator("#webhook-state").wait_for()


PLACES: tuple[Callable[[Any], None], ...] = (webhooks, webhook, webhook_secret, webhook_off)
