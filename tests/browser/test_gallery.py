"""The gallery, and a picture over it: nothing twice, nothing lost on the way back."""

import re
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

from tests.browser.steps import READY, colour, open_gallery, open_picture, tile, toast
from tests.browser.watching import settle

pytestmark = pytest.mark.browser

MANY = 150
SCROLL = """
(count) => {
  scrollTo(0, document.documentElement.scrollHeight);
  return document.querySelectorAll('.rows .tile').length >= count;
}
"""


@pytest.fixture
def many(studio, person) -> list[str]:
    """Return the ids of a gallery that is several pages long, newest first."""
    kept = studio.keep(person, colour("teal"))
    return [*studio.fill(person, MANY - 1, like=kept), kept.id]


@pytest.fixture
def three(studio, person) -> list[str]:
    """Return the ids of three pictures, newest first."""
    kept = [studio.keep(person, colour(name)) for name in ("teal", "tan", "navy")]
    return [picture.id for picture in reversed(kept)]


def shown(page) -> list[str]:
    ids = page.locator(".rows .tile").evaluate_all("(tiles) => tiles.map((tile) => tile.id)")
    return [str(uid).removeprefix("image-") for uid in ids]


def scroll_to_the_end(page) -> None:
    page.wait_for_function(SCROLL, arg=MANY)
    settle(page)


def test_scrolling_brings_every_picture_once(studio, page, many):
    open_gallery(page, studio)
    assert len(shown(page)) < MANY
    scroll_to_the_end(page)
    assert sorted(shown(page)) == sorted(many)
    expect(page.locator("#more")).to_have_count(0)


def test_more_links_bring_every_picture_once_without_script(studio, plain_page, many):
    plain_page.goto(studio.address)
    found = shown(plain_page)
    more = plain_page.get_by_role("link", name="More", exact=True)
    while more.count():
        address = urljoin(plain_page.url, str(more.get_attribute("href")))
        more.click()
        plain_page.wait_for_url(address)
        found += shown(plain_page)
    assert len(found) == len(set(found)) == MANY
    plain_page.get_by_role("link", name="Back to the newest").click()
    expect(plain_page.locator("#templates")).to_be_visible()


def test_days_stay_whole_where_pages_meet(studio, page, many):
    open_gallery(page, studio)
    scroll_to_the_end(page)
    days = page.locator(".day h2").all_inner_texts()
    assert len(days) == len(set(days)) >= 3


def test_back_from_a_picture_keeps_the_place_and_the_tiles(studio, page, many):
    open_gallery(page, studio)
    page.wait_for_function(SCROLL, arg=100)
    settle(page)
    there = tile(page, shown(page)[90])
    there.scroll_into_view_if_needed()
    settle(page)
    place, count = page.evaluate("() => scrollY"), len(shown(page))
    open_picture(page, shown(page)[90])
    page.go_back()
    expect(page.locator("#lightbox")).to_be_hidden()
    expect(page).to_have_url(studio.address + "/")
    expect(there.locator(".tile-link")).to_be_focused()
    assert len(shown(page)) == count
    assert abs(page.evaluate("() => scrollY") - place) < 5


def test_forward_opens_the_picture_again(studio, page, three):
    open_gallery(page, studio)
    dialog = open_picture(page, three[1])
    page.go_back()
    expect(dialog).to_be_hidden()
    page.go_forward()
    expect(dialog).to_be_visible()
    expect(dialog.locator(".detail")).to_have_attribute("data-image", three[1])
    expect(page).to_have_url(f"{studio.address}/images/{three[1]}")


@pytest.mark.parametrize("way", ["Escape", "the cross"])
def test_closing_a_picture_returns_to_the_gallery(studio, page, three, way):
    open_gallery(page, studio)
    title = page.title()
    dialog = open_picture(page, three[0])
    assert page.title() != title
    if way == "Escape":
        page.keyboard.press("Escape")
    else:
        dialog.get_by_role("link", name="Close").click()
    expect(dialog).to_be_hidden()
    expect(page).to_have_url(studio.address + "/")
    expect(page).to_have_title(title)


def test_arrow_keys_and_buttons_go_to_the_next_and_the_previous(studio, page, three):
    open_gallery(page, studio)
    dialog = open_picture(page, three[0])
    detail = dialog.locator(".detail")
    expect(dialog.get_by_role("link", name="Newer image")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(detail).to_have_attribute("data-image", three[1])
    settle(page)
    dialog.get_by_role("link", name="Older image").click()
    expect(detail).to_have_attribute("data-image", three[2])
    expect(dialog.get_by_role("link", name="Older image")).to_have_count(0)
    expect(page).to_have_url(f"{studio.address}/images/{three[2]}")
    settle(page)
    page.keyboard.press("ArrowLeft")
    expect(detail).to_have_attribute("data-image", three[1])
    settle(page)
    dialog.get_by_role("link", name="Newer image").click()
    expect(detail).to_have_attribute("data-image", three[0])
    settle(page)
    page.go_back()
    expect(dialog).to_be_hidden()
    expect(page).to_have_url(studio.address + "/")


def test_ctrl_click_opens_a_tab_of_its_own(studio, page, context, three):
    open_gallery(page, studio)
    with context.expect_page() as opened:
        tile(page, three[0]).locator(".tile-link").click(modifiers=["Control"])
    expect(opened.value.locator("main .detail")).to_have_attribute("data-image", three[0])
    expect(page.locator("#lightbox")).to_be_hidden()
    assert page.url == studio.address + "/"


def test_a_picture_has_a_page_of_its_own(studio, page, three):
    open_gallery(page, studio, f"/images/{three[1]}")
    detail = page.locator("main .detail")
    expect(detail).to_have_attribute("data-image", three[1])
    page.keyboard.press("ArrowRight")
    expect(detail).to_have_attribute("data-image", three[2])
    settle(page)
    page.get_by_role("link", name="Close").click()
    expect(page).to_have_url(studio.address + "/")
    expect(page.locator(READY)).to_have_count(3)


def test_escape_leaves_a_picture_s_own_page(studio, page, three):
    open_gallery(page, studio, f"/images/{three[0]}")
    page.keyboard.press("Escape")
    expect(page).to_have_url(studio.address + "/")


def test_a_deleted_picture_comes_back_to_its_place_by_undo(studio, page, three):
    open_gallery(page, studio)
    tile(page, three[1]).hover()
    tile(page, three[1]).get_by_role("button", name="Move to the trash").click()
    expect(page.locator(READY)).to_have_count(2)
    expect(page.locator("#count")).to_have_text("2 images")
    toast(page, "Moved to the trash").get_by_role("button", name="Undo").click()
    expect(page.locator(READY)).to_have_count(3)
    assert shown(page) == three
    expect(page.locator("#count")).to_have_text("3 images")
    expect(toast(page, "Moved to the trash")).to_have_count(0)


def test_a_picture_deleted_in_the_dialog_closes_it_and_can_be_undone(studio, page, three):
    open_gallery(page, studio)
    dialog = open_picture(page, three[1])
    dialog.get_by_role("button", name="Move to the trash").click()
    expect(dialog).to_be_hidden()
    expect(page).to_have_url(studio.address + "/")
    expect(page.locator(READY)).to_have_count(2)
    toast(page, "Moved to the trash").get_by_role("button", name="Undo").click()
    expect(page.locator(READY)).to_have_count(3)
    assert shown(page) == three


def test_a_picture_can_be_deleted_on_its_own_page(studio, page, three):
    open_gallery(page, studio, f"/images/{three[1]}")
    page.get_by_role("button", name="Move to the trash").click()
    expect(page).to_have_url(studio.address + "/")
    expect(toast(page, "Moved to the trash")).to_be_visible()
    expect(page.locator(READY)).to_have_count(2)


def test_the_gallery_can_show_uploads_alone(studio, page, person, three):
    made = studio.painted(person, "A painted hill")[0]
    open_gallery(page, studio)
    page.get_by_role("link", name="Uploads").click()
    expect(page.locator(READY)).to_have_count(3)
    page.get_by_role("link", name="Generated").click()
    expect(page.locator(READY)).to_have_count(1)
    assert shown(page) == [made.id]


def test_the_original_can_be_downloaded(studio, page, three):
    open_gallery(page, studio)
    dialog = open_picture(page, three[0])
    with page.expect_download() as download:
        dialog.get_by_role("link", name="Download").click()
    assert re.fullmatch(rf"kept-{three[0]}\.png", download.value.suggested_filename)


def test_what_is_not_there_is_said_plainly(studio, page, watch):
    watch.expect("status of 404")
    page.goto(f"{studio.address}/images/nothing1234")
    expect(page.get_by_role("heading", level=1)).to_have_text("Not Found")
