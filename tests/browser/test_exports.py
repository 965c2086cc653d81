"""The page of exports and static galleries, in a real browser."""

import zipfile

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.conftest import DEVICES
from tests.browser.export_steps import hang
from tests.browser.steps import open_gallery
from tests.browser.test_accessibility import overflowing

pytestmark = pytest.mark.browser


@pytest.fixture
def shown(studio, person):
    """Return the ids of some pictures of a person, which are there."""
    started = studio.paint(person, "A calm sea", count=3)
    return [studio.finished(picture, person).id for picture in started]


def check(page):
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
    assert overflowing(page) == {}


@pytest.mark.parametrize("device", DEVICES, indirect=True)
def test_the_page_is_accessible_and_fits_any_width(page, studio, person, shown, device):
    studio.easel.services.library.albums.create(person, "Lakes")
    open_gallery(page, studio, "/export")
    expect(page.get_by_role("heading", name="Your data")).to_be_visible()
    check(page)


def test_everything_is_saved_with_a_click(page, studio, person, shown, tmp_path):
    open_gallery(page, studio, "/export")
    with page.expect_download() as saving:
        page.get_by_role("link", name="Save everything").click()
    saving.value.save_as(tmp_path / "taken.zip")
    with zipfile.ZipFile(tmp_path / "taken.zip") as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert {f"originals/{uid}.png" for uid in shown} <= set(names)


@pytest.mark.parametrize("device", DEVICES, indirect=True)
@pytest.mark.parametrize("metadata", ["full", "none"])
def test_a_gallery_in_a_folder_is_accessible(
    browsers, studio, person, shown, device, metadata, tmp_path
):
    folder = hang(studio, person, shown, tmp_path / "gallery", metadata)
    page = browsers.open("file:///", device).new_page()
    page.goto((folder / "index.html").as_uri())
    check(page)
    page.get_by_role("link").nth(1).click()
    expect(page.get_by_role("link", name="Previous")).to_be_visible()
    check(page)
    page.get_by_role("link", name="November sketches").click()
    expect(page.get_by_role("heading", name="November sketches")).to_be_visible()
