from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from tests.servers import temporary_database
from tests.services.test_jobs import ListRunner, SetClock
from webapp.models import Job, User
from webapp.services import turns
from webapp.services.jobs import Jobs


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def module_database(request, tmp_path_factory):
    with temporary_database(request.param, tmp_path_factory.mktemp("turns")) as database:
        yield database


@pytest.fixture
def database(module_database):
    with module_database.writing() as session:
        session.query(Job).delete()
        session.query(User).delete()
    return module_database


@pytest.fixture
def clock():
    return SetClock()


@pytest.fixture
def jobs(database, clock):
    return Jobs(database, ListRunner(), lease_seconds=30, clock=clock)


@pytest.fixture
def people(database):
    """Return the keys of three people."""
    with database.writing() as session:
        users = [User(name=name) for name in ("alice", "bob", "carol")]
        session.add_all(users)
        session.flush()
        return [user.id for user in users]


def add(jobs, database, person, count=1):
    jobs._clock.advance(0.001)  # so that who came first is known
    with database.writing() as session:
        return jobs.add(session, "image", range(count), owner_id=person)


def claimed(jobs, message):
    """Return the job that is begun by a message."""
    lease = jobs.claim(message, "me")
    return None if lease is None else lease.job_id


def end(jobs, database, job_id):
    with database.writing() as session:
        session.execute(update(Job).where(Job.id == job_id).values(state="done", lease=None))


def pause(database, person, *, is_paused=True):
    with database.writing() as session:
        session.get_one(User, person).is_paused = is_paused


def test_a_person_with_one_picture_does_not_wait_for_a_hundred(jobs, database, people, clock):
    alice, bob, _ = people
    hundred = add(jobs, database, alice, 100)
    clock.advance(1)
    assert claimed(jobs, hundred[0]) == hundred[0]
    [single] = add(jobs, database, bob)
    clock.advance(1)
    assert claimed(jobs, hundred[1]) == single


def test_with_one_worker_people_take_turns(jobs, database, people, clock):
    alice, bob, _ = people
    first, second = add(jobs, database, alice, 3), add(jobs, database, bob, 3)
    order = []
    for message in (*first, *second):
        clock.advance(1)
        order.append(claimed(jobs, message))
        end(jobs, database, order[-1])
    assert order == [first[0], second[0], first[1], second[1], first[2], second[2]]


def test_who_has_the_fewest_running_comes_first(jobs, database, people, clock):
    alice, bob, carol = people
    for person, running in ((alice, 2), (bob, 1), (carol, 3)):
        for job_id in add(jobs, database, person, running):
            clock.advance(1)
            assert claimed(jobs, job_id) == job_id
    waiting = {person: add(jobs, database, person)[0] for person in people}
    clock.advance(1)
    assert claimed(jobs, waiting[carol]) == waiting[bob]


def test_among_equals_who_was_served_longest_ago_comes_first(jobs, database, people, clock):
    for person in reversed(people):
        clock.advance(1)
        end(jobs, database, claimed(jobs, add(jobs, database, person)[0]))
    waiting = {person: add(jobs, database, person)[0] for person in people}
    clock.advance(1)
    expected = [waiting[person] for person in reversed(people)]
    assert [claimed(jobs, waiting[people[0]]) for _ in people] == expected


def test_ones_own_jobs_are_done_in_their_order(jobs, database, people):
    ordered = add(jobs, database, people[0], 5)
    assert [claimed(jobs, message) for message in reversed(ordered)] == ordered


def test_a_message_whose_job_was_begun_by_another_one_begins_the_next(
    jobs, database, people, clock
):
    alice, bob, _ = people
    first = add(jobs, database, alice, 2)
    assert claimed(jobs, first[0]) == first[0]
    [single] = add(jobs, database, bob)
    clock.advance(1)
    assert claimed(jobs, first[1]) == single  # which is still running when its own message comes
    assert claimed(jobs, single) == first[1]


def test_as_many_messages_as_jobs_begin_all_of_them(jobs, database, people, clock):
    ordered = [job_id for person in people for job_id in add(jobs, database, person, 4)]
    begun = set()
    for message in ordered:
        clock.advance(0.5)
        begun.add(claimed(jobs, message))
    assert begun == set(ordered)


def test_a_repeated_message_begins_nothing_where_nothing_waits(jobs, database, people):
    [job_id] = add(jobs, database, people[0])
    assert claimed(jobs, job_id) == job_id
    assert claimed(jobs, job_id) is None


def test_what_a_dead_worker_left_is_taken_over_by_name(jobs, database, people, clock):
    alice, bob, _ = people
    [left] = add(jobs, database, alice)
    claimed(jobs, left)
    clock.advance(31)
    add(jobs, database, bob)
    assert claimed(jobs, left) == left


def test_work_without_an_owner_takes_no_turn(jobs, database, people):
    with database.writing() as session:
        [tidying] = jobs.add(session, "tidy", [1])
    waiting = add(jobs, database, people[0])
    assert claimed(jobs, tidying) == tidying
    assert claimed(jobs, tidying) is None
    assert claimed(jobs, waiting[0]) == waiting[0]


def test_what_is_postponed_is_passed_over(jobs, database, people, clock):
    first, second = add(jobs, database, people[0], 2)
    jobs.retry(jobs.claim(first, "me"), 60)
    assert claimed(jobs, first) == second
    assert claimed(jobs, second) is None
    end(jobs, database, second)
    clock.advance(60)
    assert claimed(jobs, second) == first


class TestPausing:
    def test_nothing_of_a_paused_person_is_begun(self, jobs, database, people):
        alice, bob, _ = people
        mine, theirs = add(jobs, database, alice, 2), add(jobs, database, bob)
        pause(database, alice)
        assert claimed(jobs, mine[0]) == theirs[0]
        assert claimed(jobs, mine[1]) is None

    def test_what_runs_goes_on(self, jobs, database, people, clock):
        [running] = add(jobs, database, people[0])
        lease = jobs.claim(running, "me")
        pause(database, people[0])
        assert jobs.extend(lease)
        with database.writing() as session:
            jobs.finish(session, lease)

    def test_the_sweep_leaves_paused_work_alone_and_takes_over_what_ran(
        self, jobs, database, people, clock
    ):
        alice, bob, _ = people
        running, waiting = add(jobs, database, alice, 2)
        theirs = add(jobs, database, bob)
        jobs.claim(running, "dies")
        pause(database, alice)
        clock.advance(60)
        assert set(jobs.overdue(10)) == {running, *theirs}
        pause(database, alice, is_paused=False)
        assert set(jobs.overdue(10)) == {running, waiting, *theirs}

    def test_a_long_paused_queue_does_not_hide_what_is_overdue(self, jobs, database, people, clock):
        alice, bob, _ = people
        add(jobs, database, alice, 30)
        clock.advance(1)
        theirs = add(jobs, database, bob)
        pause(database, alice)
        clock.advance(60)
        assert jobs.overdue(10) == theirs


@pytest.mark.parametrize(
    ("place", "direction", "expected"),
    [
        (3, "first", [3, 0, 1, 2]),
        (2, "up", [0, 2, 1, 3]),
        (1, "down", [0, 2, 1, 3]),
        (0, "last", [1, 2, 3, 0]),
        (0, "first", [0, 1, 2, 3]),
        (0, "up", [0, 1, 2, 3]),
        (3, "down", [0, 1, 2, 3]),
        (3, "last", [0, 1, 2, 3]),
        (1, "first", [1, 0, 2, 3]),
        (2, "last", [0, 1, 3, 2]),
    ],
)
@pytest.mark.parametrize("ranks", ["apart", "equal", "some equal"])
def test_a_waiting_job_moves(jobs, database, people, place, direction, expected, ranks):
    mine, theirs = add(jobs, database, people[0], 4), add(jobs, database, people[1], 3)
    given = {"apart": [1, 5, 6, 9], "equal": [4, 4, 4, 4], "some equal": [3, 4, 4, 4]}[ranks]
    with database.writing() as session:
        for job_id, rank in zip(mine, given, strict=True):
            session.get_one(Job, job_id).rank = rank
    with database.writing() as session:
        waiting = turns.waiting_jobs(session, people[0])
        turns.move(waiting, waiting[place], direction)
    with database.reading() as session:
        after = [job.id for job in turns.waiting_jobs(session, people[0])]
        others = [job.id for job in turns.waiting_jobs(session, people[1])]
    assert after == [mine[number] for number in expected]
    assert others == theirs
    pause(database, people[1])
    assert [claimed(jobs, mine[0]) for _ in mine] == after


def test_a_new_job_comes_after_what_was_moved_to_the_end(jobs, database, people, clock):
    mine = add(jobs, database, people[0], 3)
    with database.writing() as session:
        waiting = turns.waiting_jobs(session, people[0])
        turns.move(waiting, waiting[0], "last")
    clock.advance(1)
    [late] = add(jobs, database, people[0])
    with database.reading() as session:
        after = [job.id for job in turns.waiting_jobs(session, people[0])]
    assert after == [mine[1], mine[2], mine[0], late]


def test_claims_at_once_take_each_job_once_and_leave_none(jobs, database, people):
    ordered = [job_id for person in people for job_id in add(jobs, database, person, 20)]
    with ThreadPoolExecutor(8) as pool:
        begun = list(pool.map(lambda message: claimed(jobs, message), ordered))
    assert sorted(begun, key=str) == sorted(ordered, key=str)
