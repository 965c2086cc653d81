import pytest
from sqlalchemy import event

from webapp.errors import GoneError, NotFoundError
from webapp.providers.plain import png
from webapp.services.images.known import KnownPictures


@pytest.fixture
def picture(services, owner):
    return services.images.add_image(owner, png(30, 20, b"\x20\x60\xa0"))


@pytest.fixture
def known(services):
    return services.known_pictures


@pytest.fixture
def statements(easel):
    """Count what the database is asked."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_more):
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(easel.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(easel.database.engine, "before_cursor_execute", note)


def test_a_picture_is_read_once(known, owner, picture, statements):
    first, second = (known.get(picture.id, owner) for _ in range(2))
    assert first is second
    assert len(statements) == 1


def test_who_may_see_it_is_asked_every_time(known, owner, stranger, picture):
    known.get(picture.id, owner)
    for viewer in (stranger, None):
        with pytest.raises(NotFoundError):
            known.get(picture.id, viewer)


def test_a_change_is_seen_at_once(services, known, owner, picture):
    known.get(picture.id, owner)
    services.images.set_visibility(picture.id, owner, "unlisted")
    assert known.get(picture.id, None).visibility == "unlisted"
    services.images.set_focal_point(picture.id, owner, (0.5, 0.1))
    assert known.get(picture.id, None).focal == (0.5, 0.1)
    services.images.delete_image(picture.id, owner)
    with pytest.raises(GoneError):
        known.get(picture.id, None)
    assert known.get(picture.id, owner).deleted is not None
    services.images.purge(picture.id, owner)
    with pytest.raises(GoneError):
        known.get(picture.id, owner)


def test_what_is_not_there_yet_is_not_remembered(services, known, owner, wish):
    failed = services.generator.start(owner, wish).pictures[0]
    assert known.get(failed.id, owner).state == "ready"
    assert not any(picture.is_pending for _, picture in known._known.values())


def test_only_so_many_are_remembered(services, known, owner, monkeypatch):
    monkeypatch.setattr("webapp.services.images.known.MOST", 2)
    for shade in range(4):
        known.get(services.images.add_image(owner, png(9, 9, bytes([shade, 1, 1]))).id, owner)
    assert len(known._known) == 2


def test_without_a_stamp_nothing_is_remembered(services, owner, picture, statements):
    unstamped = KnownPictures(services.images, None)
    for _ in range(2):
        unstamped.get(picture.id, owner)
    assert len(statements) == 2


def test_a_private_thumbnail_costs_one_question_to_the_database(browser, picture, statements):
    url = f"/t/small/{picture.id}.webp"
    browser.get(url)
    statements.clear()
    assert browser.get(url).headers["X-Cache"] == "hit"
    assert len(statements) == 1  # who is asking
