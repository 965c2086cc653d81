"""Webhooks: kept, tested, given new secrets, and the log of what they were told."""

from collections.abc import Mapping
from typing import Any, Literal

from flask import Response
from pydantic import Field

from webapp.services.webhooks.log import Delivery
from webapp.services.webhooks.shelf import LONGEST_URL, WebhookInfo
from webapp.web.addresses import absolute
from webapp.web.api import (
    Asked,
    Moment,
    PageAsked,
    Reply,
    Text,
    Told,
    expected,
    operation,
    resource,
    with_etag,
)
from webapp.web.current import services, signed_in
from webapp.web.limits import limit_telling

blueprint = resource("webhooks", "/webhooks")

CHANGE = "images:read images:write"
"""Whoever chooses where news of pictures go could read them there."""

Event = Literal["generation.succeeded", "generation.failed", "image.created", "image.deleted"]


class WebhookAsked(Asked):
    """A webhook that is to be made."""

    url: Text = Field(max_length=LONGEST_URL, examples=["https://example.com/easel"])
    events: list[Event] = Field(min_length=1, max_length=16)


class WebhookChangeAsked(Asked):
    """What is to be changed of a webhook; what is left out stays."""

    url: Text | None = Field(default=None, max_length=LONGEST_URL)
    events: list[Event] | None = Field(default=None, min_length=1, max_length=16)
    active: bool | None = None


class WebhookTold(Told):
    """A webhook."""

    id: str
    url: str
    events: list[str]
    active: bool
    trouble: str = Field(description="Why Easel switched it off, if it did.")
    created: Moment
    updated: Moment


class NewWebhookTold(WebhookTold):
    """A webhook with its secret, which is told this once."""

    secret: str


class WebhooksTold(Told):
    """A person's webhooks, newest first; there are never more pages."""

    items: list[WebhookTold]
    next_cursor: None = None


class DeliveryTold(Told):
    """Something that was told, or is to be told."""

    id: str
    event: str
    event_id: str = Field(description="The `webhook-id` that the receiver sees.")
    state: Literal["pending", "delivered", "failed"]
    attempts: int
    status: int | None = Field(description="What the receiver answered last.")
    answer: str = Field(description="The beginning of its answer, or why it was not reached.")
    created: Moment
    tried: Moment | None
    next: Moment | None = Field(description="When it is told again.")
    payload: dict[str, Any] = Field(description="What is told; addresses are paths.")


class DeliveriesTold(Told):
    """A page of a log, newest first."""

    items: list[DeliveryTold]
    next_cursor: str | None


@blueprint.get("")
@operation(answers={200: WebhooksTold})
def index() -> Reply:
    """List your webhooks."""
    return WebhooksTold(
        items=[_webhook(item) for item in services().webhooks.shelf.all(signed_in())]
    )


@blueprint.post("")
@operation(CHANGE, {201: NewWebhookTold})
def create(json: WebhookAsked) -> Reply:
    """Add a webhook; the answer has its secret, which is not told again."""
    made, secret = services().webhooks.shelf.create(signed_in(), json.url, json.events)
    response = with_etag(_with_secret(made, secret), made.revision, 201)
    response.headers["Location"] = absolute("api.webhooks.show", uid=made.id)
    return _private(response)


@blueprint.get("/<uid>")
@operation(answers={200: WebhookTold})
def show(uid: str) -> Reply:
    """Show a webhook."""
    return _tagged(services().webhooks.shelf.get(uid, signed_in()))


@blueprint.patch("/<uid>")
@operation(CHANGE, {200: WebhookTold}, refuses=(412,), headers=("If-Match",))
def change(uid: str, json: WebhookChangeAsked) -> Reply:
    """Change a webhook, or switch it on or off."""
    found = services().webhooks.shelf.change(
        uid,
        signed_in(),
        url=json.url,
        events=json.events,
        is_active=json.active,
        expected=expected(),
    )
    return _tagged(found)


@blueprint.delete("/<uid>")
@operation(CHANGE, {204: None}, refuses=(412,), headers=("If-Match",))
def delete(uid: str) -> Reply:
    """Delete a webhook and its log."""
    services().webhooks.shelf.delete(uid, signed_in(), expected=expected())
    return Response(status=204)


@blueprint.post("/<uid>/rotate")
@operation(CHANGE, {200: NewWebhookTold}, refuses=(412,), headers=("If-Match",))
def rotate(uid: str) -> Reply:
    """Make a new secret; the old one signs nothing any more."""
    found, secret = services().webhooks.shelf.rotate(uid, signed_in(), expected=expected())
    return _private(with_etag(_with_secret(found, secret), found.revision))


@blueprint.post("/<uid>/test")
@operation(CHANGE, {202: DeliveryTold}, refuses=(409,))
@limit_telling
def test(uid: str) -> Reply:
    """Tell it `ping`, to see whether it is reached."""
    return _delivery(services().webhooks.log.test(uid, signed_in())), 202, {}


@blueprint.get("/<uid>/deliveries")
@operation(answers={200: DeliveriesTold})
def deliveries(uid: str, query: PageAsked) -> Reply:
    """List what a webhook was told, and what became of it."""
    page = services().webhooks.log.page(uid, signed_in(), query.cursor, query.limit)
    return DeliveriesTold(
        items=[_delivery(item) for item in page.deliveries], next_cursor=page.next_cursor
    )


@blueprint.post("/<uid>/deliveries/<delivery>/redeliver")
@operation(CHANGE, {202: DeliveryTold}, refuses=(409,))
@limit_telling
def redeliver(uid: str, delivery: str) -> Reply:
    """Tell something once more, as a new delivery of the same event."""
    return _delivery(services().webhooks.log.redeliver(uid, delivery, signed_in())), 202, {}


def _tagged(info: WebhookInfo) -> Response:
    return with_etag(_webhook(info), info.revision)


def _private(response: Response) -> Response:
    """Return an answer with a secret: nobody keeps it on its way."""
    response.headers["Cache-Control"] = "no-store"
    return response


def _webhook(info: WebhookInfo) -> WebhookTold:
    return WebhookTold(**_values(info))


def _with_secret(info: WebhookInfo, secret: str) -> NewWebhookTold:
    return NewWebhookTold(**_values(info), secret=secret)


def _values(info: WebhookInfo) -> Mapping[str, Any]:
    return {
        "id": info.id,
        "url": info.url,
        "events": list(info.events),
        "active": info.is_active,
        "trouble": info.trouble,
        "created": info.created,
        "updated": info.updated,
    }


def _delivery(item: Delivery) -> DeliveryTold:
    return DeliveryTold.model_validate(item, from_attributes=True)
