"""Share pages: what guests see, and what they never learn."""

import re
import time
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import delete

from tests.sharing import found
from webapp.extensions import limiter
from webapp.models import Album
from webapp.services.links.wishes import LinkWish

HTML = {"Accept": "text/html"}


def page(client, path, status=200):
    answer = client.get(path, headers=HTML)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def unlock(client, key, password):
    form = page(client, f"/s/{key}")
    token = found(r'name="csrf_token" value="([^"]+)"', form)
    return client.post(f"/s/{key}", data={"csrf_token": token, "password": password})


def pictures_of(html):
    return re.findall(r'<img[^>]+src="(/s/[^"]+)"', html)


def test_a_share_page_shows_a_private_picture(anonymous, link, picture):
    key = link(name="For Ann")
    html = page(anonymous, f"/s/{key}")
    assert "<h1>For Ann</h1>" in html
    (address,) = pictures_of(html)
    assert anonymous.get(address).status_code == 200


def test_everything_that_a_share_page_needs_is_public(anonymous, link, album_link, several):
    for path in (f"/s/{link(metadata='full')}", f"/s/{album_link(*several)}"):
        for address in re.findall(r'(?:src|href)="([^"#]+)', page(anonymous, path)):
            assert address.startswith(("/s/", "data:", "http://localhost/oembed?")), address
            if "/static/" in address:
                with anonymous.get(address) as file:
                    assert file.status_code == 200


def test_a_share_page_is_kept_by_nobody_and_found_by_no_search(anonymous, link):
    answer = anonymous.get(f"/s/{link()}", headers=HTML)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert 'content="noindex, nofollow"' in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers
    assert "<script" not in answer.get_data(as_text=True)


def test_the_prompt_is_told_only_where_the_link_says_so(anonymous, link):
    assert "secret" not in page(anonymous, f"/s/{link()}")
    html = page(anonymous, f"/s/{link(metadata='full')}")
    assert "a secret lake" in html


def test_a_file_tells_no_more_than_its_link(anonymous, link, picture, services, owner):
    bare = anonymous.get(f"/s/{link()}/original/{picture.id}")
    assert bare.status_code == 200
    assert b"secret" not in bare.data + str(bare.headers).encode()
    assert bare.headers["Content-Disposition"].startswith("attachment")
    assert bare.headers["Cache-Control"] == "private, no-cache"
    with anonymous.get(f"/s/{link(metadata='full')}/original/{picture.id}") as told:
        assert "a_secret_lake" in told.headers["Content-Disposition"]


def test_what_can_t_keep_its_data_to_itself_is_not_saved(anonymous, sharing, services, owner):
    file = BytesIO()
    Image.new("RGB", (30, 20)).save(file, "TIFF")
    tiff = services.images.add_image(owner, file.getvalue(), filename="scan.tif")
    key = sharing.links.to_image(owner, tiff.id, LinkWish()).id
    assert "Save the picture" not in page(anonymous, f"/s/{key}")
    assert anonymous.get(f"/s/{key}/original/{tiff.id}").status_code == 404
    sharing.links.update(key, owner, LinkWish(metadata="full"))
    assert "Save the picture" in page(anonymous, f"/s/{key}")
    with anonymous.get(f"/s/{key}/original/{tiff.id}") as whole:
        assert whole.data == file.getvalue()


def test_names_are_text_and_never_markup(anonymous, link, album_link, several):
    evil = "<script>alert(1)</script>\"'><img src=x>"
    for path in (f"/s/{link(name=evil)}", f"/s/{album_link(*several, title=evil)}"):
        html = page(anonymous, path)
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "&lt;script&gt;" in html


def test_a_link_can_be_previewed_elsewhere_unless_it_has_a_password(anonymous, link):
    key = link(name="For Ann")
    html = page(anonymous, f"/s/{key}")
    preview = found(r'<meta property="og:image"\s+content="http://localhost([^"]+)"', html)
    assert anonymous.get(preview).mimetype == "image/jpeg"
    assert 'property="og:title" content="For Ann"' in html
    counted = page(anonymous, f"/s/{link(name='For Bob', max_views=3)}")
    assert 'property="og:title" content="For Bob"' in counted
    assert "og:image" not in counted
    assert "oembed" not in counted
    locked = page(anonymous, f"/s/{link(name='For Bob', password='open sesame')}")
    assert "og:" not in locked
    assert "For Bob" not in locked


def test_an_album_is_shown_a_page_at_a_time(
    anonymous, services, owner, album_link, several, monkeypatch
):
    monkeypatch.setattr("webapp.services.links.shared.PAGE_SIZE", 3)
    shared = type(services.sharing.shared)
    monkeypatch.setattr(shared.page, "__defaults__", ("", 3))
    key = album_link(*several)
    first = page(anonymous, f"/s/{key}")
    assert [several[place].id in first for place in range(5)] == [True] * 3 + [False] * 2
    after = found(r'href="(/s/[^"]+\?after=[^"]+)"', first)
    second = page(anonymous, after)
    assert [several[place].id in second for place in range(5)] == [False] * 3 + [True] * 2
    assert "More pictures" not in second


def test_each_picture_of_an_album_has_a_page(anonymous, album_link, several):
    key = album_link(*several)
    html = page(anonymous, f"/s/{key}/{several[1].id}")
    assert f"/s/{key}/{several[0].id}" in html
    assert f"/s/{key}/{several[2].id}" in html
    assert f'href="/s/{key}"' in html
    assert "Save the picture" in html


def test_an_album_s_link_opens_no_other_picture(anonymous, album_link, several, picture):
    key = album_link(*several)
    for path in (f"/s/{key}/{picture.id}", f"/s/{key}/t/w320/{picture.id}.webp"):
        assert anonymous.get(path).status_code == 404
    assert anonymous.get(f"/s/{key}/original/{picture.id}").status_code == 404


def test_an_empty_album_says_so(anonymous, album_link):
    assert "no picture in this album" in page(anonymous, f"/s/{album_link()}")


def test_views_by_others_are_counted_and_no_other_visit(sharing, owner, anonymous, browser, link):
    key = link()
    browser.get(f"/s/{key}")
    anonymous.head(f"/s/{key}")
    assert sharing.links.get(key, owner).views == 0
    anonymous.get(f"/s/{key}")
    anonymous.get(f"/s/{key}")
    assert sharing.links.get(key, owner).views == 2


@pytest.mark.parametrize("header", ["HX-Request", "HX-Boosted", "HX-History-Restore-Request"])
def test_no_header_is_a_way_around_counting(app, link, header):
    key = link(max_views=1)
    asked = {"headers": {header: "true"}}
    assert app.test_client().get(f"/s/{key}", **asked).status_code == 200
    assert app.test_client().get(f"/s/{key}", **asked).status_code == 410


def test_a_cursor_is_no_way_around_counting_a_single_picture(app, sharing, owner, link):
    key = link(max_views=2)
    guest = app.test_client()
    for status in (200, 200, 410):
        page(guest, f"/s/{key}?after=1.1", status)
    assert sharing.links.get(key, owner).views == 2


def test_the_inner_page_of_a_single_picture_costs_one_view(app, sharing, owner, link, picture):
    key = link(max_views=1)
    guest = app.test_client()
    answer = guest.get(f"/s/{key}/{picture.id}", follow_redirects=True)
    assert answer.status_code == 200
    assert sharing.links.get(key, owner).views == 1


def test_a_pass_ends_a_day_after_its_view_however_often_it_is_shown(
    app, album_link, several, monkeypatch
):
    key = album_link(*several, max_views=1)
    guest, began = app.test_client(), time.time()
    (address, *_) = pictures_of(page(guest, f"/s/{key}"))
    for hours in (10, 20, 23):
        monkeypatch.setattr("time.time", lambda hours=hours: began + hours * 3600)
        page(guest, f"/s/{key}?after=1.1")
        page(guest, f"/s/{key}/{several[1].id}")
        assert guest.get(address).status_code == 200
    monkeypatch.setattr("time.time", lambda: began + 25 * 3600)
    page(guest, f"/s/{key}?after=1.1", 410)
    assert guest.get(address).status_code == 410


def test_a_password_opens_a_link_for_a_day_however_often_it_is_looked_at(app, link, monkeypatch):
    key = link(password="open sesame", max_views=20)
    guest, began = app.test_client(), time.time()
    unlock(guest, key, "open sesame")
    for hours in (10, 20):
        monkeypatch.setattr("time.time", lambda hours=hours: began + hours * 3600)
        (address,) = pictures_of(page(guest, f"/s/{key}"))
    monkeypatch.setattr("time.time", lambda: began + 25 * 3600)
    assert 'type="password"' in page(guest, f"/s/{key}")
    assert guest.get(address).status_code == 404


def test_pictures_of_counted_views_are_for_browsers_that_had_one(app, link, picture):
    key = link(max_views=5)
    guest, other = app.test_client(), app.test_client()
    (address,) = pictures_of(page(guest, f"/s/{key}"))
    for path in (address, f"/s/{key}/original/{picture.id}"):
        with guest.get(path) as answer:
            assert answer.status_code == 200
        assert other.get(path).status_code == 404


def test_another_member_s_visit_counts(sharing, owner, stranger_browser, link):
    key = link(max_views=1)
    assert stranger_browser.get(f"/s/{key}").status_code == 200
    assert stranger_browser.get(f"/s/{key}").status_code == 410
    assert sharing.links.get(key, owner).state == "used_up"


def test_the_last_view_still_shows_its_pictures_to_whoever_has_it(app, link):
    key = link(max_views=1)
    last, late = app.test_client(), app.test_client()
    (address,) = pictures_of(page(last, f"/s/{key}"))
    answer = last.get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, max-age=60, must-revalidate"
    assert "Cookie" in answer.vary
    assert late.get(address).status_code == 410
    page(late, f"/s/{key}", 410)
    page(last, f"/s/{key}", 410)


def test_whoever_has_seen_an_album_may_look_through_it(app, album_link, several):
    key = album_link(*several, max_views=1)
    last, late = app.test_client(), app.test_client()
    page(last, f"/s/{key}")
    page(last, f"/s/{key}/{several[1].id}")
    page(late, f"/s/{key}/{several[1].id}", 410)


def test_a_picture_of_an_album_is_no_way_around_counting(app, sharing, owner, album_link, several):
    key = album_link(*several, max_views=1)
    page(app.test_client(), f"/s/{key}/{several[1].id}")
    page(app.test_client(), f"/s/{key}/{several[2].id}", 410)


def test_a_revoked_link_ends_for_whoever_was_let_in_too(app, sharing, owner, link):
    key = link(password="open sesame")
    client = app.test_client()
    unlock(client, key, "open sesame")
    (address,) = pictures_of(page(client, f"/s/{key}"))
    sharing.links.revoke(key, owner)
    assert client.get(address).status_code == 410
    page(client, f"/s/{key}", 410)


def test_a_password_opens_a_link_for_one_browser(app, link, picture):
    key = link(password="open sesame")
    guest, other = app.test_client(), app.test_client()
    html = page(guest, f"/s/{key}")
    assert picture.id not in html
    assert 'type="password"' in html
    address = f"/s/{key}/t/w320/{picture.id}.webp"
    assert guest.get(address).status_code == 404
    assert unlock(guest, key, "open sesame").status_code == 303
    assert address.partition("/t/")[0] in pictures_of(page(guest, f"/s/{key}"))[0]
    answer = guest.get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"].startswith("private, max-age=60")
    assert "Cookie" in answer.vary
    assert other.get(address).status_code == 404
    assert other.get(f"/s/{key}/original/{picture.id}").status_code == 404


def test_a_pass_is_for_one_link_and_its_page_alone(app, link, picture):
    key, other = link(password="open sesame"), link(password="open sesame")
    guest = app.test_client()
    given = unlock(guest, key, "open sesame").headers.getlist("Set-Cookie")
    (cookie,) = [text for text in given if text.startswith("easel_pass=")]
    assert f"Path=/s/{key};" in cookie + ";"
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    value = cookie.partition("=")[2].partition(";")[0]
    guest.set_cookie("easel_pass", value, path=f"/s/{other}")
    assert guest.get(f"/s/{other}/t/w320/{picture.id}.webp").status_code == 404
    guest.set_cookie("easel_pass", value[:-2] + "xx", path=f"/s/{key}")
    assert guest.get(f"/s/{key}/t/w320/{picture.id}.webp").status_code == 404


def test_a_changed_password_locks_out_whoever_knew_the_old_one(app, sharing, owner, link, picture):
    key = link(password="open sesame")
    guest = app.test_client()
    unlock(guest, key, "open sesame")
    sharing.links.update(key, owner, LinkWish(password="another one"))
    assert guest.get(f"/s/{key}/t/w320/{picture.id}.webp").status_code == 404
    assert 'type="password"' in page(guest, f"/s/{key}")


@pytest.mark.parametrize("guess", ["", "wrong", "OPEN SESAME", "x" * 100_000, "\ud800"])
def test_a_wrong_password_opens_nothing(app, link, guess, picture):
    key = link(password="open sesame")
    guest = app.test_client()
    answer = unlock(guest, key, guess.encode("utf-8", "replace").decode())
    assert answer.status_code == 422
    assert "password is wrong" in answer.get_data(as_text=True)
    assert guest.get(f"/s/{key}/t/w320/{picture.id}.webp").status_code == 404


def test_no_password_is_taken_without_the_form_s_token(anonymous, link):
    assert (
        anonymous.post(f"/s/{link(password='sesame')}", data={"password": "sesame"}).status_code
        == 400
    )


def test_asking_for_the_password_is_no_view(app, sharing, owner, link):
    key = link(password="open sesame", max_views=1)
    guest = app.test_client()
    page(guest, f"/s/{key}")
    unlock(guest, key, "wrong")
    assert sharing.links.get(key, owner).views == 0
    unlock(guest, key, "open sesame")
    page(guest, f"/s/{key}")
    assert sharing.links.get(key, owner).views == 1


def test_guessing_is_held_up(app, link, monkeypatch):
    key = link(password="open sesame")
    guest = app.test_client()
    form = page(guest, f"/s/{key}")
    token = found(r'name="csrf_token" value="([^"]+)"', form)
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now)  # all of it happens within a minute
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    statuses = [
        guest.post(f"/s/{key}", data={"csrf_token": token, "password": str(n)}).status_code
        for n in range(12)
    ]
    limiter.reset()
    assert statuses == [422] * 10 + [429] * 2


def test_the_owner_needs_no_password(browser, link, picture):
    key = link(password="open sesame")
    assert pictures_of(page(browser, f"/s/{key}"))
    assert browser.get(f"/s/{key}/t/w320/{picture.id}.webp").status_code == 200


@pytest.mark.parametrize("path", ["/s/zzzzzzzzzzz", "/s/short", "/s/zzzzzzzzzzz/zzzzzzzzzzz"])
def test_a_key_that_never_was_is_not_there(anonymous, path):
    assert "nothing" in page(anonymous, path, 404).lower() or "no such link" in page(
        anonymous, path, 404
    )


def test_what_is_in_the_trash_is_gone_for_guests(anonymous, services, owner, link, picture):
    key = link()
    services.images.delete_image(picture.id, owner)
    page(anonymous, f"/s/{key}", 410)
    assert anonymous.get(f"/t/w320/{key}.webp").status_code == 410
    services.images.restore(picture.id, owner)
    page(anonymous, f"/s/{key}")
    services.images.delete_image(picture.id, owner)
    services.images.purge(picture.id, owner)
    page(anonymous, f"/s/{key}", 410)
    assert anonymous.get(f"/t/w320/{key}.webp").status_code == 410


def test_a_deleted_album_is_gone_for_guests(anonymous, easel, album_link, several):
    key = album_link(*several)
    page(anonymous, f"/s/{key}")
    with easel.database.writing() as session:
        session.execute(delete(Album))
    page(anonymous, f"/s/{key}", 410)


def test_a_picture_s_link_leads_from_its_inner_page_to_its_own(anonymous, link, picture):
    key = link()
    answer = anonymous.get(f"/s/{key}/{picture.id}")
    assert (answer.status_code, answer.location) == (303, f"/s/{key}")


def test_an_unknown_preset_is_told_and_nothing_more(anonymous, link, picture):
    answer = anonymous.get(f"/s/{link()}/t/huge/{picture.id}.webp")
    assert answer.status_code == 400
    assert answer.get_json()["code"] == "unknown_preset"
