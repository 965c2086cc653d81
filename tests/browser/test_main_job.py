"""The main job, end to end: a prompt becomes a picture on somebody else's page."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Browsers
from tests.browser.elsewhere import Elsewhere
from tests.browser.served import Served, easel_served
from tests.browser.steps import READY, choose, open_gallery, open_picture, prompt_of
from tests.browser.watching import settle

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize("device", ["desktop", "phone"], indirect=True)
PROMPT = "A calm lake at dawn, pines in the mist"
# The picture may be there before anybody looks; so the page itself notes its empty frame.
NOTE_PENDING = """
() => new MutationObserver(() => {
  window.hasWaited ||= document.querySelectorAll('.tile.pending').length === 1;
}).observe(document.body, { subtree: true, childList: true })
"""


@pytest.fixture
def served(chromium, tmp_path) -> Iterator[Served]:
    """Run `easel serve` as people do, with nothing in its directory."""
    with easel_served(tmp_path / "instance") as served:
        yield served


@pytest.mark.slow
@BOTH
def test_from_the_printed_link_to_a_picture_on_another_page(served, browsers, device, elsewhere):
    context = browsers.open(served.address, device)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=served.address)
    page = context.new_page()
    page.goto(served.link)
    expect(page.get_by_role("heading", name="Welcome to Easel")).to_be_visible()
    page.get_by_role("link", name="Go to the gallery").click()
    expect(page.get_by_role("heading", name="What shall we make?")).to_be_visible()

    page.evaluate("() => { window.isSamePage = true; }")
    make_a_picture(page)
    uid = str(page.locator(READY).get_attribute("id")).removeprefix("image-")
    dialog = open_picture(page, uid)
    expect(page).to_have_url(f"{served.address}/images/{uid}")
    expect(dialog.get_by_role("heading", level=1)).to_have_text(PROMPT)
    dialog.get_by_role("link", name="Embed").click()
    code = copied_code(page)
    assert page.evaluate("() => window.isSamePage")

    shows_elsewhere(browsers, elsewhere, code, (320, 320))


def make_a_picture(page: Page) -> None:
    """Ask for a small picture, and see it come."""
    prompt_of(page).fill(PROMPT)
    page.get_by_label("More settings").click()
    choose(page.locator("#composer"), "512")
    page.keyboard.press("Escape")
    page.evaluate(NOTE_PENDING)
    page.get_by_role("button", name="Generate").click()
    page.wait_for_function("() => window.hasWaited")
    expect(page.locator("#welcome")).to_be_hidden()
    expect(page.locator(READY)).to_have_count(1)
    expect(page.locator(".tile.pending")).to_have_count(0)
    picture = page.locator(f"{READY} img.full")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("(image) => image.naturalWidth") > 0


def copied_code(page: Page) -> str:
    """Choose a small square, open to everybody, and return what the button copies."""
    sheet, code = page.locator("#sheet"), page.locator("#embed-code")
    expect(sheet).to_contain_text("Only you can see this picture")
    choose(sheet, "320")
    choose(sheet, "Square")
    expect(code).to_contain_text('width="320" height="320"')
    sheet.get_by_role("button", name="Let anyone with the link see it").click()
    expect(sheet).to_contain_text("Anyone with this link can see the picture")
    expect(code).to_contain_text('width="320" height="320"')
    sheet.get_by_role("button", name="Copy HTML").click()
    expect(sheet.get_by_role("button", name="Copied")).to_be_visible()
    return str(page.evaluate("() => navigator.clipboard.readText()"))


@BOTH
def test_the_same_without_script(studio, person, plain_page, browsers, elsewhere):
    page = plain_page
    page.goto(studio.address)
    prompt_of(page).fill(PROMPT)
    with studio.painter.holding(PROMPT) as go_on:
        page.get_by_role("button", name="Generate").click()
        expect(page).to_have_url(studio.address + "/")
        expect(page.locator(".tile.pending")).to_have_count(1)
        go_on.set()
        picture = studio.finished(studio.pictures(person)[0], person)
    page.reload()
    expect(page.locator(READY)).to_have_count(1)

    page.locator(".tile-link").click()
    expect(page).to_have_url(f"{studio.address}/images/{picture.id}")
    expect(page.get_by_role("heading", level=1)).to_have_text(PROMPT)
    page.get_by_role("link", name="Embed").click()
    expect(page).to_have_url(f"{studio.address}/images/{picture.id}/embed")
    page.get_by_role("button", name="Let anyone with the link see it").click()
    expect(page.locator("#visibility")).to_contain_text("Anyone with this link")
    code = shown_code(page)

    shows_elsewhere(browsers, elsewhere, code, (320, 180))


def shown_code(page: Page) -> str:
    """Choose a small wide crop, and return the code that the page then shows."""
    choose(page, "320")
    choose(page, "16:9")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#embed-code")).to_contain_text('width="320" height="180"')
    return page.locator("#embed-code").inner_text()


def test_a_picture_can_be_embedded_before_it_exists(studio, person, page, browsers, elsewhere):
    with studio.painter.holding(PROMPT) as go_on:
        picture = studio.paint(person, PROMPT, aspect_ratio="3:2")[0]
        page.goto(f"{studio.address}/images/{picture.id}/embed")
        page.get_by_role("button", name="Let anyone with the link see it").click()
        expect(page.locator("#visibility")).to_contain_text("Anyone with this link")
        settle(page)
        code = page.locator("#embed-code").inner_text()
        address = re.findall(r'src="([^"]+)"', code)[0]
        early = page.request.get(address)
        size = announced(code)
        shows_elsewhere(browsers, elsewhere, code, size)
        go_on.set()
        studio.finished(picture, person)
    late = page.request.get(address)

    assert (early.status, early.headers["x-easel-state"]) == (200, "pending")
    assert early.headers["cache-control"] == "no-store"
    assert late.status == 200
    assert "x-easel-state" not in late.headers
    assert early.body() != late.body()
    shows_elsewhere(browsers, elsewhere, code, size)


def test_a_private_picture_is_not_shown_elsewhere(studio, person, page, browsers, elsewhere):
    picture = studio.painted(person, PROMPT)[0]
    page.goto(f"{studio.address}/images/{picture.id}/embed")
    code = page.locator("#embed-code").inner_text()
    address = re.findall(r'src="([^"]+)"', code)[0]

    stranger = browsers.open(elsewhere.address)
    assert stranger.request.get(address).status == 404


def test_markdown_and_the_bare_address_are_on_offer(studio, person, page):
    picture = studio.painted(person, PROMPT)[0]
    open_gallery(page, studio)
    open_picture(page, picture.id)
    page.keyboard.press("e")
    sheet = page.locator("#sheet")
    code = sheet.locator("#embed-code")

    choose(sheet, "Markdown")
    expect(code).to_have_text(re.compile(rf"^!\[.*\]\({studio.address}/t/w640/{picture.id}.*\)$"))
    choose(sheet, "URL")
    expect(code).to_have_text(re.compile(rf"^{studio.address}/t/w640/{picture.id}\S*$"))
    expect(sheet.get_by_role("button", name="Copy URL")).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(page.locator("#lightbox")).to_be_visible()
    settle(page)


def announced(code: str) -> tuple[int, int]:
    """Return the width and height that a code promises."""
    found = re.search(r'width="(\d+)" height="(\d+)"', code)
    assert found is not None
    return int(found[1]), int(found[2])


def shows_elsewhere(
    browsers: Browsers, elsewhere: Elsewhere, code: str, size: tuple[int, int]
) -> None:
    """Assert that a stranger sees the picture on the other page, as large as announced."""
    elsewhere.code = code
    stranger = browsers.open(elsewhere.address)
    host = re.findall(r'src="https?://([^/"]+)', code)[0]
    browsers.watches[stranger].expect(f"request to another host: http://{host}/")
    page: Page = stranger.new_page()
    page.goto(elsewhere.address)
    image = page.locator("img")
    expect(image).to_have_js_property("complete", True)
    natural = image.evaluate("(image) => [image.naturalWidth, image.naturalHeight]")
    drawn = image.evaluate("(image) => [image.width, image.height]")

    assert announced(code) == size
    assert tuple(natural) == size
    assert tuple(drawn) == size
    assert stranger.cookies() == []
