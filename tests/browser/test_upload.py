"""Bringing pictures: by button, drop and paste; good ones are kept, bad ones named."""

import base64
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import READY, colour, file, noise, open_gallery

pytestmark = pytest.mark.browser

UNPROCESSABLE = "status of 422"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
BRING = """
([name, files]) => {
  const transfer = new DataTransfer();
  for (const [title, text] of files) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], title, { type: 'image/png' }));
  }
  const options = { bubbles: true, cancelable: true };
  document.body.dispatchEvent(name === 'paste'
    ? new ClipboardEvent('paste', { clipboardData: transfer, ...options })
    : new DragEvent(name, { dataTransfer: transfer, ...options }));
}
"""
NOTE_PROGRESS = """
() => {
  window.progress = [];
  new MutationObserver(() => {
    const bar = document.querySelector('.upload[data-state=sending] progress');
    if (bar) window.progress.push(Math.round(bar.value));
  }).observe(document.body, { subtree: true, childList: true, attributes: true });
}
"""
MOVES = "() => new Set(window.progress.filter((value) => value > 0 && value < 100)).size >= 2"


def choose(page: Page, files: list[Any]) -> None:
    """Press the composer's upload button, and choose files in the dialog that opens."""
    page.get_by_role("link", name="Upload pictures").first.click()
    sheet = page.get_by_role("dialog", name="Upload pictures")
    sheet.get_by_label("Pictures", exact=True).set_input_files(files)
    expect(sheet).to_be_hidden()


def row(page: Page, name: str) -> Locator:
    return page.locator("#uploads .upload").filter(has_text=name)


def bring(page: Page, how: str, files: list[tuple[str, bytes]]) -> None:
    page.evaluate(BRING, [how, [(name, base64.b64encode(data).decode()) for name, data in files]])


def test_several_pictures_come_at_once(studio, page):
    open_gallery(page, studio)
    choose(page, [file("one.png", colour("teal")), file("two.png", colour("tan", (200, 300)))])
    expect(page.locator(READY)).to_have_count(2)
    expect(page.locator("#uploads-title")).to_have_text("2 uploaded")
    expect(page.locator("#count")).to_have_text("2 images")
    expect(page.locator("#welcome")).to_be_hidden()


def test_a_bad_file_is_named_and_the_good_ones_are_kept(studio, page, watch):
    watch.expect(UNPROCESSABLE)
    open_gallery(page, studio)
    good, bad = colour("teal"), colour("tan")[:60]
    choose(page, [file("good.png", good), file("torn.png", bad)])
    expect(page.locator(READY)).to_have_count(1)
    expect(page.locator("#uploads-title")).to_have_text("1 uploaded, 1 with problems")
    expect(row(page, "good.png")).to_contain_text("Added.")
    expect(row(page, "torn.png")).to_contain_text("The picture is damaged or was cut off.")


@pytest.mark.parametrize(
    ("name", "data", "mime"),
    [
        ("empty.png", b"", "image/png"),
        ("drawing.svg", SVG, "image/svg+xml"),
        ("page.png", b"<!doctype html><p>hello", "image/png"),
        ("<img src=x onerror=alert(1)>.png", b"GIF89a", "image/png"),
    ],
)
def test_what_is_no_picture_is_refused_in_a_sentence(studio, page, watch, name, data, mime):
    watch.expect(UNPROCESSABLE)
    open_gallery(page, studio)
    choose(page, [file(name, data, mime)])
    expect(row(page, name).locator(".upload-bad")).to_have_text(re.compile(r"^.+\.$"))
    expect(page.locator(READY)).to_have_count(0)


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_pictures_can_be_dropped_and_pasted_anywhere(studio, page, how):
    open_gallery(page, studio, "/queue")
    bring(page, how, [("one.png", colour("teal")), ("two.png", colour("tan"))])
    expect(page.locator("#uploads-title")).to_have_text("2 uploaded")
    open_gallery(page, studio)
    expect(page.locator(READY)).to_have_count(2)


def test_the_page_shows_that_pictures_may_be_dropped(studio, page):
    open_gallery(page, studio)
    bring(page, "dragover", [("one.png", b"")])
    expect(page.locator("html")).to_have_attribute("data-dropping", "")
    bring(page, "dragleave", [])
    expect(page.locator("html")).not_to_have_attribute("data-dropping", "")


def test_the_progress_of_an_upload_moves(studio, page, context):
    line = context.new_cdp_session(page)

    def slow_down(upload: int) -> None:
        throughput = {"downloadThroughput": -1, "uploadThroughput": upload}
        line.send(
            "Network.emulateNetworkConditions", {"offline": False, "latency": 0, **throughput}
        )

    open_gallery(page, studio)
    page.evaluate(NOTE_PROGRESS)
    slow_down(200_000)
    choose(page, [file("large.png", noise(800))])
    page.wait_for_function(MOVES)
    slow_down(-1)
    expect(page.locator(READY)).to_have_count(1)
    seen = page.evaluate("() => window.progress")
    assert seen == sorted(seen)
    expect(page.locator(".upload progress")).to_be_hidden()


def test_what_is_there_already_is_not_added_again(studio, page):
    open_gallery(page, studio)
    picture = file("one.png", colour("teal"))
    choose(page, [picture])
    expect(page.locator(READY)).to_have_count(1)
    choose(page, [picture])
    again = row(page, "one.png").filter(has_text="Already in your gallery.")
    expect(again.get_by_role("link", name="View")).to_be_visible()
    expect(page.locator(READY)).to_have_count(1)


@pytest.mark.parametrize("path", ["/create", "/upload"])
def test_a_page_with_the_form_shows_what_was_brought(studio, page, path):
    open_gallery(page, studio, path)
    page.get_by_label("Pictures", exact=True).set_input_files([file("one.png", colour("teal"))])
    expect(page.locator("#started-rows .tile")).to_have_count(1)


def test_an_address_is_filled_in_and_fetched_when_it_is_sent(studio, page, watch):
    watch.expect(UNPROCESSABLE)
    open_gallery(page, studio, "/upload?url=http://127.0.0.1:9/a.png")
    expect(page.locator("#uploads")).to_be_hidden()
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(row(page, "127.0.0.1:9")).to_contain_text("private network")


def test_a_server_that_is_gone_is_told_in_the_row(studio, page, watch):
    watch.expect("net::ERR", "htmx:error")
    open_gallery(page, studio)
    page.route("**/images", lambda route: route.abort())
    choose(page, [file("one.png", colour("teal"))])
    expect(row(page, "one.png")).to_contain_text("Easel can't be reached.")


def test_uploads_work_without_script(studio, plain_page):
    plain_page.goto(f"{studio.address}/upload")
    plain_page.get_by_label("Pictures", exact=True).set_input_files(
        [file("one.png", colour("teal")), file("empty.png", b"")]
    )
    plain_page.get_by_role("button", name="Upload", exact=True).click()
    expect(plain_page).to_have_url(studio.address + "/")
    expect(plain_page.locator(READY)).to_have_count(1)
    expect(plain_page.locator("#toasts")).to_contain_text("One picture was added.")
    expect(plain_page.locator("#toasts")).to_contain_text("empty.png: ")
