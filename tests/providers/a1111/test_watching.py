import threading
import time
from types import SimpleNamespace

import pytest

from tests.providers.a1111.webui import WebUI, provider
from tests.providers.contract import asked, failure, never, shape
from tests.providers.loopback import serving
from webapp.providers.a1111 import watching
from webapp.providers.a1111.watching import QUEUED, read_note
from webapp.providers.base import ProviderError, patience

STATE = {"sampling_step": 7, "sampling_steps": 20, "job": "x"}


@pytest.fixture(autouse=True)
def _quick_looks(monkeypatch):
    monkeypatch.setattr(watching, "EVERY", 0.02)
    monkeypatch.setattr(watching, "SECONDS", 60.0)


def notes_until(ui, is_enough, *, then=None):
    """Return what is told while a job is held, until that is enough."""
    notes = []
    enough = threading.Event()

    def hear(share, stage, preview=None):
        notes.append((share, stage, preview))
        if is_enough(notes) and not enough.is_set():
            enough.set()
            (then or ui.let_go.set)()

    with serving(ui) as server:
        maker = provider(server.url)
        maker.generate(asked(maker), hear, never)
    return notes


def cancelled_at_work(ui, seconds=60.0):
    """Cancel a picture while the server is at it, and give Easel time to interrupt it."""
    with serving(ui) as server:
        maker = provider(server.url)
        error = failure(maker, asked(maker), ui.at_work.is_set)
        assert (error.kind, error.may_have_cost) == ("cancelled", False)
        ui.interrupted.wait(seconds)


def test_steps_and_a_picture_of_now_are_told():
    notes = notes_until(WebUI(holds=True), lambda notes: len(notes) > 1)
    share, stage, preview = notes[1]
    assert (share, stage) == (0.35, "Step 7 of 20")
    assert shape(preview) == (32, 32)
    assert notes[-1][:2] == (1.0, "Received")


def test_what_is_told_does_not_go_back():
    ui = WebUI(holds=True)

    def begin_anew():
        ui.step = 3
        release(ui)

    heard = notes_until(ui, lambda notes: len(notes) > 1, then=begin_anew)
    shares = [share for share, *_ in heard]
    assert shares == sorted(shares)


def release(ui):
    threading.Timer(0.3, ui.let_go.set).start()


def test_waiting_in_the_queue_shows_nobody_elses_picture():
    ui = WebUI(holds=True)
    ui.task_in_front = "somebody else's"
    notes = notes_until(ui, lambda notes: len(notes) > 1)
    assert notes[1] == (0.0, QUEUED, None)
    assert all(preview is None for *_, preview in notes)


def test_what_the_server_does_next_is_not_shown():
    ui = WebUI(holds=True)
    ui.task_in_front, ui.lingers = "somebody else's", True
    notes = notes_until(ui, lambda notes: len(notes) > 1)
    assert {stage for _, stage, _ in notes[1:-1]} == {QUEUED}
    assert all(preview is None for *_, preview in notes)


def test_a_picture_that_nobody_wants_is_interrupted():
    ui = WebUI(holds=True)
    cancelled_at_work(ui)
    assert ui.interrupted.is_set()


def test_a_picture_of_somebody_else_is_not_interrupted():
    ui = WebUI(holds=True)
    ui.task_in_front = "somebody else's"
    cancelled_at_work(ui, 0.4)
    assert not ui.interrupted.is_set()


def test_a_server_that_knows_no_names_is_interrupted_while_it_is_at_work():
    ui = WebUI(holds=True, without=("/internal/progress",))
    cancelled_at_work(ui)
    assert ui.interrupted.is_set()


def test_a_picture_that_takes_too_long_is_interrupted(monkeypatch):
    ui = WebUI(holds=True)

    def monotonic():
        return time.monotonic() + (1000 if ui.at_work.is_set() else 0)

    clock = SimpleNamespace(monotonic=monotonic, sleep=time.sleep)
    monkeypatch.setattr(patience, "time", clock)
    with serving(ui) as server:
        maker = provider(server.url)
        error = failure(maker, asked(maker))
        assert error.kind == "timeout"
        assert "EASEL_A1111__TIMEOUT" in error.message
        assert ui.interrupted.wait(60)


def test_a_picture_that_came_is_not_interrupted():
    ui = WebUI()
    with serving(ui) as server:
        maker = provider(server.url)
        maker.generate(asked(maker), lambda *_: None, never)
        time.sleep(0.1)
    assert not ui.interrupted.is_set()


def test_a_server_that_tells_nothing_of_its_progress_makes_pictures_all_the_same():
    ui = WebUI(without=("/sdapi/v1/progress", "/internal/progress", "/sdapi/v1/interrupt"))
    with serving(ui) as server:
        maker = provider(server.url)
        assert maker.generate(asked(maker), lambda *_: None, never).data


def test_a_server_that_tells_nothing_is_not_asked_for_it_again_and_again():
    ui = WebUI(holds=True, without=("/sdapi/v1/progress",))

    def let_go_later():
        ui.missed.wait(60)
        release(ui)

    waiting = threading.Thread(target=let_go_later)
    waiting.start()
    with serving(ui) as server:
        maker = provider(server.url)
        maker.generate(asked(maker), lambda *_: None, never)
        assert server.paths("GET").count("/sdapi/v1/progress") == 1
    waiting.join()


def test_jobs_are_not_asked_for_by_name_where_that_is_not_known():
    ui = WebUI(holds=True, without=("/internal/progress",))
    with serving(ui) as server:

        def looks():
            return server.paths("GET").count("/sdapi/v1/progress")

        def hear(*_):
            if looks() > 1:
                ui.let_go.set()

        maker = provider(server.url)
        maker.generate(asked(maker), hear, never)
        assert server.paths().count("/internal/progress") == 1
        assert looks() > 1


def test_whoever_hears_may_fail_and_the_work_is_stopped():
    ui = WebUI(holds=True)

    def hear(share, *_):
        if share:
            raise ProviderError(kind="cancelled", message="The listener is gone.")

    with serving(ui) as server:
        maker = provider(server.url)
        with pytest.raises(ProviderError, match="listener"):
            maker.generate(asked(maker), hear, never)
        assert ui.interrupted.wait(60)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"progress": 0.36, "state": STATE}, (0.36, "Step 7 of 20")),
        ({"progress": 0.36, "state": {}}, (0.36, "Working")),
        ({"progress": 1, "state": {"sampling_step": 21, "sampling_steps": 20}}, (1.0, "Working")),
        ({"progress": 0, "state": STATE}, None),
        ({"progress": 7, "state": STATE}, None),
        ({"progress": float("nan"), "state": STATE}, None),
        ({"progress": "0.3", "state": STATE}, None),
        ({"progress": 0.3, "state": None}, None),
        ({"progress": 0.3}, None),
        ([], None),
        (None, None),
        ("busy", None),
    ],
)
def test_only_what_makes_sense_is_noted(said, told):
    note = read_note(said)
    assert (note and (note.share, note.stage)) == told


@pytest.mark.parametrize("image", ["", "%%%", "PGh0bWw+", 7, None, [], "x" * (2**23 + 1)])
def test_a_preview_that_is_no_picture_is_dropped(image):
    note = read_note({"progress": 0.3, "state": STATE, "current_image": image})
    assert note is not None
    assert note.preview is None
