import html
import re
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from webapp.models import Image
from webapp.providers.plain import png
from webapp.web import filters


def test_strangers_are_asked_to_sign_in(anonymous):
    answer = anonymous.get("/")
    assert answer.status_code == 303
    assert answer.location == "/login?next=/"


def test_a_new_picture_is_shown_first(browser, services, owner, wish):
    made = services.generator.start(owner, wish).pictures[0]
    page = browser.get("/").get_data(as_text=True)
    assert f'id="image-{made.id}"' in page


def bring(services, owner, count):
    return [services.images.add_image(owner, png(9, 9, bytes([n, 1, 2]))).id for n in range(count)]


def shown(page):
    return re.findall(r'id="image-(\w{11})"', page)


def text(answer):
    return answer.get_data(as_text=True)


def test_an_empty_gallery_offers_templates(browser, services):
    page = text(browser.get("/"))
    for template in services.prompts.templates()[:2]:
        assert template.title in page


def test_more_pictures_come_page_by_page_without_gaps(services, browser, owner, stranger):
    noise = bring(services, stranger, 3)
    uids = bring(services, owner, 61)
    first = text(browser.get("/"))
    more = re.search(r'href="(/\?before=[^"]+)"', first)
    assert more is not None
    path = html.unescape(more[1])
    second = text(browser.fragment(path))
    assert shown(first) + shown(second) == uids[::-1]
    assert "<html" not in second
    assert "before=" not in second
    assert shown(text(browser.get(path))) == uids[:1]
    assert not set(noise) & set(shown(first + second))


def test_uploads_and_generated_pictures_can_be_shown_alone(services, browser, owner, wish):
    made = services.generator.start(owner, wish).pictures[0].id
    brought = bring(services, owner, 1)[0]
    assert shown(text(browser.get("/?show=uploads"))) == [brought]
    assert shown(text(browser.get("/?show=generated"))) == [made]
    assert shown(text(browser.get("/?show=nonsense"))) == [brought, made]


def test_a_ready_tile_has_its_preview_and_versioned_thumbnails(services, browser, owner):
    uid = bring(services, owner, 1)[0]
    picture = services.images.get_image(uid, owner)
    page = html.unescape(text(browser.get("/")))
    assert picture.preview in page
    assert f"/t/w640/{uid}.webp?v={picture.version}" in page


def test_a_failed_tile_says_why_and_offers_to_try_again(services, browser, owner, wish):
    uid = services.generator.start(owner, replace(wish, prompt="!unavailable")).pictures[0].id
    page = text(browser.get("/"))
    assert "Plain was asked to fail: unavailable." in page
    assert f'action="/images/{uid}/retry"' in page


def test_the_count_is_of_the_person_alone(services, browser, owner, stranger):
    bring(services, stranger, 5)
    bring(services, owner, 2)
    count = re.search(r'id="count"[^>]*>([^<]*)', text(browser.get("/")))
    assert count is not None
    assert "2" in count[1]
    assert "5" not in count[1]


class Noon(datetime):
    """A clock that stands at noon."""

    @classmethod
    def now(cls, tz=None):
        return cls(2026, 11, 21, 12, tzinfo=tz)


def test_pictures_stand_under_their_days(services, browser, owner, monkeypatch):
    monkeypatch.setattr(filters, "datetime", Noon)
    uids = bring(services, owner, 2)
    with services.gallery._database.writing() as session:
        for uid, days in zip(uids, (1, 0), strict=True):
            row = session.scalar(select(Image).where(Image.uid == uid))
            row.created_ms = int((Noon.now() - timedelta(days=days)).timestamp() * 1000)
    page = text(browser.get("/"))
    assert page.index("Today") < page.index(f"image-{uids[1]}") < page.index("Yesterday")
    assert page.index("Yesterday") < page.index(f"image-{uids[0]}")


def test_the_page_of_patterns_shows_every_component(browser):
    page = text(browser.get("/system/patterns"))
    assert "<!doctype html>" in page.lower()
    assert len(page) > 10_000
