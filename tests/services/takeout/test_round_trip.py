import json

import pytest

from tests.servers import postgres_url
from tests.services.takeout.library import (
    another_easel,
    files_of,
    furnish,
    packed,
    read_back,
    take_out,
)
from webapp.app import create_app, easel_of
from webapp.cli.session import upgrade_database
from webapp.jobs import NullRunner
from webapp.providers.plain import PlainProvider, png
from webapp.services.takeout.records import MANIFEST
from webapp.services.webhooks.events import EVENTS
from webapp.settings import Settings

NOTHING: dict[str, int] = {}
ALL = {"images": 7, "generations": 4, "templates": 1, "albums": 2}


@pytest.fixture
def ids(easel, services, owner):
    return furnish(easel, owner)


@pytest.fixture
def folder(services, owner, ids, tmp_path):
    take_out(services, owner, tmp_path / "taken")
    return tmp_path / "taken"


@pytest.fixture
def other(tmp_path, empty_database):
    with another_easel(tmp_path / "other", empty_database) as easel:
        yield easel


@pytest.fixture
def theirs(other):
    return other.services.accounts.named("owner")


def same_but_for_the_date(one, two):
    first, second = files_of(one), files_of(two)
    manifests = [json.loads(files.pop(MANIFEST)) for files in (first, second)]
    assert all(manifest.pop("created") for manifest in manifests)
    assert manifests[0] == manifests[1]
    assert first == second


def test_a_library_that_was_read_back_is_taken_out_again_to_the_byte(
    folder, other, theirs, tmp_path
):
    report = read_back(other.services, theirs, folder)
    assert (report.problems, report.added, report.known) == ([], ALL, NOTHING)
    take_out(other.services, theirs, tmp_path / "again")
    same_but_for_the_date(folder, tmp_path / "again")


def test_so_it_is_by_a_zip_that_was_streamed(services, owner, ids, folder, other, theirs, tmp_path):
    archive = tmp_path / "taken.zip"
    archive.write_bytes(b"".join(services.takeouts.writer.zip(owner)))
    assert read_back(other.services, theirs, archive).problems == []
    take_out(other.services, theirs, tmp_path / "again")
    same_but_for_the_date(folder, tmp_path / "again")


def test_a_folder_that_somebody_packed_can_be_read(folder, other, theirs, tmp_path):
    report = read_back(other.services, theirs, packed(folder, tmp_path / "packed.zip"))
    assert (report.problems, report.added) == ([], ALL)


def test_postgresql_keeps_an_equal_library(folder, tmp_path):
    with postgres_url() as url:
        app = create_app(
            Settings(data_dir=tmp_path / "other", database_url=url),
            runner=NullRunner(),
            providers={"plain": PlainProvider()},
        )
        upgrade_database(app)
        with app.app_context():
            services = easel_of(app).services
            services.accounts.ensure_owner()
            theirs = services.accounts.named("owner")
            assert read_back(services, theirs, folder).added == ALL
            assert read_back(services, theirs, folder).added == NOTHING
            take_out(services, theirs, tmp_path / "again")
            app.extensions["sqlalchemy"].engine.dispose()
    same_but_for_the_date(folder, tmp_path / "again")


def test_what_was_read_back_can_be_seen_and_counted(folder, ids, other, theirs):
    read_back(other.services, theirs, folder)
    services = other.services
    assert services.gallery.count(theirs) == 6
    assert services.changes.version(theirs) > 0
    shown = services.images.get_images(theirs).pictures
    assert [picture.id for picture in shown][-1] == ids["photo"]
    photo = services.images.own_image(ids["photo"], theirs)
    assert (photo.focal, photo.filename, bool(photo.preview)) == ((0.25, 0.75), "küche <1>.jpg", 1)
    plan = services.renditions.by_preset(photo, "w160", "webp")
    assert services.renditions.make(plan).data[8:12] == b"WEBP"
    assert [item.id for item in services.gallery.trash(theirs).page.pictures] == [ids["thrown"]]
    parents = services.lineage.of(services.images.own_image(ids["first"], theirs))
    assert {item.id for item in parents.relatives} >= {ids["boat"], ids["lake"]}
    template = services.prompts.template(ids["template"], theirs)
    assert (template.version, template.sample.id) == (3, ids["lake"])


def test_what_is_read_back_is_no_news_to_webhooks(folder, other, theirs):
    webhooks = other.services.webhooks
    hook, _ = webhooks.shelf.create(theirs, "https://hooks.example", list(EVENTS))
    assert read_back(other.services, theirs, folder).added == ALL
    assert webhooks.log.page(hook.id, theirs).deliveries == ()


def test_reading_again_changes_nothing(folder, other, theirs):
    read_back(other.services, theirs, folder)
    version = other.services.changes.version(theirs)
    report = read_back(other.services, theirs, folder)
    assert (report.added, report.known, report.problems) == (NOTHING, ALL, [])
    assert other.services.changes.version(theirs) == version


def test_one_who_reads_what_they_have_already_changes_nothing(services, owner, folder, tmp_path):
    assert read_back(services, owner, folder).added == NOTHING
    take_out(services, owner, tmp_path / "again")
    same_but_for_the_date(folder, tmp_path / "again")


class TestIdsThatAreNotFree:
    def test_somebody_elses_library_is_never_touched(
        self, services, owner, stranger, ids, folder, tmp_path
    ):
        report = read_back(services, stranger, folder)
        assert (report.added, report.problems) == (ALL, [])
        take_out(services, owner, tmp_path / "again")
        same_but_for_the_date(folder, tmp_path / "again")

    def test_what_refers_to_each_other_still_does(self, easel, services, stranger, ids, folder):
        read_back(services, stranger, folder)
        mine = services.images.get_images(stranger).pictures
        assert not {picture.id for picture in mine} & set(ids.values())
        by_prompt = {picture.prompt: picture for picture in mine}
        boat, lake = by_prompt["a boat"], by_prompt["a lake at dawn"]
        [album] = [
            album
            for album in services.library.albums.page(stranger).albums
            if album.title == "Water"
        ]
        assert album.cover.id == lake.id
        inside = services.library.contents.page(album.id, stranger).pictures
        assert [picture.prompt for picture in inside[:2]] == ["a boat", "a lake at dawn"]
        assert lake.id in services.gallery.references_of(boat)
        made_by = services.gallery.generation_of(boat)
        photo = next(picture for picture in mine if picture.filename)
        assert made_by.variables == {"place": "lake", "picture": photo.id}
        template = services.prompts.template(made_by.template, stranger)
        assert (template.is_own, template.sample.id) == (True, lake.id)

    def test_reading_again_finds_what_got_new_ids(self, services, stranger, folder):
        read_back(services, stranger, folder)
        report = read_back(services, stranger, folder)
        assert (report.added, report.known, report.problems) == (NOTHING, ALL, [])

    def test_what_was_purged_comes_back_under_a_new_id(self, services, owner, ids, folder):
        services.images.purge(ids["lake"], owner)
        report = read_back(services, owner, folder)
        assert report.added == {"images": 1, "generations": 1, "albums": 1}
        [lake] = [
            picture
            for picture in services.images.get_images(owner).pictures
            if picture.prompt == "a lake at dawn"
        ]
        assert lake.id != ids["lake"]
        assert services.gallery.generation_of(lake).prompt == "a lake at dawn"
        inside = services.library.contents.page(ids["album"], owner).pictures
        assert lake.id in [picture.id for picture in inside]
        assert read_back(services, owner, folder).added == NOTHING

    def test_what_was_taken_out_of_an_album_stays_out(self, services, owner, ids, folder):
        services.library.contents.remove(ids["album"], owner, [ids["lake"]])
        read_back(services, owner, folder)
        inside = services.library.contents.page(ids["album"], owner).pictures
        assert [picture.id for picture in inside] == [ids["boat"], ids["photo"]]


class TestFolder:
    def test_a_second_take_out_writes_what_is_new_alone(self, services, owner, folder):
        before = {path: path.stat().st_ino for path in folder.glob("originals/*")}
        added = services.images.add_image(owner, png(12, 12, b"\7\7\7"), prompt="new")
        tally = take_out(services, owner, folder)
        after = {path: path.stat().st_ino for path in folder.glob("originals/*")}
        assert {path.stem for path in after.keys() - before.keys()} == {added.id}
        assert before.items() <= after.items()
        assert tally.counts["originals"] == 7
