import threading
from collections.abc import Hashable
from concurrent.futures import ThreadPoolExecutor

import pytest

from webapp.web.flights import Flights


class Underway(dict[Hashable, threading.Event]):
    """Knows who is under way, and when so many others have found one that they wait for."""

    def __init__(self, others: int) -> None:
        super().__init__()
        self.left = others
        self.all_wait = threading.Event()

    def get(self, key, default=None):
        found = super().get(key, default)
        if found is not None:
            self.left -= 1
            if not self.left:
                self.all_wait.set()
        return found


def test_one_goes_ahead_and_the_others_wait_for_it():
    flights, underway, landed = Flights(patience=60), Underway(7), []
    flights._underway = underway

    def ask(_number):
        with flights.turn("a") as is_first:
            if is_first:
                assert underway.all_wait.wait(60)
                landed.append(True)
            return is_first, bool(landed)

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(ask, range(8)))
    assert sorted(seen) == [(False, True)] * 7 + [(True, True)]


def test_others_keys_are_not_held_up():
    flights = Flights()
    with flights.turn("a") as first, flights.turn("b") as second:
        assert (first, second) == (True, True)


def test_after_a_landing_somebody_is_first_again():
    flights = Flights()
    for _ in range(2):
        with flights.turn("a") as is_first:
            assert is_first
    assert not flights._underway


def test_a_crash_lands_too():
    flights = Flights()
    with pytest.raises(RuntimeError), flights.turn("a"):
        raise RuntimeError
    with flights.turn("a") as is_first:
        assert is_first


def test_nobody_waits_for_ever():
    flights = Flights(patience=0.05)
    with flights.turn("a"), flights.turn("a") as is_first:
        assert not is_first
