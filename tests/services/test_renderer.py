import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from webapp.errors import OverloadedError
from webapp.services.renderer import Renderer


def test_no_more_than_allowed_work_at_once():
    renderer, lock, now, most = Renderer(2, patience=120), threading.Lock(), [0], [0]
    together = threading.Barrier(2)

    def work(_number):
        with renderer.turn():
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
            together.wait(60)  # for another one that works at the same time
            threading.Event().wait(0.01)
            with lock:
                now[0] -= 1

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(work, range(12)))
    assert most[0] == 2


def test_whoever_finds_the_waiting_room_full_is_sent_away_at_once():
    renderer = Renderer(1, waiting=0)
    with renderer.turn(), pytest.raises(OverloadedError) as caught, renderer.turn():
        pass
    assert caught.value.retry_after == 2


def test_whoever_waits_too_long_is_sent_away():
    renderer = Renderer(1, waiting=1, patience=0.01)
    with renderer.turn(), pytest.raises(OverloadedError), renderer.turn():
        pass


def test_a_turn_is_given_back_after_an_error():
    renderer = Renderer(1, waiting=0)
    with pytest.raises(ZeroDivisionError), renderer.turn():
        raise ZeroDivisionError
    with renderer.turn():
        pass
