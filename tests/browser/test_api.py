"""The API as people browse it, in a real browser."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import DEVICES
from tests.browser.steps import open_gallery
from tests.browser.test_accessibility import overflowing

pytestmark = pytest.mark.browser

OPEN_ALL = "() => document.querySelectorAll('main details').forEach((one) => { one.open = true; })"


def check(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
    assert overflowing(page) == {}


def order(page: Page) -> Locator:
    """Open the form that starts a generation."""
    action = page.locator("#action-generations-create")
    action.locator("summary").click()
    return action


@pytest.mark.parametrize("device", DEVICES, indirect=True)
@pytest.mark.parametrize("path", ["/api.html", "/api/generations", "/api/models", "/api/docs"])
def test_a_page_is_accessible_and_fits_any_width(page, studio, path):
    open_gallery(page, studio, path)
    page.evaluate(OPEN_ALL)
    check(page)


def test_words_of_code_stay_in_their_sentence(page, studio):
    page.set_viewport_size({"width": 390, "height": 800})
    open_gallery(page, studio, "/api.html")
    words = page.locator(".api-action > summary code")
    expect(words).not_to_have_count(0)
    for word in words.all():
        expect(word).to_have_css("display", "inline")


def test_a_form_makes_a_picture_and_its_links_lead_on(page, studio, person):
    open_gallery(page, studio, "/api.html")
    page.get_by_role("link", name=f"{studio.address}/api/generations", exact=True).click()
    action = order(page)
    action.get_by_label("prompt", exact=True).fill("A lake at dawn")
    action.get_by_role("button").click()
    expect(page.get_by_role("status").filter(has_text="202 Accepted")).to_be_visible()
    page.locator(".api-headers a").click()
    expect(page.get_by_role("status").filter(has_text="200 OK")).to_be_visible()
    assert [picture.prompt for picture in studio.pictures(person)] == ["A lake at dawn"]


def test_a_mistake_is_told_beside_its_field_and_nothing_is_lost(page, studio, watch):
    watch.expect("status of 400")
    open_gallery(page, studio, "/api/generations")
    action = order(page)
    action.get_by_label("prompt", exact=True).fill("A lake at dawn")
    action.get_by_label("count", exact=True).fill("400")
    action.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_contain_text("16")
    expect(page.get_by_label("prompt", exact=True)).to_have_value("A lake at dawn")
    check(page)


def test_the_reference_is_read_without_script(plain_page, studio):
    plain_page.goto(f"{studio.address}/api/docs")
    plain_page.locator("#generations_create > summary").click()
    expect(plain_page.locator("#generations_create")).to_contain_text("curl")
    plain_page.goto(f"{studio.address}/api/models.html")
    expect(plain_page.get_by_label("The answer")).to_contain_text("sketch:sketch-1")
