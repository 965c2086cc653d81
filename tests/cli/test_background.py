from dataclasses import replace

import pytest
from sqlalchemy import update

from webapp.app import easel_of
from webapp.cli.background import _housekeeping, serving_worker
from webapp.jobs import HueyRunner
from webapp.models import Image
from webapp.providers.plain import png
from webapp.settings import Settings


@pytest.fixture
def settings(tmp_path):
    folder = tmp_path / "shown"
    folder.mkdir()
    return Settings(data_dir=tmp_path / "data", nginx_dir=folder)


@pytest.fixture
def easel(app):
    """Return the wired parts of the app, not the command."""
    return easel_of(app)


@pytest.fixture
def shown(services, owner, anonymous):
    """Return a picture that is public, and lies there as a file."""
    picture = services.images.add_image(owner, png(40, 30, b"\x20\x60\xa0"))
    services.images.set_visibility(picture.id, owner, "public")
    assert anonymous.get(f"/t/small/{picture.id}.png").status_code == 200
    return picture


@pytest.fixture
def files(settings):
    def files():
        found = (settings.nginx_dir / "public").glob("*/*/*")
        return sorted(path.parent.name for path in found if path.is_file())

    return files


def tidy(easel):
    (task,) = [task for task in _housekeeping(easel) if task.name == "tidying the files for nginx"]
    task.function()


def test_the_files_of_a_picture_go_that_a_crash_has_left_there(
    easel, services, owner, anonymous, shown, files
):
    other = services.images.add_image(owner, png(40, 30, b"abc"))
    services.images.set_visibility(other.id, owner, "public")
    anonymous.get(f"/t/small/{other.id}.png")
    with easel.database.writing() as session:
        session.execute(update(Image).where(Image.uid == shown.id).values(visibility="private"))
    assert files() == sorted([shown.id, other.id])
    tidy(easel)
    assert files() == [other.id]


def test_the_files_are_kept_within_the_limit_of_the_cache(easel, shown, files):
    tidy(easel)
    assert files() == [shown.id]
    tidy(replace(easel, settings=replace(easel.settings, cache_max_bytes=1)))
    assert files() == []


def test_a_server_begins_without_files(easel, shown, files, tmp_path):
    assert files() == [shown.id]
    worker = serving_worker(replace(easel, runner=HueyRunner(tmp_path / "queue.db")))
    assert files() == []
    del worker


def test_purging_all_renditions_takes_all_files_away(services, shown, files):
    assert files() == [shown.id]
    services.purger.everything()
    assert files() == []
