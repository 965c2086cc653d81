from dataclasses import replace

import pytest

from tests.services.paid import FREE, GOLD, charges, job_of, scripted
from webapp.errors import InvalidError, NotFoundError
from webapp.jobs import NullRunner
from webapp.models import now_ms
from webapp.services.generations import work


class ListRunner(NullRunner):
    """Keeps what was sent."""

    def __init__(self):
        self.sent = []

    def send(self, job_ids):
        self.sent += job_ids


@pytest.fixture
def runner():
    return ListRunner()


@pytest.fixture
def queue(services):
    return services.work


@pytest.fixture
def pictures(services, owner, runner, noise):
    """Give four waiting pictures, beside a stranger's."""
    started = services.generator.start(owner, replace(FREE, count=4)).pictures
    runner.sent.clear()
    return started


def order(queue, owner, pictures):
    """Return the numbers of the pictures in the order of the queue."""
    places = queue.order(owner)
    assert sorted(places.values()) == list(range(len(places)))
    return sorted(range(len(pictures)), key=lambda number: places[pictures[number].key])


def test_nobody_has_paused_to_begin_with(queue, owner, stranger):
    queue.pause(stranger)
    assert (queue.is_paused(owner), queue.is_paused(stranger)) == (False, True)


def test_what_is_paused_is_not_begun_and_goes_on_later(services, queue, owner, stranger, pictures):
    queue.pause(stranger)
    queue.pause(owner)
    assert services.jobs.claim(job_of(services, pictures[0]).id, "me") is None
    queue.go_on(owner)
    lease = services.jobs.claim(job_of(services, pictures[0]).id, "me")
    assert lease.subject_id == pictures[0].key


def test_going_on_sends_what_waits_in_its_order(services, queue, owner, runner, pictures):
    queue.pause(owner)
    queue.move(pictures[3].id, owner, "first")
    queue.go_on(owner)
    assert runner.sent == [job_of(services, pictures[number]).id for number in (3, 0, 1, 2)]


def test_no_more_messages_are_sent_at_once_than_is_good(
    queue, owner, runner, pictures, monkeypatch
):
    monkeypatch.setattr(work, "MOST_MESSAGES", 3)
    queue.go_on(owner)
    assert len(runner.sent) == 3


def test_what_runs_while_somebody_pauses_is_finished(services, queue, owner, stranger, pictures):
    queue.pause(stranger)
    lease = services.jobs.claim(job_of(services, pictures[0]).id, "me")
    queue.pause(owner)
    services.maker.run(lease)
    assert services.images.get_image(pictures[0].id, owner).is_ready


def test_what_is_paused_costs_nothing(services, queue, owner):
    scripted(services)
    queue.pause(owner)
    picture = services.generator.start(owner, GOLD).pictures[0]
    assert services.jobs.claim(job_of(services, picture).id, "me") is None
    assert charges(services, owner) == []


@pytest.mark.parametrize(
    ("place", "direction", "expected"),
    [
        (2, "first", [2, 0, 1, 3]),
        (2, "up", [0, 2, 1, 3]),
        (1, "down", [0, 2, 1, 3]),
        (1, "last", [0, 2, 3, 1]),
    ],
)
def test_a_waiting_picture_moves(queue, owner, pictures, place, direction, expected):
    queue.move(pictures[place].id, owner, direction)
    assert order(queue, owner, pictures) == expected


def test_moving_again_and_again_ends_where_it_should(queue, owner, pictures):
    moves = ((3, "first"), (0, "last"), (2, "up"), (3, "down"), (1, "first"), (1, "down"))
    expected = [0, 1, 2, 3]
    for number, direction in moves:
        queue.move(pictures[number].id, owner, direction)
        place = expected.index(number)
        expected.remove(number)
        target = {"first": 0, "last": 3, "up": max(place - 1, 0), "down": place + 1}[direction]
        expected.insert(target, number)
        assert order(queue, owner, pictures) == expected


def test_the_order_is_the_owners_alone(queue, owner, stranger, pictures):
    assert set(queue.order(owner)) == {picture.key for picture in pictures}
    before = queue.order(stranger)
    queue.move(pictures[3].id, owner, "first")
    assert queue.order(stranger) == before


def test_moving_a_picture_raises_the_version_of_its_owners_pages(
    services, queue, owner, stranger, pictures
):
    mine, theirs = services.changes.version(owner), services.changes.version(stranger)
    queue.move(pictures[3].id, owner, "first")
    assert services.changes.version(owner) > mine
    assert services.changes.version(stranger) == theirs


def test_what_does_not_wait_any_more_stays_where_it_is(services, queue, owner, stranger, pictures):
    queue.pause(stranger)
    services.jobs.claim(job_of(services, pictures[0]).id, "me")
    queue.move(pictures[0].id, owner, "last")
    assert set(queue.order(owner)) == {picture.key for picture in pictures[1:]}
    assert order(queue, owner, pictures[1:]) == [0, 1, 2]


def test_nobody_moves_what_belongs_to_somebody_else(queue, owner, stranger, pictures):
    before = queue.order(owner)
    with pytest.raises(NotFoundError):
        queue.move(pictures[3].id, stranger, "first")
    assert queue.order(owner) == before


@pytest.mark.parametrize("direction", ["", "sideways", "FIRST", "x" * 999])
def test_another_word_is_refused(queue, owner, pictures, direction):
    with pytest.raises(InvalidError, match="first, up, down, last") as caught:
        queue.move(pictures[0].id, owner, direction)
    assert len(str(caught.value)) < 100


def test_what_is_tried_again_comes_last(services, queue, owner, pictures, monkeypatch):
    services.generator.cancel(pictures[1].id, owner)
    monkeypatch.setattr(services.jobs, "_clock", lambda: now_ms() + 1_000)  # surely later
    services.generator.retry(pictures[1].id, owner)
    assert order(queue, owner, pictures) == [0, 2, 3, 1]


def test_order_and_pause_survive_a_restart(services, queue, owner, pictures):
    queue.move(pictures[3].id, owner, "first")
    queue.pause(owner)
    services.jobs.release("serve")
    again = work.WorkQueue(queue._database, services.jobs)
    assert again.is_paused(owner)
    assert order(again, owner, pictures) == [3, 0, 1, 2]
