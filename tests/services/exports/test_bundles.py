import io
import json
import zipfile

import pytest

from tests.services.takeout.library import furnish
from webapp.errors import InvalidError, NotFoundError
from webapp.imaging.metadata import read_recipe
from webapp.providers.plain import png
from webapp.services.exports.bundles import PROBLEMS
from webapp.services.exports.selection import MOST_IDS


def opened(pieces):
    archive = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    assert archive.testzip() is None
    return archive


@pytest.fixture
def ids(easel, services, owner):
    return furnish(easel, owner)


def test_pictures_come_in_their_order_with_what_they_say(services, owner, ids):
    wanted = [ids["boat"], ids["photo"]]
    with opened(services.exports.bundles.of_ids(owner, wanted)) as archive:
        boat, photo = (f"a_boat-{ids['boat']}.png", f"kuche_1-{ids['photo']}.jpg")
        assert archive.namelist() == [boat, f"{boat}.json", photo, f"{photo}.json"]
        told = json.loads(archive.read(f"{boat}.json"))
        recipe = read_recipe(archive.read(boat))
        assert recipe is not None
        assert recipe.prompt == "a boat"
    assert told["parents"] == [{"id": ids["lake"], "role": "reference"}]
    assert (told["template"], told["template_version"]) == (ids["template"], 2)
    assert (told["albums"], told["tags"], told["model"]) == (["Water"], [], "plain-1")
    assert told["sha256"] == services.images.own_image(ids["boat"], owner).digest


def test_an_album_comes_in_its_order(services, owner, ids):
    with opened(services.exports.bundles.of_album(owner, ids["album"])) as archive:
        names = [name for name in archive.namelist() if not name.endswith(".json")]
    assert [name[-15:-4] for name in names] == [ids["boat"], ids["lake"], ids["photo"]]


def test_everything_is_what_is_finished_and_not_thrown_away(services, owner, ids):
    with opened(services.exports.bundles.everything(owner)) as archive:
        names = {name[-15:-4] for name in archive.namelist() if not name.endswith(".json")}
    assert names == {ids[name] for name in ("photo", "lake", "boat", "first", "second")}


def test_without_prompts_nothing_tells_of_them(services, owner, ids):
    with opened(services.exports.bundles.of_ids(owner, [ids["boat"]], "none")) as archive:
        assert archive.namelist() == [f"easel-{ids['boat']}.png"]
        assert b"boat" not in archive.read(archive.namelist()[0])


def test_the_persons_own_setting_decides(services, owner, ids):
    services.downloads.set_strips(owner, strips=True)
    with opened(services.exports.bundles.everything(owner)) as archive:
        assert not [name for name in archive.namelist() if not name.startswith("easel-")]


def test_what_can_not_be_had_is_told_and_the_others_come(services, owner, easel, stranger, ids):
    secret = services.images.add_image(stranger, png(9, 9, b"\1\1\1"))
    lost = services.images.own_image(ids["lake"], owner)
    broken = services.images.own_image(ids["photo"], owner)
    easel.blobs.open_path(lost.blob_key).unlink()
    easel.blobs.open_path(broken.blob_key).write_bytes(b"no picture any more")
    wanted = [secret.id, lost.id, broken.id, ids["refused"], ids["thrown"], "nonsense", ids["boat"]]
    with opened(services.exports.bundles.of_ids(owner, wanted)) as archive:
        assert len(archive.namelist()) == 3
        told = archive.read(PROBLEMS).decode()
    assert all(f"{uid}: " in told for uid in wanted[:-1])
    assert f"{broken.id}: Its file is damaged" in told
    assert ids["boat"] not in told


def test_more_pages_than_one_come_whole(services, owner, monkeypatch):
    monkeypatch.setattr("webapp.services.exports.selection.AT_ONCE", 2)
    kept = [services.images.add_image(owner, png(9, 9, bytes([n, 0, 0]))).id for n in range(5)]
    with opened(services.exports.bundles.everything(owner, "none")) as archive:
        assert [name[-15:-4] for name in archive.namelist()] == kept
    with opened(services.exports.bundles.of_ids(owner, kept[::-1], "none")) as archive:
        assert [name[-15:-4] for name in archive.namelist()] == kept[::-1]


@pytest.mark.parametrize("uids", [[], ["x"] * 0, [str(n) for n in range(MOST_IDS + 1)]], ids=len)
def test_none_and_too_many_are_refused_before_anything_is_sent(services, owner, uids):
    with pytest.raises(InvalidError, match="from one to 10,000"):
        services.exports.bundles.of_ids(owner, uids)


def test_another_choice_of_metadata_is_refused(services, owner, ids):
    with pytest.raises(InvalidError, match="Metadata is one of full, none"):
        services.exports.bundles.everything(owner, "some")


def test_somebody_elses_album_is_refused(services, stranger, ids):
    with pytest.raises(NotFoundError):
        services.exports.bundles.of_album(stranger, ids["album"])
