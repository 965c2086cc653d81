from dataclasses import replace

import pytest

from webapp.jobs import NullRunner
from webapp.providers.plain import png


@pytest.fixture
def gallery(services):
    return services.gallery


def bring(services, person, number):
    return services.images.add_image(person, png(20, 20, bytes([number, 9, 9])))


def ids(pictures):
    return [picture.id for picture in pictures]


def test_neighbours_are_the_next_newer_and_older_of_the_same_person(
    services, gallery, owner, stranger
):
    first = bring(services, owner, 1)
    bring(services, stranger, 2)
    middle = bring(services, owner, 3)
    bring(services, stranger, 4)
    last = bring(services, owner, 5)
    beside = gallery.neighbours(middle)
    assert (beside.previous.id, beside.next.id) == (last.id, first.id)
    assert gallery.neighbours(last).previous is None
    assert gallery.neighbours(first).next is None


def test_neighbours_are_not_in_the_trash(services, gallery, owner, noise):
    one, two, three = (bring(services, owner, number) for number in range(3))
    services.images.delete_image(two.id, owner)
    assert gallery.neighbours(one).previous.id == three.id


def test_a_batch_is_what_was_asked_for_together_in_order(services, gallery, owner, wish, noise):
    bring(services, owner, 1)
    batch = services.generator.start(owner, replace(wish, count=3)).pictures
    services.generator.start(owner, wish)
    for picture in batch:
        assert ids(gallery.batch(picture)) == ids(batch)


def test_a_batch_leaves_out_what_was_deleted(services, gallery, owner, wish):
    batch = services.generator.start(owner, replace(wish, count=3)).pictures
    services.images.delete_image(batch[1].id, owner)
    assert ids(gallery.batch(batch[0])) == [batch[0].id, batch[2].id]


def test_an_upload_is_its_own_batch_and_of_no_generation(services, gallery, owner, noise):
    picture = bring(services, owner, 1)
    assert gallery.batch(picture) == (picture,)
    assert gallery.generation_of(picture) is None


def test_a_made_picture_knows_what_was_asked_for(services, gallery, owner, wish, noise):
    started = services.generator.start(owner, wish)
    assert gallery.generation_of(started.pictures[0]).uid == started.id


def test_counts_are_of_the_person_alone(services, gallery, owner, wish, noise):
    assert gallery.count(owner) == 0
    services.generator.start(owner, replace(wish, count=2))
    assert gallery.count(owner) == 2
    assert gallery.pending_count(owner) == 0


def test_the_trash_is_paged_newest_first_with_the_bytes_of_all(services, gallery, owner, noise):
    pictures = [bring(services, owner, number) for number in range(5)]
    bring(services, owner, 9)
    for picture in pictures:
        services.images.delete_image(picture.id, owner)
    first = gallery.trash(owner, limit=2)
    second = gallery.trash(owner, before=first.page.next_cursor, limit=2)
    third = gallery.trash(owner, before=second.page.next_cursor, limit=2)
    seen = [*first.page.pictures, *second.page.pictures, *third.page.pictures]
    assert ids(seen) == ids(pictures)[::-1]
    assert third.page.next_cursor is None
    assert first.total_bytes == third.total_bytes == sum(item.bytes for item in pictures)


def test_an_empty_trash_frees_nothing(gallery, owner, noise):
    view = gallery.trash(owner)
    assert (view.page.pictures, view.total_bytes) == ((), 0)


class TestQueue:
    @pytest.fixture
    def runner(self):
        return NullRunner()

    def test_work_stands_in_the_order_in_which_it_is_done(
        self, services, gallery, owner, stranger, wish
    ):
        waiting = services.generator.start(owner, replace(wish, count=3)).pictures
        services.maker.run(services.jobs.claim(1, "me"))
        services.generator.cancel(waiting[1].id, owner)
        services.maker._begin(services.jobs.claim(3, "me"))
        services.generator.start(stranger, wish)
        later = services.generator.start(owner, wish).pictures
        bring(services, owner, 1)
        work = gallery.queue(owner)
        assert ids(work.done) == [waiting[0].id]
        assert ids(work.failed) == [waiting[1].id]
        assert ids(work.running) == [waiting[2].id]
        assert ids(work.waiting) == ids(later)
        assert gallery.pending_count(owner) == 2

    def test_nobody_sees_the_work_of_others(self, services, gallery, owner, stranger, wish):
        services.generator.start(stranger, replace(wish, count=4))
        work = gallery.queue(owner)
        assert (work.running, work.waiting, work.failed, work.done) == ((), (), (), ())
        assert gallery.pending_count(owner) == 0
