"""Webhooks in a real browser: added, tested, read, with and without script."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import webhook_steps
from tests.browser.axe import violations
from tests.browser.conftest import DEVICES
from tests.browser.steps import open_gallery
from tests.browser.test_accessibility import overflowing
from tests.browser.webhook_steps import URL, furnish

pytestmark = pytest.mark.browser

SECRET = re.compile(r"whsec_[\w+/=]{40,}")


@pytest.fixture(autouse=True)
def _receivers(studio, monkeypatch):
    monkeypatch.setattr(studio.easel.services.webhooks.sender, "_post", webhook_steps.receiver)


def check(page):
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
    assert overflowing(page) == {}


@pytest.mark.parametrize("device", DEVICES, indirect=True)
def test_its_pages_are_accessible_and_fit_any_width(page, studio, person, device):
    hook = furnish(studio, person)
    open_gallery(page, studio, "/settings/webhooks")
    check(page)
    page.get_by_text("https://gone.example").click()
    expect(page.get_by_text("This webhook is switched off.")).to_be_visible()
    check(page)
    open_gallery(page, studio, f"/settings/webhooks/{hook.id}")
    page.locator(".delivery summary").first.click()
    expect(page.get_by_role("button", name="Tell again")).to_be_visible()
    check(page)


def test_one_is_added_copied_and_tested(page, context, studio):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_gallery(page, studio, "/settings")
    page.get_by_role("link", name="See your webhooks").click()
    page.get_by_role("textbox", name="Address").fill(URL)
    page.get_by_role("button", name="Add the webhook").click()
    secret = page.locator("#webhook-secret code")
    expect(secret).to_have_text(SECRET)
    check(page)
    page.get_by_role("button", name="Copy the secret").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("() => navigator.clipboard.readText()") == secret.text_content()
    page.get_by_role("button", name="Send a test").click()
    row = page.locator(".delivery", has_text="ping")
    expect(row.get_by_text("Delivered", exact=True)).to_be_attached()
    expect(page.locator("#log")).not_to_have_attribute("hx-trigger", "every 1s")


def test_all_of_it_works_without_script(plain_page, studio, person):
    page = plain_page
    page.goto(f"{studio.address}/settings/webhooks")
    page.get_by_role("textbox", name="Address").fill(URL)
    page.get_by_label("image.deleted").uncheck()
    page.get_by_role("button", name="Add the webhook").click()
    expect(page.locator("#webhook-secret code")).to_have_text(SECRET)
    page.get_by_role("button", name="Switch off").click()
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("button", name="Switch off")).to_be_visible()
    page.get_by_text("Make a new secret", exact=True).first.click()
    page.get_by_role("button", name="Make a new secret").click()
    expect(page.locator("#webhook-secret code")).to_have_text(SECRET)
    page.get_by_text("Delete the webhook", exact=True).first.click()
    page.get_by_role("button", name="Delete the webhook").click()
    expect(page.get_by_text("The webhook was deleted.")).to_be_visible()
    assert studio.easel.services.webhooks.shelf.all(person) == ()
