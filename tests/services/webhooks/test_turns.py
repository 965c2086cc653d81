from webapp.services.webhooks.turns import Turns


def test_one_has_the_turn_at_a_time():
    turns = Turns()
    assert [turns.is_free, turns.begin(), turns.begin(), turns.is_free] == [
        True,
        True,
        False,
        False,
    ]
    turns.end(1)
    assert [turns.is_free, turns.begin()] == [True, True]


def test_people_are_called_in_rounds():
    turns = Turns()
    for job in range(3):
        turns.wait(job, 1)
    turns.wait(7, 2)
    turns.wait(8, 2)
    turns.wait(9, None)
    assert turns.called() == [0, 7, 9, 1, 8, 2]
    assert turns.called() == []


def test_who_had_the_turn_last_is_called_last():
    turns = Turns()
    for person in (2, 1):
        turns.begin()
        turns.end(person)
    for job, person in enumerate((1, 2, 3)):
        turns.wait(job, person)
    assert turns.called() == [2, 1, 0]


def test_a_job_that_comes_twice_is_called_once():
    turns = Turns()
    for _ in range(2):
        turns.wait(5, 1)
    assert turns.called() == [5]
