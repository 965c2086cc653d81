"""Sharing in the browser: a link from the dialog to the guest, and back again."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.conftest import DEVICES
from tests.browser.share_steps import album_of
from tests.browser.steps import colour, open_gallery, open_picture, toast
from tests.browser.test_accessibility import overflowing
from tests.browser.watching import settle
from webapp.services.links.wishes import LinkWish

pytestmark = pytest.mark.browser

CODE = re.compile(r"/s/[1-9A-HJ-NP-Za-km-z]{11}$")


@pytest.fixture
def kept(studio, person):
    return studio.keep(person, colour("teal"), "a secret name.png")


@pytest.fixture
def guest(browsers, studio, device):
    """Return an empty tab of a browser that nobody has signed in with, and that runs no script."""
    return browsers.open(studio.address, device, java_script_enabled=False).new_page()


@pytest.fixture
def links(studio):
    return studio.easel.services.sharing.links


def test_a_link_is_made_copied_followed_and_revoked(studio, page, kept, guest, browsers):
    open_gallery(page, studio)
    open_picture(page, kept.id)
    page.get_by_role("link", name="Embed", exact=True).click()
    page.locator("#sheet").get_by_role("link", name="Share with a link").click()
    page.get_by_label("Name, which guests see").fill("For Ann")
    page.get_by_role("button", name="Make the link").click()
    expect(page.locator("#share-url")).to_have_text(CODE)
    url = page.locator("#share-url").inner_text()
    guest.goto(url)
    expect(guest.get_by_role("heading", name="For Ann")).to_be_visible()
    picture = guest.get_by_role("img", name="For Ann")
    assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 300
    page.get_by_role("link", name="Change or revoke it").click()
    page.wait_for_url("**/links/*")
    page.get_by_role("button", name="Revoke the link").click()
    page.locator("#confirm").get_by_role("button", name="Yes").click()
    expect(toast(page, "revoked")).to_be_visible()
    browsers.watches[guest.context].expect("410")
    assert guest.goto(url).status == 410


def test_a_double_click_makes_one_link(studio, page, kept, links, person):
    open_gallery(page, studio, f"/links/image/{kept.id}")
    page.get_by_role("button", name="Make the link").dblclick()
    expect(page.locator("#share-url")).to_have_text(CODE)
    settle(page)
    assert len(links.page(person).links) == 1


def test_a_link_is_made_and_revoked_without_script(studio, plain_page, kept, links, person):
    plain_page.goto(f"{studio.address}/images/{kept.id}/embed")
    plain_page.get_by_role("link", name="Share with a link").click()
    plain_page.get_by_label("It lasts").select_option("One week")
    plain_page.get_by_role("button", name="Make the link").click()
    expect(plain_page.locator("#link-url")).to_have_text(CODE)
    plain_page.get_by_role("button", name="Revoke the link").click()
    expect(plain_page).to_have_url(f"{studio.address}/links")
    assert links.page(person).links[0].state == "revoked"


def test_a_guest_gets_in_by_the_password(studio, person, kept, links, guest, browsers):
    link = links.to_image(person, kept.id, LinkWish(password="open sesame"))
    browsers.watches[guest.context].expect("422")
    guest.goto(f"{studio.address}/s/{link.id}")
    guest.get_by_label("Password").fill("wrong")
    guest.get_by_role("button", name="Show it").click()
    expect(guest.get_by_role("alert")).to_have_text("This password is wrong.")
    guest.get_by_label("Password").fill("open sesame")
    guest.get_by_role("button", name="Show it").click()
    picture = guest.get_by_role("img", name="A picture")
    assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 300


def test_a_guest_walks_through_an_album(studio, person, kept, links, guest):
    ids = studio.fill(person, 3, like=kept)
    link = links.to_album(person, album_of(studio, person, ids, "Lakes"), LinkWish())
    guest.goto(f"{studio.address}/s/{link.id}")
    guest.locator(".tile-link").first.click()
    expect(guest).to_have_url(f"{studio.address}/s/{link.id}/{ids[0]}")
    guest.get_by_role("link", name="Next picture").click()
    expect(guest).to_have_url(f"{studio.address}/s/{link.id}/{ids[1]}")
    with guest.expect_download() as saved:
        guest.get_by_role("link", name="Save the picture").click()
    assert saved.value.suggested_filename == f"easel-{ids[1]}.png"
    guest.get_by_role("link", name="All pictures").click()
    expect(guest.get_by_role("heading", name="Lakes")).to_be_visible()


@pytest.fixture
def places(studio, person, kept, links):
    """Return the addresses of every kind of page about links."""
    ids = studio.fill(person, 5, like=kept)
    long = "A name without spaces" * 5
    told = links.to_image(person, kept.id, LinkWish(metadata="full", name=long))
    locked = links.to_image(person, kept.id, LinkWish(password="open sesame", max_views=4))
    album = links.to_album(person, album_of(studio, person, ids, long), LinkWish())
    ended = links.to_image(person, kept.id, LinkWish(name="ended"))
    links.revoke(ended.id, person)
    guests = (told.id, locked.id, album.id, f"{album.id}/{ids[1]}")
    own = (locked.id, ended.id, f"image/{kept.id}", "?image=zzzzzzzzzzz", "")
    return [f"/s/{path}" for path in guests], [f"/links/{path}".rstrip("/") for path in own]


@pytest.mark.parametrize("device", DEVICES, indirect=True)
def test_guests_pages_are_accessible_and_fit_any_width(studio, browsers, places, device):
    tab = browsers.open(studio.address, device).new_page()
    check(tab, [studio.address + path for path in places[0]])


@pytest.mark.parametrize("device", DEVICES, indirect=True)
def test_our_own_pages_of_links_are_accessible_and_fit_any_width(studio, page, places, device):
    check(page, [studio.address + path.replace("/?", "?") for path in places[1]])


def test_the_dialog_is_accessible(studio, page, kept):
    open_gallery(page, studio)
    open_picture(page, kept.id)
    page.get_by_role("link", name="Embed", exact=True).click()
    page.locator("#sheet").get_by_role("link", name="Share with a link").click()
    expect(page.locator("#share")).to_be_visible()
    settle(page)
    assert violations(page) == []


def check(tab, urls):
    found = {}
    for url in urls:
        for scheme in ("light", "dark"):
            tab.emulate_media(color_scheme=scheme)
            tab.goto(url)
            broken = [*violations(tab), *map(str, overflowing(tab).items())]
            if broken:
                found[url, scheme] = broken
    assert found == {}
