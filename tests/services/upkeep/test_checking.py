import sqlite3
import threading
from contextlib import closing

import pytest
from sqlalchemy import select, update

from tests.services.upkeep.conftest import age
from webapp.models import Image, ImageTag, User
from webapp.providers.plain import png


def kinds(findings):
    return [finding.kind for finding in findings]


def test_a_sound_easel_has_nothing_to_find(check, picture):
    assert check(deep=True) == []


def test_a_lost_original_is_told_and_its_image_stays(check, easel, services, owner, picture):
    easel.blobs.delete(picture.blob_key)
    for _ in range(2):
        found = [one for one in check(repair=True) if one.kind == "original_missing"]
        assert [one.subject for one in found] == [f"image {picture.id}"]
        assert not found[0].is_repaired
        assert not found[0].is_repairable
    assert services.images.own_image(picture.id, owner).id == picture.id


def test_all_images_that_share_a_lost_original_are_named(check, easel, services, owner, picture):
    twin = services.images.add_image(owner, png(900, 700, b"\x20\x60\xa0"))
    easel.blobs.delete(picture.blob_key)
    subjects = {one.subject for one in check() if one.kind == "original_missing"}
    assert subjects == {f"image {picture.id}", f"image {twin.id}"}


def test_an_original_of_another_size_is_told(check, easel, picture):
    with easel.blobs.open_path(picture.blob_key).open("ab") as file:
        file.write(b"more")
    assert kinds(check(repair=True)) == ["original_size"]


def test_only_a_deep_check_sees_other_bytes_of_the_same_size(check, easel, picture):
    path = easel.blobs.open_path(picture.blob_key)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert check() == []
    assert kinds(check(deep=True)) == ["original_damaged"]


def test_missing_masters_are_made_anew(check, easel, picture):
    assert picture.masters
    before = {key: easel.blobs.get(key) for key in picture.masters.values()}
    for key in before:
        easel.blobs.delete(key)
    assert kinds(check()) == ["masters_missing"]
    assert not easel.blobs.exists(next(iter(before)))
    (found,) = check(repair=True)
    assert found.is_repaired
    assert {key: easel.blobs.get(key) for key in before} == before
    assert check() == []


def test_masters_without_an_original_are_not_made(check, easel, picture):
    for key in (picture.blob_key, *picture.masters.values()):
        easel.blobs.delete(key)
    assert kinds(check(repair=True)) == ["original_missing"]


def test_an_old_file_without_an_image_is_removed(check, stray):
    assert kinds(check()) == ["stray_file"]
    assert stray.exists()
    assert [one.is_repaired for one in check(repair=True)] == [True]
    assert not stray.exists()
    assert check() == []


def test_a_young_file_without_an_image_is_left_alone(check, stray):
    age(stray, 60)
    assert check(repair=True) == []
    assert stray.exists()


def test_a_wrong_count_of_images_is_corrected(check, easel, services, owner, picture):
    services.images.delete_image(picture.id, owner)
    services.images.add_image(owner, png(40, 30, b"abc"))
    with easel.database.writing() as session:
        session.execute(update(User).where(User.id == owner.id).values(image_count=41))
    (found,) = check()
    assert (found.kind, found.subject) == ("wrong_count", "user owner")
    assert "41 images are counted, and there are 1" in found.problem
    assert check(repair=True)[0].is_repaired
    assert check() == []
    assert easel.database.look_up(select(User.image_count)) == 1


def test_rows_that_point_nowhere_are_deleted(check, easel, settings, owner, picture):
    with easel.database.writing() as session:
        image_id = session.scalars(select(Image.id)).one()
        session.add(ImageTag(image_id=image_id, tag="kept", owner_id=owner.id))
    without_checks(settings, "insert into image_tag values (4711, 'lost', ?)", owner.id)
    (found,) = check()
    assert (found.kind, found.subject) == ("dangling_row", "image_tag 4711/lost")
    assert "Its image_id is 4711, and there is no such image." in found.problem
    assert check(repair=True)[0].is_repaired
    assert check() == []
    with easel.database.reading() as session:
        assert session.scalars(select(ImageTag.tag)).all() == ["kept"]


def test_the_row_of_a_picture_is_never_deleted(check, easel, settings, picture):
    without_checks(settings, "update image set owner_id = ?, generation_id = 99", 4711)
    found = {one.problem.split()[1]: one for one in check(repair=True)}
    assert found["generation_id"].is_repaired
    assert not found["owner_id"].is_repaired
    with easel.database.reading() as session:
        row = session.scalars(select(Image)).one()
    assert (row.uid, row.generation_id) == (picture.id, None)


def test_renditions_of_what_is_gone_are_removed(check, settings, services, rendered):
    assert services.purger.unclaimed() == {}
    without_checks(settings, "delete from image where uid = ?", rendered.id)
    assert services.purger.unclaimed()[rendered.digest] > 0
    found = [one for one in check(repair=True) if one.kind == "stray_renditions"]
    assert [one.subject for one in found] == [f"original {rendered.digest}"]
    assert services.purger.unclaimed() == {}


def test_what_crashed_writers_left_is_removed(check, settings):
    part = settings.data_dir / ".incoming" / "abc"
    part.write_bytes(b"half")
    assert check() == []
    age(part)
    assert kinds(check()) == ["leftover"]
    assert [one.is_repaired for one in check(repair=True)] == [True]
    assert not part.exists()


def test_a_check_beside_uploads_and_purges_finds_nothing(check, services, owner):
    done = threading.Event()

    def work(mark):
        number = 0
        while not done.is_set():
            number += 1
            data = png(60, 40, bytes([mark, number % 256, 9]))
            services.images.purge(services.images.add_image(owner, data).id, owner)

    workers = [threading.Thread(target=work, args=(mark,)) for mark in range(2)]
    for worker in workers:
        worker.start()
    try:
        assert [check(repair=True, deep=True) for _ in range(3)] == [[], [], []]
    finally:
        done.set()
        for worker in workers:
            worker.join()


@pytest.mark.parametrize("repair", [False, True])
def test_files_for_web_servers_of_private_pictures_are_found(check, easel, picture, repair):
    folder = easel.data.root / "public"
    folder.mkdir(exist_ok=True)
    assert easel.shown.files.put(picture.id, "w640.webp", b"x", lambda: True)
    (found,) = check(repair=repair)
    assert (found.kind, found.subject) == ("shown_file", f"image {picture.id}")
    assert easel.shown.files.has(picture.id, "w640.webp") is not repair


def without_checks(settings, statement, *values):
    """Do what the database would refuse, as a broken disk might."""
    with closing(sqlite3.connect(settings.data_dir / "easel.db", timeout=20)) as database:
        database.execute("pragma foreign_keys = off")
        database.execute(statement, values)
        database.commit()
