"""Whom people want to be told: kept, changed, shown to nobody else."""

import pytest

from webapp.errors import ChangedError, ConflictError, InvalidError, NotFoundError
from webapp.services.webhooks.shelf import MOST
from webapp.services.webhooks.signatures import signature

EVENT = ["image.created"]


def test_a_secret_is_shown_once(services, owner, hook):
    info, secret = hook
    assert secret.startswith("whsec_")
    assert secret not in repr(services.webhooks.shelf.all(owner))
    assert secret not in repr(services.webhooks.shelf.get(info.id, owner))


def test_a_new_secret_signs_from_then_on(services, owner, hook, receiver, a_picture):
    info, secret = services.webhooks.shelf.rotate(hook[0].id, owner)
    assert secret != hook[1]
    assert info.version == hook[0].version + 1
    services.images.add_image(owner, a_picture)
    (call,) = receiver.calls
    moment = int(call.headers["webhook-timestamp"])
    wanted = signature(secret, call.headers["webhook-id"], moment, call.body)
    assert call.headers["webhook-signature"] == wanted


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example",
        "ftp://hooks.example",
        "http://",
        "http://ann:secret@hooks.example",
        "http://[::1",
        "http://hooks.example/\x00",
        "https://hooks.example/" + "x" * 2000,
        "\ud800",
    ],
)
def test_an_address_that_is_none_is_refused(services, owner, url):
    with pytest.raises(InvalidError) as caught:
        services.webhooks.shelf.create(owner, url, EVENT)
    assert list(caught.value.fields) == ["url"]


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "[::1]",
        "[::ffff:10.0.0.1]",
        "localhost",
        "0.0.0.0",
    ],
)
def test_a_private_address_is_refused_and_says_how_to_allow_it(services, owner, host):
    with pytest.raises(InvalidError, match="EASEL_WEBHOOK_HOSTS"):
        services.webhooks.shelf.create(owner, f"http://{host}/hook", EVENT)


@pytest.mark.parametrize("events", [[], ["image.painted"], ["ping"], ["image.created", ""]])
def test_events_that_there_are_not_are_refused(services, owner, events):
    with pytest.raises(InvalidError) as caught:
        services.webhooks.shelf.create(owner, "https://hooks.example", events)
    assert list(caught.value.fields) == ["events"]


def test_a_person_has_fifty_at_most(services, owner, stranger):
    for number in range(MOST):
        services.webhooks.shelf.create(owner, f"https://hooks.example/{number}", EVENT)
    with pytest.raises(InvalidError, match="50 webhooks"):
        services.webhooks.shelf.create(owner, "https://hooks.example", EVENT)
    services.webhooks.shelf.create(stranger, "https://hooks.example", EVENT)


def test_a_change_that_is_meant_for_another_state_is_refused(services, owner, hook):
    info = services.webhooks.shelf.change(
        hook[0].id, owner, events=EVENT, expected={hook[0].revision}
    )
    assert info.events == ("image.created",)
    for change in (
        services.webhooks.shelf.change,
        services.webhooks.shelf.rotate,
        services.webhooks.shelf.delete,
    ):
        with pytest.raises(ChangedError):
            change(hook[0].id, owner, expected={hook[0].revision})


def test_a_deleted_one_takes_its_log_with_it(
    services, owner, hook, receiver, a_picture, clock, sweep
):
    receiver.answers = [500]
    services.images.add_image(owner, a_picture)
    services.webhooks.shelf.delete(hook[0].id, owner)
    clock.forward(60_000)
    sweep()
    assert len(receiver.calls) == 1
    with pytest.raises(NotFoundError):
        services.webhooks.log.page(hook[0].id, owner)


def test_strangers_find_nothing(services, stranger, hook, receiver, owner, a_picture):
    services.images.add_image(owner, a_picture)
    (delivery,) = services.webhooks.log.page(hook[0].id, owner).deliveries
    webhooks, log, uid = services.webhooks.shelf, services.webhooks.log, hook[0].id
    assert webhooks.all(stranger) == ()
    for attempt in (
        lambda: webhooks.get(uid, stranger),
        lambda: webhooks.change(uid, stranger, is_active=False),
        lambda: webhooks.rotate(uid, stranger),
        lambda: webhooks.delete(uid, stranger),
        lambda: log.page(uid, stranger),
        lambda: log.test(uid, stranger),
        lambda: log.redeliver(uid, delivery.id, stranger),
    ):
        with pytest.raises(NotFoundError):
            attempt()


def test_a_delivery_of_another_webhook_is_not_found(services, stranger, hook, owner, receiver):
    services.webhooks.log.test(hook[0].id, owner)
    (delivery,) = services.webhooks.log.page(hook[0].id, owner).deliveries
    theirs, _ = services.webhooks.shelf.create(stranger, receiver.url, EVENT)
    with pytest.raises(NotFoundError):
        services.webhooks.log.redeliver(theirs.id, delivery.id, stranger)


def test_a_test_is_told_whatever_events_were_chosen(services, owner, receiver):
    hook, _ = services.webhooks.shelf.create(owner, receiver.url, EVENT)
    services.webhooks.log.test(hook.id, owner)
    (told,) = receiver.told
    assert (told["event"], told["data"]) == ("ping", {"webhook": hook.id})


def test_telling_again_is_a_new_delivery_of_the_same_event(
    services, owner, hook, receiver, deliveries
):
    services.webhooks.log.test(hook[0].id, owner)
    again = services.webhooks.log.redeliver(hook[0].id, deliveries()[0].id, owner)
    first, second = deliveries()
    assert again.id == second.id != first.id
    assert first.event_id == second.event_id
    assert receiver.told[0] == receiver.told[1]


def test_one_that_is_switched_off_is_neither_tested_nor_told_again(
    services, owner, hook, deliveries
):
    services.webhooks.log.test(hook[0].id, owner)
    services.webhooks.shelf.change(hook[0].id, owner, is_active=False)
    with pytest.raises(ConflictError, match="Switch it on"):
        services.webhooks.log.test(hook[0].id, owner)
    with pytest.raises(ConflictError):
        services.webhooks.log.redeliver(hook[0].id, deliveries()[0].id, owner)


def test_the_log_has_pages(services, owner, hook):
    for _ in range(5):
        services.webhooks.log.test(hook[0].id, owner)
    log, seen, cursor = services.webhooks.log, [], ""
    while True:
        page = log.page(hook[0].id, owner, cursor, 2)
        seen += [item.id for item in page.deliveries]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(set(seen)) == len(seen) == 5
    with pytest.raises(InvalidError):
        log.page(hook[0].id, owner, "no cursor")
