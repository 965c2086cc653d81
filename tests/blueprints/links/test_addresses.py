"""Keys of links in public addresses: they open as ids do, and close at once."""

from datetime import UTC, datetime, timedelta

import pytest

from webapp.models import Link
from webapp.services.links.wishes import LinkWish

MINUTE = "public, max-age=60, must-revalidate"
PAGE = {"Accept": "text/html"}


@pytest.fixture
def sign(services):
    return services.addresses.sign


def ends(sharing, owner, easel, how):
    """Return a function that ends a link in one of its ways."""

    def expire(key):
        with easel.database.writing() as session:
            row = session.get_one(Link, sharing.links.get(key, owner).row)
            row.expires_ms = 1_000_000_000_000
        easel.shown.change(key)

    return {
        "revoked": lambda key: sharing.links.revoke(key, owner),
        "expired": expire,
    }[how]


@pytest.mark.parametrize("extension", [".webp", ".jpg", ".png", ""])
def test_a_key_shows_a_private_picture_where_its_id_does_not(anonymous, link, picture, extension):
    assert anonymous.get(f"/t/w320/{picture.id}{extension}").status_code == 404
    answer = anonymous.get(f"/t/w320/{link()}{extension}")
    assert answer.status_code == 200
    assert answer.mimetype.startswith("image/")


def test_a_signed_address_takes_a_key(anonymous, link, sign):
    key = link()
    answer = anonymous.get(sign(f"/w_40,fit_cover/{key}.webp"))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, MINUTE)
    meta = anonymous.get(sign(f"/meta/w_40/{key}")).get_json()
    assert (meta["id"], meta["width"]) == (key, 40)


def test_no_answer_by_a_key_tells_the_picture_s_id(anonymous, link, picture, sign):
    key = link()
    for path in (f"/t/w320/{key}.webp", sign(f"/meta/w_40/{key}"), sign(f"/w_40/{key}")):
        answer = anonymous.get(path)
        told = answer.get_data() + str(answer.headers).encode()
        assert picture.id.encode() not in told
        assert b"secret" not in told


def test_what_a_key_shows_is_kept_for_a_minute_and_never_for_good(anonymous, link, picture, sign):
    key = link()
    for path in (
        f"/t/w320/{key}.webp",
        f"/t/w320/{key}.webp?v={picture.version}",
        f"/t/w320/{key}",
        sign(f"/w_40,v_{picture.version}/{key}.webp"),
    ):
        answer = anonymous.get(path)
        assert answer.headers["Cache-Control"] == MINUTE
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Cookie" not in answer.vary
        assert "Set-Cookie" not in answer.headers


def test_nothing_is_kept_beyond_a_link_s_end(anonymous, link):
    end = datetime.now(UTC) + timedelta(seconds=50)
    key = link(expires=end)
    before = (end - datetime.now(UTC)).total_seconds()
    kept = anonymous.get(f"/t/w320/{key}.webp").headers["Cache-Control"]
    after = (end - datetime.now(UTC)).total_seconds()
    seconds = int(kept.removeprefix("public, max-age=").removesuffix(", must-revalidate"))
    assert after - 1 <= seconds <= before


def test_a_picture_is_rendered_once_by_whatever_name(anonymous, services, owner, link, picture):
    by_key = anonymous.get(f"/t/wide320/{link()}.webp")
    by_other = anonymous.get(f"/t/wide320/{link()}.webp")
    services.images.set_visibility(picture.id, owner, "unlisted")
    by_id = anonymous.get(f"/t/wide320/{picture.id}.webp")
    assert [answer.headers["X-Cache"] for answer in (by_key, by_other, by_id)] == [
        "miss",
        "hit",
        "hit",
    ]
    assert by_key.headers["ETag"] == by_other.headers["ETag"] == by_id.headers["ETag"]
    assert by_key.data == by_id.data


def test_head_range_and_304_work_by_a_key(anonymous, link):
    path = f"/t/w320/{link()}.webp"
    whole = anonymous.get(path)
    head = anonymous.head(path)
    part = anonymous.get(path, headers={"Range": "bytes=0-9"})
    same = anonymous.get(path, headers={"If-None-Match": whole.headers["ETag"]})
    assert (head.status_code, head.data) == (200, b"")
    assert (part.status_code, part.data) == (206, whole.data[:10])
    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["Cache-Control"] == MINUTE


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_what_has_ended_is_gone_everywhere_at_once(
    easel, sharing, owner, anonymous, browser, services, link, picture, sign, how
):
    key, other = link(), link()
    paths = [
        f"/t/w320/{key}.webp",
        f"/t/w320/{key}",
        sign(f"/w_40/{key}.webp"),
        sign(f"/meta/w_40/{key}"),
        f"/s/{key}/t/w320/{picture.id}.webp",
        f"/s/{key}/original/{picture.id}",
    ]
    before = services.images.get_image(picture.id, owner)
    etags = [anonymous.get(path).headers.get("ETag", '"x"') for path in paths for _ in range(2)]
    ends(sharing, owner, easel, how)(key)
    for path, etag in zip(paths, etags[::2], strict=True):
        answer = anonymous.get(path, headers={"If-None-Match": etag})
        assert answer.status_code == 410, path
        assert answer.headers["Cache-Control"] == "no-store"
    assert anonymous.get(f"/s/{key}", headers=PAGE).status_code == 410
    assert browser.get(f"/t/w320/{key}.webp").status_code == 410
    # Nothing else has changed.
    assert services.images.get_image(picture.id, owner) == before
    assert anonymous.get(f"/t/w320/{other}.webp").status_code == 200
    assert browser.get(f"/t/w320/{picture.id}.webp").status_code == 200


def test_the_fast_path_remembers_nothing_that_a_key_shows(app, anonymous, link):
    path = f"/t/w320/{link()}.webp"
    for _ in range(3):
        anonymous.get(path)
    assert not app.wsgi_app._answers


def test_an_album_s_key_shows_its_cover(anonymous, album_link, several):
    key = album_link(*several)
    answer = anonymous.get(f"/t/small/{key}.png")
    assert answer.status_code == 200
    assert anonymous.get(f"/t/small/{several[0].id}.png").status_code == 404
    assert anonymous.get(f"/t/small/{album_link()}.png").status_code == 404


@pytest.mark.parametrize("limit", [{"password": "open sesame"}, {"max_views": 5}])
def test_a_link_that_is_limited_shows_nothing_at_public_addresses(
    anonymous, browser, link, sign, limit
):
    key = link(**limit)
    for ask in (anonymous.get, browser.get):
        for path in (f"/t/w320/{key}.webp", sign(f"/w_40/{key}"), sign(f"/meta/w_40/{key}")):
            assert ask(path).status_code == 404


def test_hits_are_counted_by_the_host_that_led_here(sharing, owner, anonymous, link):
    key = link()
    for referrer in ("https://forum.example.org/topic/1?secret=2", "https://FORUM.example.org/"):
        anonymous.get(f"/t/w320/{key}.webp", headers={"Referer": referrer})
    anonymous.get(f"/t/w320/{key}.webp")
    anonymous.head(f"/t/w320/{key}.webp")
    anonymous.get(f"/s/{key}", headers={"Referer": "https://forum.example.org/"})
    found = sharing.links.get(key, owner)
    told = {entry.host: entry.count for entry in sharing.links.hosts(found)}
    assert told == {"forum.example.org": 3, "": 1}
    assert (found.hits, found.views) == (4, 1)
    assert found.last_hit is not None


def test_a_picture_in_the_making_has_its_key_at_once(app, services, owner, sharing, wish):
    services.generator._jobs._runner.send = lambda _ids: None
    pending = services.generator.start(owner, wish).pictures[0]
    key = sharing.links.to_image(owner, pending.id, LinkWish()).id
    answer = app.test_client().get(f"/t/w320/{key}.webp")
    assert answer.status_code == 200
    assert answer.headers["X-Easel-State"] == "pending"
    assert answer.headers["Cache-Control"] == "no-store"
