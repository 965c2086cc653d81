"""Coming in, going out, and how pages look to whom."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Browsers
from tests.browser.steps import choose, generate, open_gallery, toast
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

PASSWORD = "a horse, a battery"
THEMES = ["light", "dark", "system"]


@pytest.fixture
def stranger(browsers: Browsers, studio: Studio) -> Page:
    """Return an empty tab in which nobody is signed in."""
    return browsers.open(studio.address).new_page()


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_link_leads_to_the_choice_of_a_password_and_on(studio, stranger, person):
    stranger.goto(studio.link(person))
    expect(stranger).to_have_url(studio.address + "/welcome")
    stranger.get_by_label("New password").fill(PASSWORD)
    stranger.get_by_role("button", name="Set the password").click()
    expect(stranger).to_have_url(studio.address + "/")
    assert studio.easel.services.accounts.check_password(person.name, PASSWORD) is not None


def test_a_password_that_is_too_short_is_refused_in_place(studio, stranger, person, browsers):
    browsers.watches[stranger.context].expect("status of 422")
    stranger.goto(studio.link(person))
    stranger.get_by_label("New password").fill("short")
    stranger.get_by_role("button", name="Set the password").click()
    expect(stranger.get_by_role("alert")).to_contain_text("A password has")


def test_a_link_works_once(studio, stranger, person, browsers):
    browsers.watches[stranger.context].expect("status of 410")
    link = studio.link(person)
    stranger.goto(link)
    expect(stranger.get_by_role("heading", name="Welcome to Easel")).to_be_visible()
    stranger.goto(link)
    expect(stranger.get_by_role("heading", name="This link is spent")).to_be_visible()
    stranger.context.clear_cookies()
    stranger.get_by_role("link", name="Sign in with a password").click()
    expect(stranger.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_signing_out_and_in_again(studio, browsers, script):
    person = studio.person(password=PASSWORD)
    context = browsers.open(studio.address, java_script_enabled=script)
    browsers.watches[context].expect("status of 422")
    page = context.new_page()
    page.goto(f"{studio.address}/queue")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(page, person.name, "not it")
    expect(page.get_by_role("alert")).to_have_text("The user name or the password is wrong.")
    expect(page.get_by_label("User name")).to_have_value(person.name)
    sign_in(page, person.name, PASSWORD)
    expect(page).to_have_url(f"{studio.address}/queue")
    page.goto(f"{studio.address}/settings")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(studio.address)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_page_whose_session_has_ended_leads_to_the_sign_in(studio, page, person):
    open_gallery(page, studio)
    studio.easel.services.accounts.set_password(person.name, PASSWORD)
    generate(page, "A mill")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_password_can_be_changed(studio, browsers, stranger):
    browsers.watches[stranger.context].expect("status of 422")
    person, page = studio.person(password=PASSWORD), stranger
    page.goto(f"{studio.address}/settings")
    sign_in(page, person.name, PASSWORD)
    page.get_by_label("Current password").fill("not it")
    page.get_by_label("New password").fill("another horse")
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_role("alert")).to_have_text("This is not your current password.")
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password").fill("another horse")
    page.get_by_role("button", name="Change the password").click()
    expect(toast(page, "Your password has been changed")).to_be_visible()
    accounts = studio.easel.services.accounts
    assert accounts.check_password(person.name, PASSWORD) is None
    assert accounts.check_password(person.name, "another horse") is not None


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_the_theme_goes_round_and_is_kept(studio, page, plain_page, script):
    tab = page if script else plain_page
    tab.goto(studio.address)
    html = tab.locator("html")
    expect(html).to_have_attribute("data-theme", "system")
    for theme in THEMES:
        tab.get_by_role("button", name="Theme:").click()
        expect(html).to_have_attribute("data-theme", theme)
        tab.reload()
        expect(html).to_have_attribute("data-theme", theme)


def test_the_theme_decides_the_colours(studio, page, person):
    paper = "() => getComputedStyle(document.body).backgroundColor"
    colours = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{studio.address}/settings")
        colours[scheme] = page.evaluate(paper)
    assert colours["light"] != colours["dark"]
    choose(page, "Light")
    page.locator("[action='/settings/theme']").get_by_role("button", name="Save").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert page.evaluate(paper) == colours["light"]
    page.goto(studio.address)
    assert page.evaluate(paper) == colours["light"]
