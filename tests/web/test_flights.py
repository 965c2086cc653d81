import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from webapp.web.flights import Flights


def test_one_goes_ahead_and_the_others_wait_for_it():
    flights, together, landed = Flights(), threading.Barrier(8), []

    def ask(_number):
        together.wait()
        with flights.turn("a") as is_first:
            if is_first:
                time.sleep(0.1)
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
