import json
import os
import time

import pytest
from sqlalchemy import delete

from webapp.app import create_app, easel_of
from webapp.jobs import NullRunner
from webapp.models import Image
from webapp.providers.plain import PlainProvider, png
from webapp.settings import Settings

HOURS = 2 * 3600


@pytest.fixture
def parts(data):
    """Return the parts of the same data directory, as a server beside the command has them."""
    app = create_app(
        Settings(data_dir=data), runner=NullRunner(), providers={"plain": PlainProvider()}
    )
    with app.app_context():
        parts = easel_of(app)
        parts.services.accounts.ensure_owner()
        yield parts
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def picture(parts):
    owner = parts.services.accounts.named("owner")
    return parts.services.images.add_image(owner, png(900, 700, b"\x20\x60\xa0"))


@pytest.fixture
def stray(parts, picture):
    path = parts.blobs.open_path(parts.blobs.put(png(30, 20, b"stray"), "png").key)
    then = time.time() - HOURS
    os.utime(path, (then, then))
    return path


@pytest.fixture
def lost(parts, data, picture):
    """Return originals whose database is lost, another one having taken its place."""
    owner = parts.services.accounts.named("owner")
    for shade in range(3):
        parts.services.images.add_image(owner, png(30, 20, bytes([shade, 60, 90])))
    files = [path for path in (data / "originals").rglob("*") if path.is_file()]
    then = time.time() - HOURS
    for path in files:
        os.utime(path, (then, then))
    with parts.database.writing() as session:
        session.execute(delete(Image))
    return files


@pytest.mark.parametrize("command", [("gc",), ("gc", "--json"), ("fsck", "--repair")])
def test_originals_outlive_the_loss_of_their_database(easel, lost, command):
    outcome = easel(*command)
    assert outcome.status == 1
    assert "Nothing was changed: 4 of 4 originals belong to no image" in outcome.err
    assert all(path.exists() for path in lost)
    easel(*command, "--force")
    assert not any(path.exists() for path in lost)


class TestFsck:
    def test_it_says_that_all_is_well(self, easel, picture):
        outcome = easel("fsck", "--deep")
        assert (outcome.status, outcome.out) == (0, "Everything is as it should be.\n")

    def test_it_tells_what_repair_would_do_and_ends_with_1(self, easel, stray):
        outcome = easel("fsck")
        assert outcome.status == 1
        first, last = outcome.out.splitlines()
        assert first.startswith(f"file originals/{stray.parent.parent.name}/")
        assert first.endswith("--repair: It is removed.")
        assert last == "found 1, repaired 0, left 1"
        assert stray.exists()

    def test_it_repairs_and_ends_with_0(self, easel, stray):
        outcome = easel("fsck", "--repair")
        assert outcome.status == 0
        assert outcome.out.startswith("repaired: file originals/")
        assert not stray.exists()

    def test_a_lost_original_can_t_be_repaired(self, easel, parts, picture):
        parts.blobs.delete(picture.blob_key)
        outcome = easel("fsck", "--repair")
        assert outcome.status == 1
        assert f"image {picture.id}: Its original is missing" in outcome.out
        assert "--repair: Only a backup" not in outcome.out

    def test_programs_can_read_it(self, easel, stray):
        outcome = easel("fsck", "--json")
        told = json.loads(outcome.out)
        assert (outcome.status, told["left"]) == (1, 1)
        assert set(told["findings"][0]) == {
            *("kind", "subject", "problem", "remedy", "is_repairable", "is_repaired")
        }


class TestGc:
    def test_it_says_how_many_and_how_many_bytes(self, easel, stray):
        size = stray.stat().st_size
        outcome = easel("gc", "--dry-run")
        assert (outcome.status, outcome.out) == (
            0,
            f"files that no image names: 1, {size} bytes\nwould remove 1 things, {size} bytes\n",
        )
        assert stray.exists()
        assert easel("gc").out.endswith(f"removed 1 things, {size} bytes\n")
        assert not stray.exists()

    def test_it_prunes_the_cache(self, easel, data):
        folder = data / "cache" / "ab"
        folder.mkdir(parents=True)
        expired = folder / ("ab" * 32)
        expired.write_bytes((1).to_bytes(8, "big") + b"old")
        for arguments, is_left in (
            (("gc", "--dry-run", "--json"), True),
            (("gc", "--json"), False),
        ):
            told = json.loads(easel(*arguments).out)
            (item,) = [one for one in told["cleaned"] if one["what"].startswith("cached")]
            assert (item["count"], item["bytes"]) == (1, 4096)
            assert expired.exists() is is_left
