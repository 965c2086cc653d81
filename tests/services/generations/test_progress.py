from types import SimpleNamespace

import pytest

from webapp.errors import BusyError
from webapp.jobs import NullRunner
from webapp.services.generations import progress as module
from webapp.services.generations.progress import ProgressNotes


@pytest.fixture
def runner():
    return NullRunner()


@pytest.fixture
def waiting(services, owner, wish, monkeypatch):
    monkeypatch.setattr(module, "EVERY_SECONDS", 0)
    return services.generator.start(owner, wish).pictures[0]


@pytest.fixture
def lease(services, waiting):
    return services.jobs.claim(1, "me")


@pytest.fixture
def notes(services, waiting, lease):
    return ProgressNotes(services.gallery._database, waiting.key, lease)


@pytest.mark.parametrize(
    ("share", "percent"), [(0, 0), (0.404, 40), (0.999, 99), (1, 99), (7, 99), (-1, 0)]
)
def test_pages_learn_of_stage_and_share(services, owner, waiting, notes, share, percent):
    before = services.changes.version(owner)
    notes(share, "Painting" * 30)
    picture = services.images.get_image(waiting.id, owner)
    assert (picture.progress, picture.stage) == (percent, ("Painting" * 30)[:64])
    assert [item.id for item in services.changes.since(owner, before).changed] == [waiting.id]


def test_notes_are_taken_now_and_then_only(services, owner, waiting, notes, monkeypatch):
    clock = SimpleNamespace(monotonic=lambda: 0.0)  # as when the machine has just started
    monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(module, "EVERY_SECONDS", 60)
    notes(0.1, "Sky")
    assert services.images.get_image(waiting.id, owner).stage == "Sky"
    before = services.changes.version(owner)
    clock.monotonic = lambda: 59.9
    notes(0.2, "Land")
    assert services.changes.since(owner, before) is None
    clock.monotonic = lambda: 60.0
    notes(0.3, "Sea")
    assert services.images.get_image(waiting.id, owner).stage == "Sea"


def test_nothing_is_noted_of_work_that_was_taken_away(services, owner, waiting, lease, notes):
    lease.lose()
    notes(0.5, "Painting")
    assert services.images.get_image(waiting.id, owner).progress == 0


def test_nothing_is_noted_of_a_cancelled_picture(services, owner, waiting, notes):
    services.generator.cancel(waiting.id, owner)
    before = services.changes.version(owner)
    notes(0.5, "Painting")
    assert services.changes.since(owner, before) is None


def test_work_goes_on_when_a_note_can_t_be_taken(notes, monkeypatch, caplog):
    def busy(percent, stage, preview):
        message = "busy"
        raise BusyError(message)

    monkeypatch.setattr(notes, "_write", busy)
    notes(0.5, "Painting")
    assert "was not noted" in caplog.text
