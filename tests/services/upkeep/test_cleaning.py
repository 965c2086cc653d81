import threading

import pytest
from sqlalchemy import func, select, update

from tests.services.upkeep.conftest import age
from webapp.errors import ConflictError
from webapp.models import (
    IdempotencyKey,
    Image,
    Job,
    SignInLink,
    UndoStep,
    UserSession,
    now_ms,
)
from webapp.providers.plain import png
from webapp.services.upkeep.cleaning import DAY_MS
from webapp.services.upkeep.strays import HANDFUL, Strays

FILES = "files that no image names"


def count(easel, table):
    return easel.database.look_up(select(func.count()).select_from(table))


def test_nothing_that_is_needed_goes(clean, easel, picture):
    assert sum(item.count for item in clean().values()) == 0
    assert easel.blobs.exists(picture.blob_key)


def test_a_dry_run_only_tells(clean, stray):
    size = stray.stat().st_size
    for _ in range(2):
        told = clean(dry_run=True)[FILES]
        assert (told.count, told.bytes) == (1, size)
    assert stray.exists()
    assert clean()[FILES].bytes == size
    assert not stray.exists()


def test_rows_that_have_ended_go_and_others_stay(clean, easel, owner):
    now = now_ms()
    old = now - 30 * DAY_MS
    with easel.database.writing() as session:
        session.add_all(
            [
                UserSession(user_id=owner.id, key_hash="a", expires_ms=old),
                UserSession(user_id=owner.id, key_hash="b", expires_ms=now + DAY_MS),
                SignInLink(user_id=owner.id, token_hash="a", expires_ms=old),
                SignInLink(user_id=owner.id, token_hash="b", expires_ms=now + DAY_MS, used_ms=now),
                SignInLink(user_id=owner.id, token_hash="c", expires_ms=now + DAY_MS),
                Job(kind="x", subject_id=1, state="done", due_ms=old),
                Job(kind="x", subject_id=1, state="done", due_ms=now),
                Job(kind="x", subject_id=1, state="queued", due_ms=old),
                IdempotencyKey(
                    owner_id=owner.id, key="a", digest="", generations=[], created_ms=old
                ),
                IdempotencyKey(owner_id=owner.id, key="b", digest="", generations=[]),
                UndoStep(token="a", owner_id=owner.id, action="x", before={}, created_ms=old),
                UndoStep(token="b", owner_id=owner.id, action="x", before={}),
            ]
        )
    done = {what: item.count for what, item in clean().items() if item.count}
    assert done == {
        "expired sessions": 1,
        "used or expired sign-in links": 2,
        "finished jobs": 1,
        "old idempotency keys": 1,
        "old undo steps": 1,
    }
    tables = (UserSession, SignInLink, Job, IdempotencyKey, UndoStep)
    assert [count(easel, table) for table in tables] == [1, 1, 2, 1, 1]


def test_a_file_that_an_image_names_meanwhile_stays(easel, services, owner, stray):
    strays = Strays(easel.database, easel.blobs)
    key = str(stray.relative_to(easel.data.root))
    picture = services.images.add_image(owner, stray)
    assert picture.blob_key == key
    assert strays.remove(key) is False
    assert stray.exists()


def test_uploads_keep_their_files_while_strays_of_the_same_bytes_are_removed(
    easel, services, owner
):
    strays = Strays(easel.database, easel.blobs)
    data = png(30, 20, b"again")
    key = easel.blobs.put(data, "png").key
    done = threading.Event()

    def remove():
        while not done.is_set():
            strays.remove(key)

    worker = threading.Thread(target=remove)
    worker.start()
    try:
        for _ in range(15):
            picture = services.images.add_image(owner, data)
            assert easel.blobs.exists(picture.blob_key)
            services.images.purge(picture.id, owner)
    finally:
        done.set()
        worker.join()


def test_leftovers_are_counted_with_their_bytes(clean, settings):
    part = settings.data_dir / ".incoming" / "abc"
    part.write_bytes(b"half")
    age(part)
    left = clean()["files that were never finished"]
    assert (left.count, left.bytes) == (1, 4)
    assert not part.exists()


def test_renditions_of_what_is_gone_go(clean, easel, rendered):
    with easel.database.writing() as session:
        session.execute(update(Image).values(digest="f" * 64))
    assert clean()["renditions of what is gone"].count > 0


def strays(easel, count):
    """Keep as many files that no image names, two hours old."""
    keys = [
        easel.blobs.put(png(30, 20, bytes([number, 1, 2])), "png").key for number in range(count)
    ]
    for key in keys:
        age(easel.blobs.open_path(key))
    return keys


@pytest.mark.parametrize(
    ("kept", "lost", "is_refused"),
    [(0, 1, True), (1, HANDFUL, False), (1, HANDFUL + 1, True), (6, 6, False), (6, 7, True)],
)
def test_most_originals_are_not_taken_for_strays(
    clean, easel, services, owner, kept, lost, is_refused
):
    for number in range(kept):
        services.images.add_image(owner, png(20, 20, bytes([number, 3, 4])))
    keys = strays(easel, lost)
    if is_refused:
        with pytest.raises(ConflictError, match=f"^Nothing was changed: {lost} of {kept + lost} "):
            clean()
        assert all(easel.blobs.exists(key) for key in keys)
        assert clean(dry_run=True)[FILES].count == lost
    assert clean(force=is_refused)[FILES].count == lost


def test_a_refused_cleaning_takes_no_rows_either(clean, easel, owner):
    strays(easel, 1)
    with easel.database.writing() as session:
        session.add(UserSession(user_id=owner.id, key_hash="a", expires_ms=1))
    with pytest.raises(ConflictError):
        clean()
    assert count(easel, UserSession) == 1


def test_masters_that_are_strays_are_no_loss(clean, easel, picture):
    for number in range(9):
        digest = f"{number}" * 64
        age(easel.blobs.open_path(easel.blobs.put_derived(digest, "w512", b"x", "jpg")))
    assert clean()[FILES].count == 9
