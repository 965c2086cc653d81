"""The same on PostgreSQL: what a check asks, and that files are removed beside other writers."""

import pytest

from tests.servers import postgres_url
from tests.services.upkeep.conftest import age
from webapp.app import create_app, easel_of
from webapp.cli.session import upgrade_database
from webapp.jobs import NullRunner
from webapp.providers.plain import PlainProvider, png
from webapp.services.upkeep.backup import Backup, source_of
from webapp.services.upkeep.checking import Checker
from webapp.services.upkeep.cleaning import Cleaner
from webapp.settings import Settings

pytestmark = pytest.mark.slow


@pytest.fixture
def easel(tmp_path):
    with postgres_url() as url:
        app = create_app(
            Settings(data_dir=tmp_path / "data", database_url=url),
            runner=NullRunner(),
            providers={"plain": PlainProvider()},
        )
        upgrade_database(app)
        with app.app_context():
            easel_of(app).services.accounts.ensure_owner()
            yield easel_of(app)
            app.extensions["sqlalchemy"].engine.dispose()


class Names:
    """An archive that only remembers names."""

    def __init__(self):
        self.names = []

    def add(self, name, source):
        self.names.append(name)
        return name[-68:-4]


def test_a_check_finds_and_repairs(easel):
    services = easel.services
    owner = services.accounts.named("owner")
    picture = services.images.add_image(owner, png(900, 700, b"\x20\x60\xa0"))
    checker = Checker(
        easel.database, easel.blobs, easel.shown.files, services.purger, max_pixels=10**8
    )
    assert not any(checker.check(deep=True))
    for key in picture.masters.values():
        easel.blobs.delete(key)
    stray = easel.blobs.open_path(easel.blobs.put(png(30, 20, b"stray"), "png").key)
    age(stray)
    found = [one for step in checker.check(repair=True) for one in step]
    assert {one.kind for one in found} == {"masters_missing", "stray_file"}
    assert all(one.is_repaired for one in found)
    assert not any(checker.check())


def test_cleaning_and_the_files_of_a_backup(easel, tmp_path):
    services = easel.services
    owner = services.accounts.named("owner")
    picture = services.images.add_image(owner, png(90, 70, b"\x20\x60\xa0"))
    assert (
        sum(item.count for item in Cleaner(easel.database, easel.blobs, services.purger).clean())
        == 0
    )
    archive = Names()
    with source_of(easel.database, tmp_path) as source:
        assert source.path is None
        work = Backup(source, easel.blobs, masters=True)
        assert len(list(work.originals(archive))) == source.originals() == 1
    assert archive.names == [picture.blob_key, *picture.masters.values()]
    assert work.tally.images == 1
