import json
import os

import pytest

from tests.imaging.pictures import encoded, noise
from tests.services.uploads.archives import zipped
from webapp.app import create_app, easel_of
from webapp.jobs import NullRunner
from webapp.providers.plain import PlainProvider, png
from webapp.services.library import albums
from webapp.settings import Settings


@pytest.fixture
def services(data):
    """Return the services of the same data directory, as a server beside the command has them."""
    settings = Settings(data_dir=data)
    app = create_app(settings, runner=NullRunner(), providers={"plain": PlainProvider()})
    with app.app_context():
        services = easel_of(app).services
        services.accounts.ensure_owner()
        yield services
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def owner(services):
    return services.accounts.named("owner")


@pytest.fixture
def folder(tmp_path):
    """Return a folder with three pictures, one of them twice, and much that is none."""
    folder = tmp_path / "pictures"
    (folder / "below" / ".hidden").mkdir(parents=True)
    (folder / "one.png").write_bytes(png(9, 9, b"abc"))
    (folder / "below" / "two.JPG").write_bytes(encoded(noise(40, 30), "JPEG"))
    (folder / "below" / "one again.png").write_bytes(png(9, 9, b"abc"))
    (folder / "below" / ".hidden" / "x.png").write_bytes(png(9, 9, b"abd"))
    (folder / ".x.png").write_bytes(png(9, 9, b"abd"))
    (folder / "notes.txt").write_text("text")
    (folder / "link.png").symlink_to(folder / "one.png")
    (folder / "all.zip").write_bytes(zipped({"a/three.png": png(9, 9, b"abe")}))
    return folder


def names(services, owner):
    return sorted(item.filename for item in services.images.get_images(owner).pictures)


def test_folders_are_searched_and_archives_opened(easel, services, owner, folder):
    outcome = easel("import", str(folder))
    assert (outcome.status, outcome.out) == (0, "imported 3, duplicates 1, failed 0\n")
    kept = names(services, owner)
    assert len(kept) == 3
    assert {"two.JPG", "three.png"} < set(kept)


def test_what_is_there_already_is_counted(easel, folder):
    easel("import", str(folder))
    assert easel("import", str(folder)).out == "imported 0, duplicates 4, failed 0\n"


def test_failures_are_listed_by_name_and_end_with_1(easel, services, owner, folder):
    (folder / "torn.png").write_bytes(png(9, 9, b"abf")[:40])
    (folder / "bad.zip").write_bytes(zipped({"b/x.png": b"text"}))
    outcome = easel("import", str(folder), str(folder / "missing.png"), "http://127.0.0.1/a.png")
    assert outcome.status == 1
    assert outcome.out == "imported 3, duplicates 1, failed 4\n"
    assert f"{folder}/torn.png: This is not a picture" in outcome.err
    assert f"{folder}/bad.zip: x.png: This is not a picture" in outcome.err
    assert f"{folder}/missing.png: There is no such file." in outcome.err
    assert "http://127.0.0.1/a.png: This address leads into a private network" in outcome.err


@pytest.mark.parametrize("option", [[], ["--json"], ["--dry-run"]])
def test_a_folder_without_pictures_is_told(easel, tmp_path, option):
    (tmp_path / "empty").mkdir()
    outcome = easel("import", str(tmp_path / "empty"), *option)
    assert (outcome.status, outcome.out) == (1, "")
    assert f"There are no pictures in {tmp_path}/empty." in outcome.err


def test_an_archive_without_pictures_has_failed(easel, tmp_path):
    (tmp_path / "empty.zip").write_bytes(zipped({}))
    outcome = easel("import", str(tmp_path / "empty.zip"))
    assert (outcome.status, outcome.out) == (1, "imported 0, duplicates 0, failed 1\n")
    assert "empty.zip: There are no pictures in this archive." in outcome.err


def test_a_file_that_is_named_is_taken_whatever_it_is_called(easel, folder):
    (folder / "one.png").rename(folder / "picture")
    assert easel("import", str(folder / "picture")).out.startswith("imported 1,")


def test_a_pipe_is_not_waited_for(easel, tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    outcome = easel("import", str(tmp_path / "pipe.png"))
    assert (outcome.status, outcome.err.split(": ")[-1]) == (1, "This is no file.\n")


def test_it_can_be_read_by_programs(easel, services, owner, folder):
    told = json.loads(easel("import", str(folder), "--json").out)
    assert [len(told[name]) for name in ("imported", "duplicates", "failed")] == [3, 1, 0]
    ids = {item["id"] for item in told["imported"]}
    assert ids == {item.id for item in services.images.get_images(owner).pictures}


def test_nothing_is_kept_in_a_dry_run(easel, services, owner, folder):
    outcome = easel("import", str(folder), "--dry-run")
    assert outcome.out.splitlines()[-1] == "would import 4, archives counted as one"
    assert names(services, owner) == []


def test_they_come_into_an_album_and_get_tags(easel, services, owner, folder):
    for _ in range(2):  # the second time the album is there
        easel("import", str(folder), "--album", "Summer", "--tag", "Sea", "--tag", "2026")
    ((album, title),) = services.library.albums.titles(owner).items()
    assert title == "Summer"
    kept = services.images.get_images(owner).pictures
    assert {item.id for item in services.library.contents.page(album, owner).pictures} == {
        item.id for item in kept
    }
    assert {item.tag: item.count for item in services.library.tags.page(owner).tags} == {
        "sea": 3,
        "2026": 3,
    }


def test_an_album_may_be_named_by_its_id(easel, services, owner, folder):
    album = services.library.albums.create(owner, "Summer")
    easel("import", str(folder), "--album", album.id)
    assert len(services.library.contents.page(album.id, owner).pictures) == 3
    assert len(services.library.albums.titles(owner)) == 1


def test_a_tag_that_is_none_is_told_before_the_work(easel, services, owner, folder):
    assert easel("import", str(folder), "--tag", "x" * 500).status == 1
    assert names(services, owner) == []


def test_an_album_that_is_none_is_told_before_the_work(easel, services, owner, folder):
    outcome = easel("import", str(folder), "--album", "a" * 200)
    assert outcome.status == 1
    assert "1 to 120 characters" in outcome.err
    assert names(services, owner) == []


def test_an_album_is_found_by_its_title_however_old_it_is(
    easel, services, owner, folder, monkeypatch
):
    monkeypatch.setattr(albums, "MOST_OFFERED", 1)
    old, _new = (services.library.albums.create(owner, title).id for title in ("Summer", "Winter"))
    easel("import", str(folder), "--album", " Summer ")
    assert len(services.library.contents.page(old, owner).pictures) == 3


def test_a_picture_that_can_t_have_the_tag_has_failed_and_the_rest_is_labelled(
    easel, services, owner, folder
):
    full = services.images.add_image(owner, png(9, 9, b"abc")).id
    services.library.tags.set(full, owner, map(str, range(50)))
    outcome = easel("import", str(folder), "--tag", "sea", "--album", "Summer", "--json")
    told = json.loads(outcome.out)
    assert outcome.status == 1
    assert {item["error"] for item in told["failed"]} == {
        "It is in the gallery, without these tags. A picture has at most 50 tags."
    }
    assert len(told["imported"]) == 2
    counts = {item.tag: item.count for item in services.library.tags.page(owner).tags}
    assert counts["sea"] == 2


def test_they_may_be_for_somebody_else(easel, services, owner, folder):
    charlie = services.accounts.create("charlie", password="charlie's password")
    easel("import", str(folder), "--user", "charlie")
    assert (len(names(services, charlie)), names(services, owner)) == (3, [])
