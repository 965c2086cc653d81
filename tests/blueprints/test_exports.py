import io
import re
import zipfile

import pytest

from tests.services.takeout.library import furnish, read_back
from webapp.services.exports.outlets import AT_ONCE


@pytest.fixture
def ids(easel, services, owner):
    return furnish(easel, owner)


def opened(answer):
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.content_length is None
    assert answer.headers["Cache-Control"] == "private, no-store"
    archive = zipfile.ZipFile(io.BytesIO(answer.get_data()))
    assert archive.testzip() is None
    return archive


def name_of(answer):
    [name] = re.findall(r'filename="?([^";]+)', answer.headers["Content-Disposition"])
    return name


def test_the_page_says_what_there_is(browser, ids):
    page = browser.get("/export").get_data(as_text=True)
    assert re.search(r"<dt>Pictures</dt>\s*<dd>\s*6\s*</dd>", page)
    assert re.search(r"<dt>Albums</dt>\s*<dd>\s*2\s*</dd>", page)
    assert "easel import FILE.zip" in page
    assert f'<option value="{ids["album"]}">Water</option>' in page


def test_without_an_album_there_is_no_gallery_to_choose(browser):
    page = browser.get("/export").get_data(as_text=True)
    assert "You have no album yet." in page
    assert "gallery-album" not in page


def test_the_settings_lead_there_and_back(browser):
    assert 'href="/export"' in browser.get("/settings").get_data(as_text=True)
    page = browser.get("/export").get_data(as_text=True)
    assert '<a class="btn quiet" href="/settings">Settings</a>' in page


def test_everything_can_be_saved_and_read_back(browser, services, stranger, ids, tmp_path):
    answer = browser.get("/export/takeout.zip")
    assert re.fullmatch(r"easel-owner-\d{4}-\d\d-\d\d\.zip", name_of(answer))
    (tmp_path / "taken.zip").write_bytes(answer.get_data())
    report = read_back(services, stranger, tmp_path / "taken.zip")
    assert (report.problems, report.added["images"]) == ([], 7)


def test_an_album_can_be_saved(browser, ids):
    answer = browser.get(f"/export/pictures.zip?album={ids['album']}&metadata=full")
    assert name_of(answer) == "Water.zip"
    assert len(opened(answer).namelist()) == 6


def test_all_pictures_can_be_saved_without_prompts(browser, ids):
    with opened(browser.get("/export/pictures.zip?album=&metadata=none")) as archive:
        assert len(archive.namelist()) == 5


def test_a_gallery_can_be_saved(browser, ids):
    answer = browser.get(f"/export/gallery.zip?album={ids['album']}&originals=1")
    assert name_of(answer) == "Water-gallery.zip"
    with opened(answer) as archive:
        names = archive.namelist()
    assert "index.html" in names
    assert sum(name.startswith("originals/") for name in names) == 3


def test_a_selection_is_posted(browser, ids):
    answer = browser.post("/export/images.zip", {"ids": [ids["lake"], ids["photo"]]})
    with opened(answer) as archive:
        assert len(archive.namelist()) == 4


def test_a_selection_of_ten_thousand_can_be_posted(browser, ids):
    wanted = [ids["lake"], *(f"{number:011}" for number in range(9_999))]
    with opened(browser.post("/export/images.zip", {"ids": wanted})) as archive:
        assert "MISSING.txt" in archive.namelist()


def test_a_selection_without_the_token_of_the_page_is_refused(browser, ids):
    answer = browser.client.post("/export/images.zip", data={"ids": [ids["lake"]]})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/export/pictures.zip?metadata=some", 400),
        ("/export/pictures.zip?album=Fyj5NgQL7r7", 404),
        ("/export/gallery.zip", 404),
        ("/export/gallery.zip?album=Fyj5NgQL7r7", 404),
    ],
)
def test_what_can_not_be_is_refused_before_anything_is_sent(browser, ids, path, status):
    assert browser.get(path).status_code == status


def test_nothing_chosen_is_refused(browser):
    assert browser.post("/export/images.zip").status_code == 400


def test_others_get_their_own_things_alone(stranger_browser, ids):
    assert stranger_browser.get(f"/export/pictures.zip?album={ids['album']}").status_code == 404
    assert stranger_browser.get(f"/export/gallery.zip?album={ids['album']}").status_code == 404
    with opened(stranger_browser.get("/export/takeout.zip")) as archive:
        assert not [name for name in archive.namelist() if name.startswith("originals/")]
    with opened(stranger_browser.post("/export/images.zip", {"ids": [ids["lake"]]})) as archive:
        assert archive.namelist() == ["MISSING.txt"]


@pytest.mark.parametrize("name", ["", "/takeout.zip", "/pictures.zip", "/gallery.zip"])
def test_whoever_is_not_signed_in_is_asked_to(anonymous, name):
    assert anonymous.get(f"/export{name}").status_code == 303


def test_few_leave_at_a_time_and_each_makes_room(browser, services, ids):
    leaving = [browser.get("/export/takeout.zip", buffered=False) for _ in range(AT_ONCE)]
    refused = browser.get("/export/takeout.zip")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
    for answer in leaving:
        answer.close()
    with browser.get("/export/takeout.zip") as answer:
        assert answer.status_code == 200
