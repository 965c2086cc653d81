"""What is told when: each event once, in the transaction of its cause."""

import pytest
from flask import url_for
from sqlalchemy import event

from tests.services.webhooks.conftest import BASE
from webapp.jobs import NullRunner
from webapp.models import Image, WebhookDelivery
from webapp.models.job import Job
from webapp.providers.plain import png
from webapp.services.images.edit_wishes import Edit
from webapp.services.requests import GenerationRequest


def asked(prompt="a lake", count=2):
    return GenerationRequest(prompt=prompt, provider="plain", model="plain-1", count=count)


def test_an_upload_is_told_with_its_addresses(services, owner, hook, receiver, a_picture):
    picture = services.images.add_image(owner, a_picture, prompt="a lake")
    (told,) = receiver.told
    assert told["event"] == "image.created"
    assert told["data"]["id"] == picture.id
    assert told["data"]["prompt"] == "a lake"
    assert told["data"]["image"] == f"{BASE}/images/{picture.id}/original"
    small = f"{BASE}/t/small/{picture.id}.webp?v={picture.version}"
    assert told["data"]["sizes"]["small"] == small


def test_addresses_are_those_of_the_pages(app, services, owner, hook, receiver, a_picture):
    picture = services.images.add_image(owner, a_picture)
    data = receiver.told[0]["data"]
    with app.test_request_context():
        assert data["image"] == BASE + url_for("images.original", uid=picture.id)
        name, version = f"{picture.id}.webp", picture.version
        for preset, address in data["sizes"].items():
            assert address == BASE + url_for("media.thumb", preset=preset, name=name, v=version)


def test_a_generation_is_told_after_the_last_of_its_pictures(services, owner, hook, receiver):
    started = services.generator.start(owner, asked(count=3))
    assert receiver.events == ["image.created"] * 3 + ["generation.succeeded"]
    data = receiver.told[-1]["data"]
    assert data["id"] == started.id
    assert data["status"] == "succeeded"
    assert [image["state"] for image in data["images"]] == ["ready"] * 3


@pytest.mark.parametrize(
    ("prompt", "status"),
    [("!quota", "failed"), ("!blocked", "refused"), ("!bad_response", "failed")],
)
def test_a_generation_that_failed_says_why(services, owner, hook, receiver, prompt, status):
    started = services.generator.start(owner, asked(prompt, 1))
    view = services.generations.get(started.id, owner)
    (told,) = receiver.told
    assert told["event"] == "generation.failed"
    assert told["data"]["status"] == view.status == status
    assert told["data"]["error"]["kind"] == view.failed.error_kind
    assert told["data"]["error"]["next_step"]


class TestWhileNothingIsMade:
    """With a worker that never comes, work waits until somebody ends it."""

    @pytest.fixture
    def runner(self):
        return NullRunner()

    @pytest.fixture
    def noted(self, services, hook):
        def noted():
            with services.jobs._database.reading() as session:
                return [row.event for row in session.query(WebhookDelivery).order_by("id")]

        return noted

    def test_a_cancelled_generation_is_told_once(self, services, owner, noted):
        started = services.generator.start(owner, asked())
        services.generations.cancel(started.id, owner)
        assert noted() == ["generation.failed"]

    def test_the_rest_being_thrown_away_ends_a_generation(self, services, owner, noted):
        pictures = services.generator.start(owner, asked()).pictures
        services.generator.cancel(pictures[0].id, owner)
        services.images.delete_image(pictures[1].id, owner)
        assert noted() == ["generation.failed", "image.deleted"]

    def test_the_rest_being_purged_ends_it_too(self, services, owner, noted):
        pictures = services.generator.start(owner, asked()).pictures
        services.generator.cancel(pictures[0].id, owner)
        services.images.purge(pictures[1].id, owner)
        assert noted() == ["generation.failed", "image.deleted"]

    def test_a_generation_thrown_away_as_a_whole_is_told_once(self, services, owner, noted):
        ids = [item.id for item in services.generator.start(owner, asked(count=3)).pictures]
        ids += [item.id for item in services.generator.start(owner, asked(count=2)).pictures]
        services.library.batches.run(owner, ids, "delete")
        told = noted()
        assert (told.count("generation.failed"), told.count("image.deleted")) == (2, 5)

    def test_a_generation_that_is_no_longer_tried_again_is_told_once(self, services, owner, noted):
        ids = [item.id for item in services.generator.start(owner, asked(count=3)).pictures]
        with services.jobs._database.writing() as session:
            failed = {"state": "failed", "error_kind": "unavailable"}
            session.query(Image).update(failed)
            session.query(Job).update({"state": "failed"})
        outcome = services.library.batches.run(owner, ids, "retry")
        assert services.library.undoer.undo(outcome.undo, owner) == 3
        assert noted() == ["generation.failed"]

    def test_another_try_that_ends_is_told_again(self, services, owner, noted):
        started = services.generator.start(owner, asked(count=1))
        for _ in range(2):
            services.generator.cancel(started.pictures[0].id, owner)
            services.generator.retry(started.pictures[0].id, owner)
        assert noted() == ["generation.failed"] * 2


def test_a_deleted_picture_is_told_once(services, owner, hook, receiver, a_picture):
    picture = services.images.add_image(owner, a_picture)
    services.images.delete_image(picture.id, owner)
    services.images.delete_image(picture.id, owner)
    services.images.purge(picture.id, owner)
    assert receiver.events == ["image.created", "image.deleted"]
    data = receiver.told[1]["data"]
    assert data["id"] == picture.id
    assert data["deleted"]
    assert (data["image"], data["sizes"]) == (None, {})


def test_a_picture_deleted_for_good_at_once_is_told(services, owner, hook, receiver, a_picture):
    picture = services.images.add_image(owner, a_picture)
    services.images.purge(picture.id, owner)
    assert receiver.events == ["image.created", "image.deleted"]


def test_an_edited_copy_is_told(services, owner, hook, receiver, a_picture):
    picture = services.images.add_image(owner, a_picture)
    copy = services.editor.edit(picture.id, owner, Edit(turn=90))
    assert [told["data"]["id"] for told in receiver.told] == [picture.id, copy.id]


def test_only_chosen_events_are_told(services, owner, hook, receiver, a_picture):
    services.webhooks.shelf.change(hook[0].id, owner, events=["image.deleted"])
    picture = services.images.add_image(owner, a_picture)
    services.images.delete_image(picture.id, owner)
    assert receiver.events == ["image.deleted"]


def test_nobody_hears_of_other_peoples_pictures(services, stranger, hook, receiver, a_picture):
    services.images.add_image(stranger, a_picture)
    assert receiver.told == []


def test_one_that_is_switched_off_hears_nothing(services, owner, hook, receiver, a_picture):
    services.webhooks.shelf.change(hook[0].id, owner, is_active=False)
    services.images.add_image(owner, a_picture)
    assert receiver.told == []


def test_two_webhooks_are_told_the_same_event(services, owner, hook, receiver, a_picture):
    services.webhooks.shelf.create(owner, receiver.url + "/other", ["image.created"])
    services.images.add_image(owner, a_picture)
    assert len(receiver.told) == 2
    assert receiver.told[0] == receiver.told[1]


def test_what_is_rolled_back_is_told_to_nobody(services, owner, hook, receiver, a_picture):
    picture = services.images.add_image(owner, a_picture)

    class BrokenError(Exception):
        pass

    def roll_back(_uid):
        raise BrokenError

    services.images._changed = roll_back
    with pytest.raises(BrokenError):
        services.images.delete_image(picture.id, owner)
    assert receiver.events == ["image.created"]
    assert services.images.own_image(picture.id, owner).deleted is None


def test_whoever_has_no_webhook_is_asked_about_in_one_statement(services, owner, a_picture):
    statements = []
    picture = services.images.add_image(owner, a_picture)
    database = services.jobs._database
    with database.writing() as session:
        row = session.query(Image).filter_by(uid=picture.id).one()
        outbox = services.webhooks.log._outbox
        event.listen(
            database.engine, "before_cursor_execute", lambda *told: statements.append(told[2])
        )
        assert outbox.image_created(session, row) == []
        assert outbox.image_deleted(session, row) == []
        assert outbox.image_failed(session, row) == []
    about = [text for text in statements if "FROM webhook" in text]
    assert len(about) == len([text for text in statements if text.startswith("SELECT")]) == 3


def test_many_at_once_are_told_too(services, owner, hook, receiver):
    pictures = [
        services.images.add_image(owner, png(40, 30, bytes([shade, 9, 9]))) for shade in range(3)
    ]
    services.library.batches.run(owner, [picture.id for picture in pictures], "delete")
    assert receiver.events[3:] == ["image.deleted"] * 3


def test_a_picture_that_comes_back_from_the_trash_is_no_news(
    services, owner, hook, receiver, a_picture
):
    picture = services.images.add_image(owner, a_picture)
    services.images.delete_image(picture.id, owner)
    services.images.restore(picture.id, owner)
    services.images.delete_image(picture.id, owner)
    assert receiver.events == ["image.created", "image.deleted", "image.deleted"]
