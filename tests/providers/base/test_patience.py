import gc
import threading
import time
import weakref

import pytest

from webapp.providers.base import ProviderError
from webapp.providers.base.patience import CALLS, LONGEST_RETRY_AFTER, LOOK_EVERY, Patience


def never() -> bool:
    return False


class Scripted:
    """Fails with what the script says, then gives a word; counts its calls."""

    def __init__(self, *script):
        self.script = list(script)
        self.calls = 0

    def __call__(self, seconds):
        self.calls += 1
        if self.script:
            raise self.script.pop(0)
        return "a picture"


@pytest.fixture
def drawn():
    return []


@pytest.fixture
def draw(drawn):
    """Return what draws no pause and notes the bounds it was asked for."""

    def at_once(low, high):
        drawn.append((low, high))
        return 0.0

    return at_once


@pytest.fixture
def patience(draw):
    return Patience(deadline=200, draw=draw)


@pytest.fixture(autouse=True)
def _no_call_is_left():
    yield
    for thread in threading.enumerate():
        if thread.name == CALLS:
            thread.join(60)
            assert not thread.is_alive()


def failing(kind, **more):
    return ProviderError(kind, "No.", **more)


UNAVAILABLE = failing("unavailable")


def caught_from(patience, call, cancelled=never):
    with pytest.raises(ProviderError) as caught:
        patience.ask(call, cancelled)
    return caught.value


def test_what_comes_at_once_is_asked_for_once(patience):
    call = Scripted()
    assert patience.ask(call, never) == "a picture"
    assert call.calls == 1


@pytest.mark.parametrize("kind", ["rate_limit", "unavailable", "network"])
def test_refusals_for_now_are_asked_again_three_times_in_all(patience, drawn, kind):
    call = Scripted(*[failing(kind)] * 5)
    assert caught_from(patience, call).kind == kind
    assert call.calls == 3
    assert drawn == [(0, 1), (0, 2)]


@pytest.mark.parametrize("kind", ["auth", "quota", "blocked", "no_image", "timeout", "invalid"])
def test_refusals_for_good_are_not_asked_again(patience, kind):
    call = Scripted(failing(kind))
    assert caught_from(patience, call).kind == kind
    assert call.calls == 1


def test_what_may_have_cost_is_not_asked_again(patience):
    call = Scripted(failing("network", may_have_cost=True))
    assert caught_from(patience, call).may_have_cost
    assert call.calls == 1


def test_a_delay_that_the_provider_names_is_kept(patience):
    call = Scripted(failing("rate_limit", retry_after=0.2))
    start = time.monotonic()
    assert patience.ask(call, never) == "a picture"
    assert time.monotonic() - start >= 0.2


def test_a_longer_delay_than_half_a_minute_is_left_to_the_person(patience):
    call = Scripted(failing("rate_limit", retry_after=LONGEST_RETRY_AFTER + 1))
    assert caught_from(patience, call).retry_after == LONGEST_RETRY_AFTER + 1
    assert call.calls == 1


def test_a_pause_that_would_pass_the_deadline_is_not_begun():
    patience = Patience(deadline=20, draw=lambda _low, _high: 0)
    call = Scripted(failing("rate_limit", retry_after=25))
    start = time.monotonic()
    assert caught_from(patience, call).kind == "rate_limit"
    assert time.monotonic() - start < 15
    assert call.calls == 1


def test_pauses_have_a_bound(draw, drawn):
    patience = Patience(attempts=7, draw=draw)
    caught_from(patience, Scripted(*[failing("unavailable")] * 7))
    assert [high for _, high in drawn] == [1, 2, 4, 8, 16, 16]


def test_each_attempt_is_told_what_is_left(patience):
    told = []

    def call(seconds):
        told.append(seconds)
        time.sleep(0.05)
        raise UNAVAILABLE

    start = time.monotonic()
    caught_from(patience, call)
    gone = time.monotonic() - start
    assert told == sorted(told, reverse=True)
    assert 200 - gone <= told[-1] <= told[0] - 0.1 <= 200 - 0.1


def test_a_call_that_does_not_come_back_is_left_behind():
    released = threading.Event()
    start = time.monotonic()
    error = caught_from(Patience(deadline=0.2), lambda _seconds: released.wait(60))
    waited = time.monotonic() - start
    released.set()
    assert (error.kind, error.may_have_cost) == ("timeout", True)
    assert "within 0.2 seconds" in str(error)
    assert 0.2 <= waited < 30


def test_who_leaves_while_waiting_is_let_go_within_moments():
    released, left = threading.Event(), threading.Event()
    timer = threading.Timer(0.1, left.set)
    timer.start()
    start = time.monotonic()
    error = caught_from(Patience(), lambda _seconds: released.wait(60), left.is_set)
    waited = time.monotonic() - start
    released.set()
    timer.join()
    assert (error.kind, error.may_have_cost) == ("cancelled", True)
    assert LOOK_EVERY <= 0.3
    assert waited < 30


def test_who_leaves_during_a_pause_is_let_go_and_has_paid_nothing():
    left = threading.Event()
    timer = threading.Timer(0.1, left.set)
    timer.start()
    patience = Patience(draw=lambda _low, _high: 60.0)
    start = time.monotonic()
    error = caught_from(patience, Scripted(failing("unavailable")), left.is_set)
    assert (error.kind, error.may_have_cost) == ("cancelled", False)
    assert time.monotonic() - start < 30
    timer.join()


def test_who_has_left_before_is_asked_nothing_for(patience):
    call = Scripted()
    assert caught_from(patience, call, lambda: True).kind == "cancelled"
    assert call.calls == 0


def test_other_errors_come_through_as_they_are(patience):
    call = Scripted(KeyError("a bug"))
    with pytest.raises(KeyError, match="a bug"):
        patience.ask(call, never)
    assert call.calls == 1


def test_an_error_does_not_hold_on_to_what_was_read(patience):
    class Body:
        pass

    kept = []

    def call(_seconds):
        body = Body()
        kept.append(weakref.ref(body))
        raise UNAVAILABLE

    error = caught_from(Patience(attempts=1), call)
    gc.collect()
    assert error.kind == "unavailable"
    assert kept[0]() is None
