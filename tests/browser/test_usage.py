"""The page of what was spent, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.conftest import DEVICES, signed_in
from tests.browser.spent import spend
from tests.browser.steps import open_gallery
from tests.browser.test_accessibility import overflowing

pytestmark = pytest.mark.browser


@pytest.fixture
def owner(studio):
    """Return the administrator."""
    return studio.easel.services.accounts.named("owner")


@pytest.fixture
def spender(studio, person):
    """Return somebody who has spent, within a budget."""
    spend(studio, person, 60)
    studio.easel.services.budgets.set_limits(person.id, 1_000_000, 90_000_000)
    return person


def check(page):
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
    assert overflowing(page) == {}


@pytest.mark.parametrize("device", DEVICES, indirect=True)
@pytest.mark.parametrize("span", ["30d", "12m"])
def test_it_is_accessible_and_fits_any_width(page, studio, spender, device, span):
    open_gallery(page, studio, f"/usage?range={span}")
    page.get_by_text("The numbers by").click()
    check(page)


def test_an_empty_one_is_too(page, studio):
    open_gallery(page, studio, "/usage")
    expect(page.get_by_text("Nothing was spent")).to_be_visible()
    check(page)


@pytest.mark.parametrize("device", DEVICES, indirect=True)
def test_what_administrators_see_is_accessible(browsers, studio, spender, owner, device, person):
    page = signed_in(browsers.open(studio.address, device), studio, owner).new_page()
    open_gallery(page, studio, "/usage?of=everybody&range=90d")
    page.locator("#budgets summary").filter(has_text=person.name).click()
    check(page)


def test_a_chart_says_in_words_what_it_shows(page, studio, spender):
    open_gallery(page, studio, "/usage")
    chart = page.get_by_role("img", name=re.compile("What was spent in the last 30 days"))
    expect(chart).to_be_visible()
    expect(chart).to_have_accessible_description(re.compile(r"\$[\d.]+ in 30 days; most"))
    heights = page.locator(".chart-bar rect.c1").evaluate_all(
        "(bars) => bars.map((bar) => bar.getBoundingClientRect().height)"
    )
    assert max(heights) > 30


def test_colours_are_told_apart_from_paper_and_from_each_other(page, studio, spender):
    open_gallery(page, studio, "/usage")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        fills = page.locator("#usage-models .swatch rect").evaluate_all(
            "(all) => all.map((item) => getComputedStyle(item).fill)"
        )
        assert len(set(fills)) == len(fills) >= 5


def test_a_budget_is_set_and_a_mistake_kept_without_script(browsers, studio, owner, person):
    context = browsers.open(studio.address, java_script_enabled=False)
    browsers.watches[context].expect("status of 4")
    page = signed_in(context, studio, owner).new_page()
    page.goto(f"{studio.address}/usage?of=everybody")
    row = page.locator("#budgets details").filter(has=page.get_by_text(person.name, exact=True))
    row.locator("summary").click()
    row.get_by_label("A day, in dollars").fill("a lot")
    row.get_by_role("button", name="Save").click()
    field = row.get_by_label("A day, in dollars")
    expect(field).to_have_value("a lot")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("2.50")
    row.get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"The budget of {person.name} was saved.")).to_be_visible()
    assert studio.easel.services.budgets.limits(person.id)[0].limit == 2_500_000


def test_the_table_is_saved_as_a_file(page, studio, spender):
    open_gallery(page, studio, "/usage")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Every call as CSV").click()
    assert waiting.value.suggested_filename == "easel-usage-30d.csv"
