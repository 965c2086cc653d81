"""Files that are gone, cut off, overwritten or empty: the truth is told, and the rest lives on."""

import io
import shutil
import time

import pytest
from PIL import Image as PillowImage

from tests.hostile.asking import IMAGE, Asker
from tests.hostile.told import check, check_refusal
from tests.imaging.pictures import encoded, photo
from webapp.jobs import NullRunner
from webapp.providers.plain import png
from webapp.services.renditions.store import ABSENT_SECONDS

pytestmark = pytest.mark.slow

DAMAGES = {
    "gone": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "cut to a header": lambda path: path.write_bytes(path.read_bytes()[:16]),
    "overwritten": lambda path: path.write_bytes(b"\0" * path.stat().st_size),
    "text": lambda path: path.write_text("nothing to see here"),
    "a bomb": lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\xff" * 60),
}
NEEDS_ORIGINAL, NEEDS_MASTER = "w1280", "w320"
"""Presets that are made from the original, and from a master."""


@pytest.fixture
def runner():
    """Make nothing ahead: what is kept was asked for."""
    return NullRunner()


@pytest.fixture(scope="module")
def photograph():
    return encoded(photo(1980, 1320), "JPEG", quality=85)


@pytest.fixture
def images(services):
    return services.images


@pytest.fixture
def shared(images, owner, photograph):
    picture = images.add_image(owner, photograph)
    return images.set_visibility(picture.id, owner, "unlisted")


@pytest.fixture
def other(images, owner):
    picture = images.add_image(owner, png(300, 200, b"abc"))
    return images.set_visibility(picture.id, owner, "unlisted")


@pytest.fixture
def original(images, shared):
    """Return the file of the picture."""
    return images._blobs.open_path(shared.blob_key)


@pytest.fixture
def masters(images, shared):
    """Return the files of its masters."""
    paths = [images._blobs.open_path(key) for key in shared.masters.values()]
    assert len(paths) == 2
    return paths


@pytest.fixture
def asker(app):
    return Asker(app)


def shown(answer):
    assert answer.status == 200, answer
    with PillowImage.open(io.BytesIO(answer.body)) as image:
        image.load()
        return image.size


damages = pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)


@damages
@pytest.mark.parametrize("accept", ["", IMAGE], ids=["problem", "image"])
def test_a_damaged_original_is_said_in_words_and_kept_by_nobody(
    asker, shared, original, masters, damage, accept
):
    for path in (original, *masters):
        damage(path)
    for preset in (NEEDS_ORIGINAL, NEEDS_MASTER):
        answer = asker.get(f"/t/{preset}/{shared.id}.webp?v={shared.version}", accept)
        assert answer.status in {400, 404, 422}
        check(answer, accept)
        check_refusal(answer, accept, as_image=True)


@damages
def test_a_damaged_original_is_asked_for_again_once_it_is_back(
    asker, shared, original, damage, tmp_path, monkeypatch
):
    shutil.copy(original, tmp_path / "backup")
    damage(original)
    target = f"/t/{NEEDS_ORIGINAL}/{shared.id}.webp?v={shared.version}"
    assert asker.get(target).status >= 400
    shutil.copy(tmp_path / "backup", original)
    later = time.time() + ABSENT_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert shown(asker.get(target)) == (1280, 853)


@damages
def test_a_damaged_original_takes_nothing_away_that_its_masters_give(
    asker, shared, original, damage
):
    damage(original)
    assert shown(asker.get(f"/t/{NEEDS_MASTER}/{shared.id}.webp")) == (320, 213)


@damages
def test_what_was_made_before_the_damage_is_still_there(asker, shared, original, masters, damage):
    target = f"/t/{NEEDS_ORIGINAL}/{shared.id}.webp"
    before = asker.get(target)
    for path in (original, *masters):
        damage(path)
    assert asker.get(target).body == before.body
    assert asker.get(target, method="HEAD").status == 200


@damages
def test_damaged_masters_are_made_up_for_by_the_original(asker, shared, masters, damage):
    for path in masters:
        damage(path)
    assert shown(asker.get(f"/t/{NEEDS_MASTER}/{shared.id}.webp")) == (320, 213)


@damages
def test_the_pages_and_the_other_pictures_live_on(
    asker, browser, shared, other, original, masters, damage
):
    for path in (original, *masters):
        damage(path)
    for page in ("/", f"/images/{shared.id}", f"/images/{shared.id}/embed"):
        answer = browser.get(page)
        assert answer.status_code == 200
        assert shared.id in answer.get_data(as_text=True)
    assert other.id in browser.get("/").get_data(as_text=True)
    assert shown(asker.get(f"/t/{NEEDS_MASTER}/{other.id}.webp")) == (300, 200)


@damages
def test_what_a_rendition_would_be_is_known_all_the_same(
    services, asker, shared, original, masters, damage
):
    for path in (original, *masters):
        damage(path)
    address = services.addresses.sign(f"/meta/w_640/{shared.id}")
    answer = asker.get(address)
    assert (answer.status, b'"width":640' in answer.body) == (200, True)


@damages
def test_a_damaged_picture_can_be_purged(images, owner, asker, shared, original, masters, damage):
    for path in (original, *masters):
        damage(path)
    images.purge(shared.id, owner)
    assert asker.get(f"/t/{NEEDS_MASTER}/{shared.id}.webp").status == 410
    assert not any(path.exists() for path in (original, *masters))


def test_an_original_that_goes_between_look_and_reading_is_no_fault(
    images, asker, shared, masters, original, monkeypatch
):
    for path in masters:
        path.unlink()
    original.unlink()
    # As a purge by another process does it, right after the file was found.
    monkeypatch.setattr(
        type(images._blobs), "open_path", lambda _blobs, key: images._blobs._root / key
    )
    assert asker.get(f"/t/{NEEDS_MASTER}/{shared.id}.webp").status in {404, 410}
