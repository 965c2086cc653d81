import pytest

from webapp.providers.plain import png
from webapp.services.upkeep.backup import Backup, source_of


@pytest.fixture
def backed_up(easel, tmp_path):
    """Return a function that tells what came of a backup, during which something happens."""

    def back_up(happens):
        with source_of(easel.database, tmp_path) as source:
            backup = Backup(source, easel.blobs, masters=False)
            happens()
            list(backup.originals(Nowhere()))
        return backup.tally

    return back_up


class Nowhere:
    """An archive of which nothing is left."""

    def add(self, name, source):
        with source.open("rb"):
            return name[-68:-4]


def test_what_is_deleted_for_good_meanwhile_is_not_missing(backed_up, services, owner, picture):
    tally = backed_up(lambda: services.images.purge(picture.id, owner))
    assert tally.images == 1
    assert tally.is_whole


def test_what_an_image_still_has_is_missing(backed_up, easel, services, owner, picture):
    services.images.add_image(owner, png(30, 20, b"abc"))
    tally = backed_up(lambda: easel.blobs.delete(picture.blob_key))
    assert tally.missing == [picture.digest]
    assert not tally.is_whole
