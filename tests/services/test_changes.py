from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from webapp.jobs import NullRunner
from webapp.providers.plain import png
from webapp.services import changes as module
from webapp.services.changes import touch


@pytest.fixture
def runner():
    return NullRunner()


@pytest.fixture
def feed(services):
    return services.changes


def bring(services, person, number=0):
    return services.images.add_image(person, png(20, 20, bytes([number, 9, 9])))


def test_nothing_is_said_when_nothing_happened(services, feed, owner, noise):
    bring(services, owner)
    version = feed.version(owner)
    assert feed.since(owner, version) is None
    bring(services, services.accounts.named("charlie"), 7)
    assert feed.since(owner, version) is None


def test_new_pictures_are_told_of_oldest_first(services, feed, owner, noise):
    before = feed.version(owner)
    one, two = bring(services, owner, 1), bring(services, owner, 2)
    changes = feed.since(owner, before)
    assert [item.id for item in changes.added] == [one.id, two.id]
    assert (changes.changed, changes.removed, changes.is_gap) == ((), (), False)
    assert feed.since(owner, changes.live.version) is None


def test_what_a_page_shows_already_is_told_of_as_changed(services, feed, owner, wish, noise):
    picture = services.generator.start(owner, wish).pictures[0]
    before = feed.version(owner)
    while (lease := services.jobs.claim(last_job(services), "me")).subject_id != picture.key:
        assert lease is not None
    services.maker.run(lease)
    changes = feed.since(owner, before)
    assert [(item.id, item.state) for item in changes.changed] == [(picture.id, "ready")]
    assert (changes.added, changes.ready_count) == ((), 1)


def last_job(services):
    return sum(services.jobs.counts().values())


def test_an_upload_is_not_counted_as_made(services, feed, owner):
    before = feed.version(owner)
    bring(services, owner)
    assert feed.since(owner, before).ready_count == 0


def test_deleted_pictures_are_told_of_by_id(services, feed, owner, noise):
    picture = bring(services, owner)
    before = feed.version(owner)
    services.images.delete_image(picture.id, owner)
    changes = feed.since(owner, before)
    assert (changes.removed, changes.added, changes.changed) == ((picture.id,), (), ())


def test_a_restored_picture_is_told_of_as_new(services, feed, owner):
    picture = bring(services, owner)
    services.images.delete_image(picture.id, owner)
    before = feed.version(owner)
    services.images.restore(picture.id, owner)
    assert [item.id for item in feed.since(owner, before).added] == [picture.id]


def test_a_page_is_busy_while_something_is_being_made(services, feed, owner, wish, noise):
    assert not feed.live(owner).is_busy
    picture = services.generator.start(owner, wish).pictures[0]
    assert feed.live(owner).is_busy
    services.generator.cancel(picture.id, owner)
    assert not feed.live(owner).is_busy


def test_too_much_at_once_is_a_gap(services, feed, owner, monkeypatch):
    monkeypatch.setattr(module, "MOST_AT_ONCE", 2)
    before = feed.version(owner)
    for number in range(2):
        bring(services, owner, number)
    assert not feed.since(owner, before).is_gap
    bring(services, owner, 2)
    assert feed.since(owner, before).is_gap


def test_a_version_from_the_future_is_a_gap(services, feed, owner):
    bring(services, owner)
    assert feed.since(owner, feed.version(owner) + 1000).is_gap


def test_every_act_moves_the_version(services, feed, owner, wish):
    picture = bring(services, owner)
    made = services.generator.start(owner, replace(wish, prompt="!quota")).pictures[0]
    acts = [
        lambda: services.images.set_visibility(picture.id, owner, "public"),
        lambda: services.images.delete_image(picture.id, owner),
        lambda: services.images.restore(picture.id, owner),
        lambda: services.images.purge(picture.id, owner),
        lambda: services.generator.cancel(made.id, owner),
        lambda: services.generator.retry(made.id, owner),
    ]
    for act in acts:
        before = feed.version(owner)
        act()
        assert feed.version(owner) > before


def test_no_change_is_lost_between_writers(services, feed, owner):
    database = services.gallery._database

    def once(_number):
        with database.writing() as session:
            return touch(session, owner.id)

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(once, range(40)))
    assert sorted(numbers) == list(range(1, 41))
