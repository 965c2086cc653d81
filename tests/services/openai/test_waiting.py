import pytest

from webapp.errors import NotFoundError, OverloadedError, UpstreamTimeoutError
from webapp.jobs import NullRunner
from webapp.services.openai.waiting import NobodyWaitsError, Waiting


@pytest.fixture
def runner():
    return NullRunner()


@pytest.fixture
def waiting(services):
    return Waiting(services.generations, most=2)


def test_there_are_so_many_places_and_each_is_given_back(waiting):
    with waiting.place(), waiting.place(), pytest.raises(OverloadedError), waiting.place():
        pass
    with waiting.place(), waiting.place():
        pass


def test_a_place_is_given_back_after_a_fault(waiting):
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), waiting.place():
            raise ZeroDivisionError


def test_what_has_ended_is_returned_at_once(waiting, services, owner, wish):
    started = services.generator.start(owner, wish)
    services.generations.cancel(started.id, owner)
    assert waiting.ended(started.id, owner, lambda: False).status == "cancelled"


def test_it_is_waited_for_as_long_as_somebody_is_there(waiting, services, owner, wish):
    started = services.generator.start(owner, wish)
    asked = iter((True, False))
    with pytest.raises(NobodyWaitsError):
        waiting.ended(started.id, owner, lambda: next(asked))
    assert services.generations.get(started.id, owner).status == "queued"


def test_it_is_not_waited_for_ever(services, owner, wish):
    waiting = Waiting(services.generations, most=2, seconds=0.3)
    started = services.generator.start(owner, wish)
    with pytest.raises(UpstreamTimeoutError, match="Idempotency-Key"):
        waiting.ended(started.id, owner, lambda: True)


def test_nobody_waits_for_others(waiting, services, owner, stranger, wish):
    started = services.generator.start(owner, wish)
    with pytest.raises(NotFoundError):
        waiting.ended(started.id, stranger, lambda: True)
