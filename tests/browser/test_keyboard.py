"""By keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import colour, open_gallery, prompt_of, tile, toast
from tests.browser.watching import settle
from webapp.web.shell import PLACES

pytestmark = pytest.mark.browser

FOCUSED = """
() => {
  const it = document.activeElement;
  return (it.getAttribute('aria-label') ?? it.labels?.[0]?.innerText ?? it.innerText).trim();
}
"""


@pytest.fixture
def three(studio, person) -> list[str]:
    """Return the ids of three pictures, newest first."""
    kept = [studio.keep(person, colour(name)) for name in ("teal", "tan", "navy")]
    return [picture.id for picture in reversed(kept)]


def tabbed(page: Page, last: str, most: int = 60) -> list[str]:
    """Press Tab until something has the focus, and return what had it on the way."""
    names: list[str] = []
    while last not in names and len(names) < most:
        page.keyboard.press("Tab")
        names.append(page.evaluate(FOCUSED))
    return names


def test_tab_goes_from_the_skip_link_over_the_places_to_the_composer(studio, page, three):
    open_gallery(page, studio)
    names = tabbed(page, "Generate")
    places = [label for _, label, _ in PLACES]
    assert places[0] == "Gallery"
    wanted = ["Skip to the content", "Easel", *places]
    assert names[: len(wanted)] == wanted
    assert names[-1] == "Generate"
    assert "Describe an image" in names
    assert names.count("Open: kept.png") == 3


def test_the_skip_link_shows_and_leads_past_the_places(studio, page, three):
    open_gallery(page, studio)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_what_has_the_focus_is_never_under_the_bars(studio, page, person):
    kept = studio.keep(person, colour("teal"))
    studio.fill(person, 40, like=kept, days=1)
    open_gallery(page, studio)
    covered = """
    () => {
      const it = document.activeElement;
      const { x, y, width, height } = it.getBoundingClientRect();
      const top = document.elementFromPoint(x + width / 2, y + height / 2);
      return top && !it.contains(top) && !top.contains(it) ? top.className : '';
    }
    """
    for _ in range(70):
        page.keyboard.press("Tab")
        if page.evaluate("() => Boolean(document.activeElement.closest('.composer'))"):
            break
        assert page.evaluate(covered) in ("", "full", "lqip", "tile-prompt", "tile-bar")


@pytest.mark.parametrize("keys", [("j", "k"), ("ArrowRight", "ArrowLeft")])
def test_letters_and_arrows_move_between_pictures(studio, page, three, keys):
    onward, back = keys
    open_gallery(page, studio)
    page.keyboard.press("j")  # arrows alone scroll, until a picture has the focus
    expect(tile(page, three[0]).locator(".tile-link")).to_be_focused()
    for uid in three[1:]:
        page.keyboard.press(onward)
        expect(tile(page, uid).locator(".tile-link")).to_be_focused()
    page.keyboard.press(back)
    expect(tile(page, three[1]).locator(".tile-link")).to_be_focused()


def test_arrow_down_goes_to_the_row_below(studio, page, person):
    kept = studio.keep(person, colour("teal"))
    ids = studio.fill(person, 30, like=kept, days=1)
    open_gallery(page, studio)
    page.keyboard.press("j")
    box = tile(page, ids[0]).bounding_box()
    page.keyboard.press("ArrowDown")
    below = page.locator(".tile:focus-within").bounding_box()
    assert box is not None
    assert below is not None
    assert below["y"] > box["y"] + box["height"] / 2
    page.keyboard.press("ArrowUp")
    expect(tile(page, ids[0]).locator(".tile-link")).to_be_focused()


def test_a_picture_is_opened_browsed_embedded_and_closed(studio, page, three):
    open_gallery(page, studio)
    dialog, sheet = page.locator("#lightbox"), page.locator("#sheet")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(dialog.locator(".detail")).to_have_attribute("data-image", three[0])
    settle(page)
    page.keyboard.press("j")
    expect(dialog.locator(".detail")).to_have_attribute("data-image", three[1])
    settle(page)
    page.keyboard.press("e")
    expect(sheet).to_be_visible()
    settle(page)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(tile(page, three[1]).locator(".tile-link")).to_be_focused()


def test_delete_moves_the_picture_to_the_trash_and_goes_on_to_the_next(studio, page, three):
    open_gallery(page, studio)
    page.keyboard.press("j")
    page.keyboard.press("Delete")
    expect(toast(page, "Moved to the trash")).to_be_visible()
    expect(tile(page, three[0])).to_be_hidden()
    expect(tile(page, three[1]).locator(".tile-link")).to_be_focused()


def test_g_goes_to_the_composer_and_letters_are_typed_there(studio, page, three):
    open_gallery(page, studio)
    page.keyboard.press("g")
    expect(prompt_of(page)).to_be_focused()
    page.keyboard.type("jk?e")
    expect(prompt_of(page)).to_have_value("jk?e")


def test_the_list_of_shortcuts_opens_with_a_question_mark_and_by_button(studio, page, three):
    open_gallery(page, studio)
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    page.keyboard.press("?")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(sheet).to_be_visible()
    sheet.get_by_role("button", name="Close").click()
    expect(sheet).to_be_hidden()


def test_shortcuts_can_be_switched_off(studio, page, three):
    open_gallery(page, studio, "/settings")
    page.locator("#main").get_by_label("Single-key shortcuts").uncheck()
    open_gallery(page, studio)
    page.keyboard.press("j")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("() => document.activeElement === document.body")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_label("Use single-key shortcuts").check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(tile(page, three[0]).locator(".tile-link")).to_be_focused()
