import pytest

from tests.blueprints.api.conftest import problem
from webapp.providers.plain import png


@pytest.fixture
def ids(services, owner):
    return [
        services.images.add_image(owner, png(30, 20, bytes([shade, 1, 1]))).id for shade in range(4)
    ]


@pytest.fixture
def album(api):
    return api.post("/api/albums", {"title": "Lakes", "description": "Water."}).get_json()["id"]


def inside(api, album):
    return [item["id"] for item in api.get(f"/api/albums/{album}/images").get_json()["items"]]


def test_an_album_is_made_shown_changed_and_deleted(api, ids):
    made = api.post("/api/albums", {"title": " Lakes ", "description": "Water."})
    body = made.get_json()
    path = f"/api/albums/{body['id']}"
    assert (made.status_code, made.headers["Location"]) == (201, f"http://localhost{path}")
    assert (body["title"], body["count"], body["cover"]) == ("Lakes", 0, None)
    assert api.get(path).get_json() == body
    api.post(f"{path}/images", {"ids": ids})
    changed = api.open("PATCH", path, json={"title": "Seas", "cover": ids[1]}).get_json()
    assert (changed["title"], changed["description"]) == ("Seas", "Water.")
    assert (changed["cover"], changed["count"]) == (ids[1], 4)
    assert f"/t/square/{ids[1]}.webp" in changed["cover_url"]
    first = api.open("PATCH", path, json={"cover": None}).get_json()
    assert first["cover"] == ids[0]
    assert api.open("DELETE", path).status_code == 204
    problem(api.get(path), 404, "not_found")
    assert len(api.get("/api/images").get_json()["items"]) == 4


def test_albums_come_in_pages(api):
    made = [api.post("/api/albums", {"title": str(n)}).get_json()["id"] for n in range(3)]
    first = api.get("/api/albums?limit=2").get_json()
    rest = api.get(f"/api/albums?cursor={first['next_cursor']}").get_json()
    assert [item["id"] for item in first["items"] + rest["items"]] == made[::-1]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"),
        ({"title": ""}, "title"),
        ({"title": "\u0001 "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"title": "x", "description": "y" * 4001}, "description"),
    ],
)
def test_a_mistake_is_told_by_its_field(api, body, field):
    assert list(problem(api.post("/api/albums", body), 400, "invalid")["errors"]) == [field]


def test_who_has_seen_an_older_album_changes_and_deletes_nothing(api, album, ids):
    path = f"/api/albums/{album}"
    etag = {"If-Match": api.get(path).headers["ETag"]}
    api.post(f"{path}/images", {"ids": ids[:1]})
    problem(api.open("PATCH", path, json={"title": "Seas"}, headers=etag), 412, "changed")
    problem(api.open("DELETE", path, headers=etag), 412, "changed")
    assert api.get(path).get_json()["title"] == "Lakes"


def test_images_come_go_and_move(api, album, ids):
    path = f"/api/albums/{album}/images"
    body = api.post(path, {"ids": [*ids, "nobody"]}).get_json()
    assert (body["changed"], body["failed"]["nobody"]["code"]) == (4, "not_found")
    api.post(f"{path}/{ids[3]}/move", {"before": ids[1]})
    api.post(f"{path}/{ids[0]}/move", {"to": "last"})
    assert inside(api, album) == [ids[3], ids[1], ids[2], ids[0]]
    assert api.open("DELETE", path, json={"ids": ids[:2]}).get_json()["changed"] == 2
    assert inside(api, album) == [ids[3], ids[2]]


def test_what_is_in_an_album_comes_in_pages(api, album, ids):
    path = f"/api/albums/{album}/images"
    api.post(path, {"ids": ids})
    first = api.get(f"{path}?limit=3").get_json()
    rest = api.get(f"{path}?cursor={first['next_cursor']}").get_json()
    assert [item["id"] for item in first["items"] + rest["items"]] == ids
    assert first["items"][0]["albums"] == [album]
    for cursor in ("zzz", "MS4x.", "eA"):
        problem(api.get(f"{path}?cursor={cursor}"), 400, "invalid")


@pytest.mark.parametrize("body", [{}, {"to": "up"}, {"to": "first", "before": "x"}])
def test_a_move_says_one_place(api, album, ids, body):
    path = f"/api/albums/{album}/images"
    api.post(path, {"ids": ids})
    problem(api.post(f"{path}/{ids[0]}/move", body), 400, "invalid")
    assert inside(api, album) == ids


def test_a_cover_must_be_in_the_album(api, album, ids):
    answer = api.open("PATCH", f"/api/albums/{album}", json={"cover": ids[0]})
    assert list(problem(answer, 400, "invalid")["errors"]) == ["cover"]


def test_a_stranger_finds_and_changes_nothing(api, stranger_api, services, stranger, album, ids):
    path = f"/api/albums/{album}"
    api.post(f"{path}/images", {"ids": ids[:2]})
    theirs = services.images.add_image(stranger, png(30, 20, b"xyz")).id
    for method, where, body in (
        ("GET", path, None),
        ("PATCH", path, {"title": "Mine"}),
        ("DELETE", path, None),
        ("GET", f"{path}/images", None),
        ("POST", f"{path}/images", {"ids": [theirs]}),
        ("DELETE", f"{path}/images", {"ids": ids}),
        ("POST", f"{path}/images/{ids[0]}/move", {"to": "last"}),
    ):
        problem(stranger_api.open(method, where, json=body), 404, "not_found")
    assert stranger_api.get("/api/albums").get_json()["items"] == []
    assert inside(api, album) == ids[:2]


def test_a_stranger_s_picture_can_t_be_put_into_an_own_album(stranger_api, services, ids):
    mine = stranger_api.post("/api/albums", {"title": "Mine"}).get_json()["id"]
    body = stranger_api.post(f"/api/albums/{mine}/images", {"ids": ids}).get_json()
    assert body["changed"] == 0
    assert {why["code"] for why in body["failed"].values()} == {"not_found"}


def test_writing_images_is_not_writing_albums(caller_of, owner, album):
    writer = caller_of(owner, "images:read", "images:write")
    problem(writer.post("/api/albums", {"title": "x"}), 403, "missing_scope")
    assert writer.get(f"/api/albums/{album}").status_code == 200
