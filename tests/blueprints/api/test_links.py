from datetime import UTC, datetime, timedelta

import pytest

from tests.blueprints.api.conftest import problem
from tests.sharing import album_link, album_of, link, picture, several, sharing

__all__ = ["album_link", "album_of", "link", "picture", "several", "sharing"]

KEYS = {
    "id",
    "url",
    "sizes",
    "image",
    "album",
    "name",
    "state",
    "has_password",
    "metadata",
    "created",
    "expires",
    "revoked",
    "max_views",
    "views",
    "hits",
    "last_hit",
    "version",
}


@pytest.fixture
def made(api, sharing, picture):
    """Return a link that was made just now."""
    return api.post("/api/links", {"image": picture.id, "name": "For Ann"}).get_json()


def change(api, key, body, **options):
    return api.open("PATCH", f"/api/links/{key}", json=body, **options)


def test_a_link_is_made_and_its_addresses_work(api, nobody, sharing, picture):
    end = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    answer = api.post("/api/links", {"image": picture.id, "name": "For Ann", "expires": end})
    assert answer.status_code == 201
    told = answer.get_json()
    assert set(told) == KEYS
    assert (told["image"], told["album"], told["state"]) == (picture.id, None, "active")
    assert answer.headers["Location"].endswith(f"/api/links/{told['id']}")
    assert answer.headers["ETag"] == '"1"'
    for url in (told["url"], told["sizes"]["w640"], told["sizes"]["og"]):
        assert nobody.get(url.removeprefix("http://localhost")).status_code == 200


def test_an_album_is_shared_alike(api, sharing, owner, several, album_of):
    album = album_of(owner, *several)
    told = api.post("/api/links", {"album": album}).get_json()
    assert (told["image"], told["album"]) == (None, album)


def test_counted_views_hide_the_addresses(api, sharing, picture):
    told = api.post("/api/links", {"image": picture.id, "max_views": 3}).get_json()
    assert (told["max_views"], told["sizes"]) == (3, None)


def test_a_password_is_never_answered_and_hides_the_addresses(api, sharing, picture):
    body = {"image": picture.id, "password": "open sesame"}
    answer = api.post("/api/links", body)
    assert "sesame" not in answer.get_data(as_text=True)
    told = answer.get_json()
    assert (told["has_password"], told["sizes"]) == (True, None)
    assert "sesame" not in api.get(f"/api/links/{told['id']}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "image"),
        ({"image": "ID", "album": "zzzzzzzzzzz"}, "image"),
        ({"image": "ID", "expires": "2020-01-01T00:00:00Z"}, "expires"),
        ({"image": "ID", "expires": "2099-01-01T00:00:00"}, "expires"),
        ({"image": "ID", "expires": 5}, "expires"),
        ({"image": "ID", "max_views": 0}, "max_views"),
        ({"image": "ID", "max_views": "3"}, "max_views"),
        ({"image": "ID", "password": "abc"}, "password"),
        ({"image": "ID", "metadata": "some"}, "metadata"),
        ({"image": "ID", "name": "x" * 121}, "name"),
        ({"image": "ID", "colour": "red"}, "colour"),
    ],
)
def test_a_mistake_is_told_by_the_name_of_its_field(api, sharing, picture, body, field):
    sent = body | ({"image": picture.id} if body.get("image") == "ID" else {})
    answer = api.post("/api/links", sent)
    assert answer.status_code == 400
    assert list(answer.get_json()["errors"]) == [field]
    assert api.get("/api/links").get_json()["items"] == []


def test_somebody_else_s_picture_album_and_link_are_not_there(
    stranger_api, made, picture, several, album_of, owner
):
    album, path = album_of(owner, *several), f"/api/links/{made['id']}"
    problem(stranger_api.post("/api/links", {"image": picture.id}), 404, "not_found")
    problem(stranger_api.post("/api/links", {"album": album}), 404, "not_found")
    problem(stranger_api.get(path), 404, "not_found")
    problem(change(stranger_api, made["id"], {"name": "mine"}), 404, "not_found")
    problem(stranger_api.open("DELETE", path), 404, "not_found")
    assert stranger_api.get("/api/links").get_json()["items"] == []


def test_reading_needs_one_scope_and_changing_another(caller_of, owner, made, picture):
    reader = caller_of(owner, "images:read")
    path = f"/api/links/{made['id']}"
    assert reader.get(path).status_code == 200
    problem(reader.post("/api/links", {"image": picture.id}), 403, "missing_scope")
    problem(change(reader, made["id"], {"name": "x"}), 403, "missing_scope")
    problem(reader.open("DELETE", path), 403, "missing_scope")
    writer = caller_of(owner, "links:write")
    problem(writer.get(path), 403, "missing_scope")


def test_what_is_not_sent_stays(api, sharing, picture):
    end = (datetime.now(UTC) + timedelta(days=3)).isoformat(timespec="seconds")
    body = {"image": picture.id, "password": "open sesame", "expires": end, "max_views": 3}
    before = api.post("/api/links", body).get_json()
    after = change(api, before["id"], {"name": "new"}).get_json()
    for name in ("expires", "max_views", "has_password", "metadata"):
        assert after[name] == before[name]
    assert (after["name"], after["version"]) == ("new", 2)
    bare = {"password": None, "expires": None, "max_views": None}
    after = change(api, before["id"], bare).get_json()
    assert (after["has_password"], after["expires"], after["max_views"]) == (False, None, None)


def test_a_change_of_what_somebody_else_has_changed_is_refused(api, made):
    etag = {"If-Match": '"1"'}
    assert change(api, made["id"], {"name": "a"}, headers=etag).status_code == 200
    assert change(api, made["id"], {"name": "b"}, headers=etag).status_code == 412
    answer = api.open("DELETE", f"/api/links/{made['id']}", headers=etag)
    assert answer.status_code == 412
    assert api.get(f"/api/links/{made['id']}").get_json()["name"] == "a"


def test_deleting_revokes_and_the_link_can_still_be_read(api, nobody, made):
    path = f"/api/links/{made['id']}"
    assert api.open("DELETE", path).status_code == 204
    told = api.get(path).get_json()
    assert told["state"] == "revoked"
    assert told["revoked"]
    for url in (told["url"], told["sizes"]["w640"]):
        assert nobody.get(url.removeprefix("http://localhost")).status_code == 410
    problem(change(api, made["id"], {"name": "again"}), 410, "link_gone")
    assert api.open("DELETE", path).status_code == 204


def test_a_link_tells_where_it_was_followed(api, nobody, made):
    nobody.get(f"/t/w320/{made['id']}.webp", headers={"Referer": "https://blog.example.org/1"})
    nobody.get(f"/s/{made['id']}")
    told = api.get(f"/api/links/{made['id']}").get_json()
    assert (told["hits"], told["views"]) == (2, 1)
    assert {item["host"]: item["hits"] for item in told["referrers"]} == {
        "": 1,
        "blog.example.org": 1,
    }


def test_links_are_listed_a_page_at_a_time(api, sharing, link, picture, several, owner):
    keys = [link(name=str(number)) for number in range(3)]
    first = api.get("/api/links?limit=2").get_json()
    second = api.get(f"/api/links?limit=2&cursor={first['next_cursor']}").get_json()
    assert [item["id"] for item in first["items"] + second["items"]] == keys[::-1]
    assert second["next_cursor"] is None
    assert api.get(f"/api/links?image={several[0].id}").get_json()["items"] == []
    problem(api.get("/api/links?cursor=junk"), 400, "invalid")


def test_what_is_in_the_trash_can_t_be_shared(api, services, owner, sharing, picture):
    services.images.delete_image(picture.id, owner)
    problem(api.post("/api/links", {"image": picture.id}), 410, "gone")
