"""The pages on which people make links, look after them and take them back."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.sharing import found
from webapp.services.links.wishes import LinkWish

FORM = {"name": "For Ann", "lasts": "week", "until": "", "max_views": "3", "metadata": "none"}


def test_a_link_is_made_by_a_form(browser, sharing, owner, picture):
    answer = browser.post(f"/links/image/{picture.id}", FORM)
    (made,) = sharing.links.page(owner).links
    assert (answer.status_code, answer.location) == (303, f"/links/{made.id}")
    assert (made.name, made.max_views, made.metadata) == ("For Ann", 3, "none")
    week = datetime.now(UTC) + timedelta(weeks=1)
    assert abs(made.expires - week) < timedelta(minutes=5)


def test_htmx_gets_the_link_in_the_dialog(browser, sharing, owner, picture):
    html = browser.post(f"/links/image/{picture.id}", FORM, htmx=True).get_data(as_text=True)
    (made,) = sharing.links.page(owner).links
    assert f"http://localhost/s/{made.id}" in html
    assert "<html" not in html


def test_an_album_is_shared_alike(browser, sharing, owner, several, album_of):
    album = album_of(owner, *several)
    assert "Lakes" in browser.get(f"/links/album/{album}").get_data(as_text=True)
    browser.post(f"/links/album/{album}", FORM)
    assert sharing.links.page(owner).links[0].album == album


def test_the_embed_dialog_leads_to_it(browser, picture):
    html = browser.get(f"/images/{picture.id}/embed").get_data(as_text=True)
    assert f'href="/links/image/{picture.id}"' in html


def test_a_day_counts_to_its_end(browser, sharing, owner, picture):
    tomorrow = date.today() + timedelta(days=1)  # noqa: DTZ011  # the day where Easel runs
    browser.post(f"/links/image/{picture.id}", FORM | {"until": tomorrow.isoformat()})
    end = sharing.links.page(owner).links[0].expires.astimezone()
    assert (end.date(), end.hour, end.minute) == (tomorrow, 23, 59)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"until": "2020-01-01"}, "lies in the future"),
        ({"until": "soon"}, "year, month and day"),
        ({"until": "9999-12-31"}, "Give the end"),
        ({"lasts": "for ever"}, "how long the link lasts"),
        ({"max_views": "0"}, "a number from 1"),
        ({"max_views": "many"}, "a number from 1"),
        ({"name": "x" * 200}, "at most 120"),
        ({"password": "abc"}, "4 to 1024"),
        ({"metadata": "some"}, "one of none, full"),
    ],
)
def test_a_mistake_is_told_beside_its_field(browser, sharing, owner, picture, sent, sentence):
    answer = browser.post(f"/links/image/{picture.id}", FORM | sent)
    assert answer.status_code == 422
    html = answer.get_data(as_text=True)
    assert sentence in html
    assert 'role="alert"' in html
    assert sharing.links.page(owner).links == ()


def test_a_password_that_was_sent_is_not_sent_back(browser, picture):
    sent = FORM | {"password": "open sesame", "max_views": "0"}
    assert "sesame" not in browser.post(f"/links/image/{picture.id}", sent).get_data(as_text=True)


def test_links_are_listed_with_what_became_of_them(browser, link, sharing, owner):
    active, revoked = link(name="For Ann", max_views=5), link(name="For Bob")
    sharing.links.revoke(revoked, owner)
    html = browser.get("/links").get_data(as_text=True)
    assert html.index("For Bob") < html.index("For Ann")
    assert "0 of 5" in html
    assert "Revoked" in html
    assert html.count(f'data-copy="http://localhost/s/{active}"') == 1
    assert f"/s/{revoked}" not in html


def test_more_links_come_as_a_fragment(browser, link, monkeypatch, sharing):
    monkeypatch.setattr(
        type(sharing.links).page, "__kwdefaults__", {"image": "", "album": "", "limit": 2}
    )
    for number in range(3):
        link(name=f"link {number}")
    html = browser.get("/links").get_data(as_text=True)
    assert "link 0" not in html
    more = found(r'href="(/links\?before=\d+)"', html)
    fragment = browser.fragment(more).get_data(as_text=True)
    assert "link 0" in fragment
    assert "<html" not in fragment


def test_a_link_s_page_tells_where_it_was_followed(browser, anonymous, link):
    key = link()
    anonymous.get(f"/s/{key}", headers={"Referer": "https://forum.example.org/x"})
    html = browser.get(f"/links/{key}").get_data(as_text=True)
    assert "forum.example.org" in html
    assert f"http://localhost/s/{key}" in html


def test_a_link_is_changed_and_what_is_not_sent_stays(browser, sharing, owner, link):
    end = datetime.now(UTC) + timedelta(days=3)
    key = link(password="open sesame", expires=end)
    before = sharing.links.get(key, owner)
    sent = {"name": "new", "lasts": "keep", "metadata": "full", "max_views": "", "password": ""}
    answer = browser.post(f"/links/{key}", sent)
    assert answer.status_code == 303
    after = sharing.links.get(key, owner)
    assert (after.name, after.metadata, after.has_password) == ("new", "full", True)
    assert after.expires == before.expires
    browser.post(f"/links/{key}", sent | {"no_password": "1", "lasts": ""})
    after = sharing.links.get(key, owner)
    assert (after.has_password, after.expires) == (False, None)


def test_a_change_that_can_t_be_is_told(browser, sharing, owner, link):
    key = link(name="old")
    answer = browser.post(f"/links/{key}", {"name": "new", "lasts": "", "max_views": "x"})
    assert answer.status_code == 422
    assert sharing.links.get(key, owner).name == "old"


def test_a_link_is_revoked_by_a_button(browser, anonymous, sharing, owner, link):
    key = link()
    assert browser.post(f"/links/{key}/revoke").location == "/links"
    assert anonymous.get(f"/s/{key}").status_code == 410
    html = browser.get(f"/links/{key}").get_data(as_text=True)
    assert "Revoked" in html
    assert f"/links/{key}/revoke" not in html


def test_htmx_is_sent_on_after_a_revocation(browser, link):
    answer = browser.post(f"/links/{link()}/revoke", htmx=True)
    assert answer.headers["HX-Redirect"] == "/links"


def test_somebody_else_s_links_are_not_there(
    stranger_browser, link, picture, several, album_of, owner
):
    key, album = link(), album_of(owner, *several)
    assert stranger_browser.get(f"/links/{key}").status_code == 404
    assert stranger_browser.post(f"/links/{key}", FORM).status_code == 404
    assert stranger_browser.post(f"/links/{key}/revoke").status_code == 404
    assert stranger_browser.post(f"/links/image/{picture.id}", FORM).status_code == 404
    assert stranger_browser.get(f"/links/album/{album}").status_code == 404
    assert stranger_browser.post(f"/links/album/{album}", FORM).status_code == 404
    assert key not in stranger_browser.get("/links").get_data(as_text=True)


def test_names_are_text_on_our_own_pages_too(browser, link):
    key = link(name="<img src=x onerror=alert(1)>")
    for path in ("/links", f"/links/{key}"):
        html = browser.get(path).get_data(as_text=True)
        assert "<img src=x" not in html
        assert "&lt;img" in html


def test_an_album_s_link_can_be_listed_alone(browser, sharing, owner, link, several, album_of):
    album = album_of(owner, *several, title="Lakes")
    sharing.links.to_album(owner, album, LinkWish(name="of the album"))
    link(name="of a picture")
    html = browser.get(f"/links?album={album}").get_data(as_text=True)
    assert "of the album" in html
    assert "of a picture" not in html
