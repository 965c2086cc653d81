"""Live updates: what happens elsewhere shows here, and costs nothing while nobody looks."""

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.steps import READY, colour, generate, open_gallery, open_picture, toast
from tests.browser.watching import settle

pytestmark = pytest.mark.browser

COUNT_TICKS = """
() => {
  window.ticks = 0;
  document.addEventListener('htmx:config:request', ({ detail: { ctx } }) => {
    if (ctx.sourceElement.id === 'live') window.ticks += 1;
  }, true);
}
"""
HIDE = """
(isHidden) => {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden });
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
}
"""


def look(page: Page) -> None:
    """Come back to the tab, whereupon it asks at once what is new."""
    page.evaluate(HIDE, arg=False)


def asks(request: Request) -> bool:
    """Return whether a script asks; icons and pictures may still come for what is shown."""
    return request.resource_type in ("fetch", "xhr")


def is_live(message) -> bool:
    return "/live?" in message.url


def test_a_second_tab_shows_a_new_picture_without_a_reload(studio, context, page):
    prompt, other = "A mill by a brook", context.new_page()
    open_gallery(page, studio)
    open_gallery(other, studio)
    other.evaluate("() => { window.isSamePage = true; }")
    with studio.painter.holding(prompt):
        generate(page, prompt)
        expect(page.locator(".tile.pending")).to_have_count(1)
        look(other)
        expect(other.locator(".tile.pending")).to_have_count(1)
        expect(other.locator("#nav-badge")).to_contain_text("1")
    expect(other.locator(READY)).to_have_count(1)
    expect(toast(other, "The image is ready")).to_be_visible()
    expect(other.locator("#count")).to_have_text("1 image")
    assert other.evaluate("() => window.isSamePage")


def test_a_tile_appears_once_though_two_answers_bring_it(studio, page):
    prompt = "A mill by a brook"
    open_gallery(page, studio)
    with studio.painter.holding(prompt):
        generate(page, prompt)
        expect(page.locator(".tile.pending")).to_have_count(1)
        with page.expect_response(is_live):
            look(page)
        expect(page.locator(".rows .tile")).to_have_count(1)


def test_a_picture_that_comes_while_another_is_asked_for_is_not_forgotten(studio, page, person):
    first, second = "A mill by a brook", "A barn in the snow"
    open_gallery(page, studio)
    with studio.painter.holding(first) as go_on:
        generate(page, first)
        expect(page.locator(".tile.pending")).to_contain_text("Painting")
        page.evaluate(HIDE, arg=True)  # so that the page has not heard of it when it asks again
        go_on.set()
        studio.finished(studio.pictures(person)[0], person)
    generate(page, second)
    expect(page.locator(".rows .tile")).to_have_count(2)
    look(page)
    expect(page.locator(READY)).to_have_count(2)


def test_a_picture_that_comes_while_the_page_is_drawn_is_not_forgotten(
    studio, page, person, monkeypatch
):
    prompt, gallery = "A mill by a brook", studio.easel.services.gallery
    count = gallery.count
    with studio.painter.holding(prompt) as go_on:
        started = studio.paint(person, prompt)[0]

        def count_late(viewer):
            go_on.set()
            studio.finished(started, person)
            return count(viewer)

        monkeypatch.setattr(gallery, "count", count_late)
        page.goto(studio.address)
        monkeypatch.undo()
        look(page)
        expect(page.locator(READY)).to_have_count(1)


def test_a_picture_that_comes_before_the_first_answer_is_not_forgotten(studio, page, person):
    prompt = "A mill by a brook"

    def late(route):
        for started in studio.pictures(person):  # none yet, where the page asks by itself before
            go_on.set()
            studio.finished(started, person)
        route.continue_()

    open_gallery(page, studio)
    with studio.painter.holding(prompt) as go_on:
        page.route("**/live?*", late)
        generate(page, prompt)
        expect(page.locator(READY)).to_have_count(1)
        page.unroute("**/live?*")
    expect(page.locator(".rows .tile")).to_have_count(1)


def test_a_poll_under_way_when_pictures_are_asked_for_does_not_slow_them_down(studio, page, person):
    held: list[Route] = []

    def hold(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    open_gallery(page, studio)
    studio.keep(person, colour("teal"))
    page.route("**/live?*", hold)
    with studio.painter.holding("A mill by a brook"):
        look(page)
        while not held:
            page.wait_for_timeout(20)
        old = held[0].fetch()  # what the server knew before the pictures were asked for
        generate(page, "A mill by a brook")
        expect(page.locator(".tile.pending")).to_have_count(1)
        held[0].fulfill(response=old)
        expect(page.locator(READY)).to_have_count(1)
        assert "every 1s" in str(page.locator("#live").get_attribute("hx-trigger"))
    expect(page.locator(READY)).to_have_count(2)
    page.unroute("**/live?*")


def test_sharing_a_picture_is_not_told_as_news(studio, page, person):
    made = studio.painted(person, "A mill by a brook")[0]
    open_gallery(page, studio)
    dialog = open_picture(page, made.id)
    dialog.get_by_role("link", name="Embed").click()
    before = str(page.locator("#live").get_attribute("data-version"))
    page.get_by_role("button", name="Let anyone with the link see it").click()
    expect(page.locator("#visibility")).to_contain_text("Anyone with this link")
    with page.expect_response(is_live):
        look(page)
    expect(page.locator("#live")).not_to_have_attribute("data-version", before)
    settle(page)
    expect(page.locator(".toast")).to_have_count(0)


def test_a_second_tab_forgets_a_deleted_picture(studio, context, page, person):
    studio.keep(person, colour("teal"))
    other = context.new_page()
    open_gallery(page, studio)
    open_gallery(other, studio)
    page.locator(".tile").hover()
    page.get_by_role("button", name="Move to the trash").click()
    expect(page.locator(READY)).to_have_count(0)
    look(other)
    expect(other.locator(READY)).to_have_count(0)
    expect(other.locator("#count")).to_have_text("0 images")


def test_an_open_pending_picture_becomes_the_picture(studio, page, person):
    prompt = "A mill by a brook"
    with studio.painter.holding(prompt) as go_on:
        started = studio.paint(person, prompt)[0]
        open_gallery(page, studio)
        dialog = open_picture(page, started.id)
        expect(dialog.get_by_role("progressbar")).to_be_visible()
        go_on.set()
        expect(dialog.locator("img.photo")).to_be_visible()
        expect(dialog.get_by_role("link", name="Embed")).to_be_visible()
        expect(page).to_have_url(f"{studio.address}/images/{started.id}")


def test_nothing_new_costs_an_empty_answer(studio, page, person):
    studio.keep(person, colour("teal"))
    open_gallery(page, studio)
    expect(page.locator(".rows img.full[data-ready]")).to_have_count(1)
    before = page.locator("#gallery").inner_html()
    with page.expect_response(is_live) as answer:
        look(page)
    assert answer.value.status == 204
    assert page.locator("#gallery").inner_html() == before


def test_a_hidden_tab_asks_nothing(studio, page, person):
    prompt = "A mill by a brook"
    with studio.painter.holding(prompt):
        studio.paint(person, prompt)
        open_gallery(page, studio)
        page.evaluate(HIDE, arg=True)
        page.evaluate(COUNT_TICKS)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if asks(request) else None)
        page.wait_for_function("() => window.ticks >= 3")
        assert asked == []
        with page.expect_response(is_live):
            look(page)


def test_an_unreachable_server_is_said_and_taken_back(studio, page, context, watch):
    watch.expect("ERR_INTERNET_DISCONNECTED", "Failed to fetch")
    open_gallery(page, studio)
    banner = page.locator("#offline")
    context.set_offline(True)
    for _ in range(3):
        expect(banner).to_be_hidden()
        with page.expect_event("requestfailed"):
            look(page)
    expect(banner).to_be_visible()
    expect(page.locator(".toast")).to_have_count(0)
    context.set_offline(False)
    look(page)
    expect(banner).to_be_hidden()


def test_what_is_sent_while_offline_is_not_lost(studio, page, context, watch):
    watch.expect("ERR_INTERNET_DISCONNECTED", "Failed to fetch")
    open_gallery(page, studio)
    context.set_offline(True)
    generate(page, "A mill by a brook")
    expect(toast(page, "Easel can't be reached").first).to_be_visible()
    expect(page.get_by_label("Describe an image", exact=True)).to_have_value("A mill by a brook")
    context.set_offline(False)
    page.get_by_role("button", name="Generate").click()
    expect(page.locator(".rows .tile")).to_have_count(1)
