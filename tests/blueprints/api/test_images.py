import base64
import io
import threading
from dataclasses import replace
from urllib.parse import quote

import pytest
from sqlalchemy import event

from tests.blueprints.api.conftest import Caller, problem
from webapp.extensions import db
from webapp.providers.plain import png
from webapp.web.api import READ

EVERY = (
    "id",
    "image",
    "timestamp",
    "prompt",
    "negative_prompt",
    "model",
    "provider",
    "seed",
    "width",
    "height",
    "format",
    "bytes",
    "state",
    "visibility",
    "tags",
    "focal_point",
    "preview",
    "sizes",
    "parents",
    "version",
    "filename",
    "albums",
    "generation",
    "digest",
    "colour",
    "palette",
    "deleted",
    "error",
)


def picture(shade=1):
    return png(96, 64, bytes([shade, 128, 192]))


def keep(services, owner, shade=1, **values):
    return services.images.add_image(owner, picture(shade), **values)


@pytest.fixture
def kept(services, owner):
    return [keep(services, owner, shade, filename=f"lake-{shade}.png") for shade in range(5)]


class TestReading:
    def test_an_image_is_told_with_all_that_the_contract_names(self, api, services, owner):
        kept = keep(services, owner, prompt="a lake", filename="lake.png")
        services.library.tags.set(kept.id, owner, ["sea"])
        body = api.get(f"/api/images/{kept.id}").get_json()
        assert set(EVERY) <= set(body)
        assert body["image"] == f"http://localhost/images/{kept.id}/original"
        assert (body["width"], body["height"], body["format"]) == (96, 64, "png")
        assert (body["prompt"], body["filename"], body["tags"]) == ("a lake", "lake.png", ["sea"])
        assert body["preview"].startswith("data:image/")
        assert body["sizes"]["w320"].startswith(f"http://localhost/t/w320/{kept.id}.webp?v=")
        assert (body["provider"], body["generation"], body["error"]) == ("", None, None)
        assert body["inline"] is None

    def test_the_addresses_that_are_told_answer(self, api, services, owner):
        body = api.get(f"/api/images/{keep(services, owner).id}").get_json()
        for url in (body["image"], body["sizes"]["square"]):
            with api.get(url.removeprefix("http://localhost")) as answer:
                assert answer.status_code == 200
                assert answer.mimetype.startswith("image/")

    def test_the_picture_itself_comes_inline_when_asked(self, api, services, owner, monkeypatch):
        kept = keep(services, owner)
        inline = api.get(f"/api/images/{kept.id}?inline=1").get_json()["inline"]
        head, _, data = inline.partition(",")
        assert head == "data:image/png;base64"
        assert base64.b64decode(data) == picture()
        monkeypatch.setattr("webapp.blueprints.api.image_models.MOST_INLINE", 10)
        problem(api.get(f"/api/images/{kept.id}?inline=1"), 413, "too_large")

    def test_a_pending_and_a_failed_image_say_so(self, app, caller_of, owner, services, wish):
        failed = services.generator.start(owner, replace(wish, prompt="!quota")).pictures[0]
        body = caller_of(owner, READ).get(f"/api/images/{failed.id}").get_json()
        assert (body["state"], body["image"]) == ("failed", None)
        assert body["error"]["next_step"]
        assert body["generation"]

    def test_the_original_streams(self, api, services, owner):
        kept = keep(services, owner)
        with api.get(f"/api/images/{kept.id}/original") as answer:
            assert answer.get_data() == picture()
        with api.get(f"/api/images/{kept.id}/original", headers={"Range": "bytes=0-3"}) as part:
            assert (part.status_code, part.get_data()) == (206, picture()[:4])

    def test_who_has_it_already_is_told_so(self, api, services, owner):
        path = f"/api/images/{keep(services, owner).id}"
        etag = api.get(path).headers["ETag"]
        assert api.get(path, headers={"If-None-Match": etag}).status_code == 304
        api.open("PATCH", path, json={"tags": ["sea"]})
        assert api.get(path, headers={"If-None-Match": etag}).status_code == 200

    def test_sizes_come_in_sets_and_by_name(self, api, services, owner):
        path = f"/api/images/{keep(services, owner).id}/sizes"
        everything = api.get(path).get_json()
        assert set(everything["sizes"]) == set(services.renditions.presets)
        crops = api.get(f"{path}?set=crops").get_json()
        assert list(crops["sizes"]) == ["square", "og", "avatar"]
        avatar = next(item for item in crops["items"] if item["preset"] == "avatar")
        assert (avatar["width"], avatar["height"]) == (64, 64)
        two = api.get(f"{path}?set=w320,%20og").get_json()
        assert list(two["sizes"]) == ["w320", "og"]
        widths = [f" {item['width']}w" for item in two["items"]]
        assert all(width in two["srcset"] for width in widths)
        assert "huge" in problem(api.get(f"{path}?set=huge"), 400, "unknown_preset")["detail"]

    def test_the_lineage_has_levels_and_roles(self, api, services, owner, wish):
        parent = keep(services, owner)
        made = services.generator.start(owner, replace(wish, based_on=parent.id)).pictures[0]
        body = api.get(f"/api/images/{made.id}/lineage").get_json()
        assert [(item["id"], item["level"]) for item in body["items"]] == [
            (parent.id, -1),
            (made.id, 0),
        ]
        assert body["items"][1]["parents"] == {parent.id: "recipe"}
        assert api.get(f"/api/images/{made.id}").get_json()["parents"] == [parent.id]


class TestListing:
    def test_pages_follow_one_another(self, api, services, owner, kept):
        first = api.get("/api/images?limit=2").get_json()
        keep(services, owner, 99)
        second = api.get(f"/api/images?limit=2&cursor={first['next_cursor']}").get_json()
        third = api.get(f"/api/images?limit=2&cursor={second['next_cursor']}").get_json()
        seen = [item["id"] for page in (first, second, third) for item in page["items"]]
        assert seen == [picture.id for picture in reversed(kept)]
        assert third["next_cursor"] is None

    def test_filters_narrow_it(self, api, services, owner, kept):
        services.library.tags.set(kept[0].id, owner, ["sea"])
        services.images.set_visibility(kept[1].id, owner, "public")
        services.images.delete_image(kept[2].id, owner)
        album = services.library.albums.create(owner, "x").id
        services.library.contents.add(album, owner, [kept[3].id])
        for query, expected in (
            ("tag=Sea", kept[0]),
            ("visibility=public", kept[1]),
            ("trash=1", kept[2]),
            (f"album={album}", kept[3]),
            ("q=LAKE-4&state=ready", kept[4]),
        ):
            items = api.get(f"/api/images?{query}").get_json()["items"]
            assert [item["id"] for item in items] == [expected.id], query

    @pytest.mark.parametrize(
        "query", ["state=done", "limit=101", "limit=0", "cursor=zzz", "cursor=LTE", "visibility=x"]
    )
    def test_a_query_that_can_t_be_is_told_by_its_field(self, api, query):
        body = problem(api.get(f"/api/images?{query}"), 400, "invalid")
        assert list(body["errors"]) == [query.partition("=")[0]]

    def test_a_page_of_a_hundred_asks_no_more_than_a_page_of_one(self, api, services, owner, app):
        def asked(path):
            seen = []
            with app.app_context():
                engine = db.engine
            listener = lambda *call: seen.append(call[2])  # noqa: E731
            event.listen(engine, "before_cursor_execute", listener)
            found = api.get(path).get_json()["items"]
            event.remove(engine, "before_cursor_execute", listener)
            return len(found), len([text for text in seen if text.startswith("SELECT")])

        keep(services, owner, 1)
        few = asked("/api/images?limit=100")
        for shade in range(2, 32):
            kept = keep(services, owner, shade)
            services.library.tags.set(kept.id, owner, ["sea", "lake"])
        many = asked("/api/images?limit=100")
        assert (few[0], many[0]) == (1, 31)
        assert few[1] == many[1]


class TestChanging:
    def test_a_patch_changes_what_it_names(self, api, services, owner):
        kept = keep(services, owner)
        path = f"/api/images/{kept.id}"
        wish = {"visibility": "unlisted", "tags": ["Sea"], "focal_point": {"x": 0.25, "y": 0.5}}
        body = api.open("PATCH", path, json=wish).get_json()
        assert body["visibility"] == "unlisted"
        assert (body["tags"], body["focal_point"]) == (["sea"], {"x": 0.25, "y": 0.5})
        assert body["version"] != kept.version
        body = api.open("PATCH", path, json={"focal_point": None}).get_json()
        assert (body["visibility"], body["focal_point"]) == ("unlisted", None)

    @pytest.mark.parametrize(
        ("wish", "field"),
        [
            ({"visibility": "secret"}, "visibility"),
            ({"tags": ["a,b"]}, "tags"),
            ({"tags": "sea"}, "tags"),
            ({"focal_point": {"x": 2, "y": 0}}, "focal_point.x"),
            ({"colour": "red"}, "colour"),
        ],
    )
    def test_a_mistake_is_told_by_its_field_and_changes_nothing(
        self, api, services, owner, wish, field
    ):
        kept = keep(services, owner)
        body = problem(api.open("PATCH", f"/api/images/{kept.id}", json=wish), 400, "invalid")
        assert list(body["errors"]) == [field]
        assert services.images.own_image(kept.id, owner).change == kept.change

    def test_of_two_patches_of_the_same_state_the_second_gets_412(self, api, services, owner):
        path = f"/api/images/{keep(services, owner).id}"
        etag = {"If-Match": api.get(path).headers["ETag"]}
        first = api.open("PATCH", path, json={"tags": ["one"]}, headers=etag)
        problem(api.open("PATCH", path, json={"tags": ["two"]}, headers=etag), 412, "changed")
        assert api.get(path).get_json()["tags"] == ["one"]
        again = {"If-Match": first.headers["ETag"]}
        assert api.open("PATCH", path, json={"tags": ["two"]}, headers=again).status_code == 200

    def test_of_two_patches_at_once_one_gets_412(self, api, services, owner):
        path = f"/api/images/{keep(services, owner).id}"
        etag = {"If-Match": api.get(path).headers["ETag"]}
        statuses, start = [], threading.Barrier(2)

        def patch(tag):
            start.wait()
            answer = api.open("PATCH", path, json={"tags": [tag]}, headers=etag)
            statuses.append(answer.status_code)

        threads = [threading.Thread(target=patch, args=(tag,)) for tag in ("one", "two")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [200, 412]

    def test_deleting_leads_to_the_trash_and_back(self, api, services, owner):
        kept = keep(services, owner)
        path = f"/api/images/{kept.id}"
        answer = api.open("DELETE", path)
        assert (answer.status_code, answer.get_data()) == (204, b"")
        assert api.get(path).get_json()["deleted"].endswith("Z")
        assert api.get("/api/images").get_json()["items"] == []
        restored = api.post(f"{path}/restore")
        assert (restored.status_code, restored.get_json()["deleted"]) == (200, None)

    def test_a_purge_is_for_good(self, api, services, owner):
        path = f"/api/images/{keep(services, owner).id}"
        assert api.open("DELETE", f"{path}?purge=1").status_code == 204
        for answer in (api.get(path), api.get(f"{path}/sizes"), api.get(f"{path}/original")):
            problem(answer, 410, "gone")

    def test_a_stranger_finds_and_changes_nothing(self, stranger_api, api, services, owner):
        kept = keep(services, owner)
        services.images.set_visibility(kept.id, owner, "public")
        path = f"/api/images/{kept.id}"
        before = api.get(path).get_json()
        for method, where, body in (
            ("GET", path, None),
            ("PATCH", path, {"visibility": "private"}),
            ("DELETE", path, None),
            ("DELETE", f"{path}?purge=1", None),
            ("POST", f"{path}/restore", None),
            ("GET", f"{path}/lineage", None),
            ("GET", f"{path}/sizes", None),
            ("GET", f"{path}/original", None),
            ("POST", "/api/urls", {"image": kept.id}),
        ):
            problem(stranger_api.open(method, where, json=body), 404, "not_found")
        assert stranger_api.get("/api/images").get_json()["items"] == []
        assert api.get(path).get_json() == before


class TestBringing:
    @pytest.mark.parametrize("path", ["/api/images", "/api/images/create/"])
    def test_base64_a_data_uri_a_form_and_a_file_are_kept(self, api, path):
        data = base64.b64encode(picture()).decode()
        uri = f"data:image/png;base64,{base64.b64encode(picture(2)).decode()}"
        sent = (
            {"json": {"image": data}},
            {"json": {"image": uri, "filename": "two.png", "prompt": "a sea"}},
            {"data": {"image": base64.b64encode(picture(3)).decode()}},
            {"data": {"image": (io.BytesIO(picture(4)), "four.png")}},
        )
        bodies = []
        for options in sent:
            answer = api.open("POST", path, **options)
            assert answer.status_code == 201, answer.get_data(as_text=True)
            bodies.append(answer.get_json())
            assert answer.headers["Location"] == f"http://localhost/api/images/{bodies[-1]['id']}"
            assert answer.headers["ETag"]
        assert [body["duplicate"] for body in bodies] == [False] * 4
        assert (bodies[1]["filename"], bodies[1]["prompt"]) == ("two.png", "a sea")
        assert bodies[3]["filename"] == "four.png"

    def test_a_duplicate_stays_as_visible_as_it_was(self, api, services, owner):
        kept = keep(services, owner)
        data = {"image": (io.BytesIO(picture()), "x.png"), "visibility": "public"}
        body = api.post("/api/images", data=data).get_json()
        assert (body["id"], body["duplicate"], body["visibility"]) == (kept.id, True, "private")

    def test_the_very_same_picture_is_kept_once_and_told_as_a_duplicate(self, api):
        data = {"image": base64.b64encode(picture()).decode()}
        first, second = api.post("/api/images", data), api.post("/api/images", data)
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.get_json()["id"] == second.get_json()["id"]
        assert second.get_json()["duplicate"] is True

    @pytest.mark.parametrize(
        "options",
        [
            {"json": {}},
            {"json": {"image": ""}},
            {"json": {"image": "no base64!"}},
            {"json": {"image": base64.b64encode(b"no picture").decode()}},
            {"data": {"image": (io.BytesIO(b"no picture"), "x.png")}},
            {"data": {"other": "field"}},
        ],
    )
    def test_what_is_no_picture_is_an_invalid_image(self, api, options):
        body = problem(api.open("POST", "/api/images", **options), 400, "invalid_image")
        assert body["errors"] == {"image": ["invalid_image"]}
        assert body["image"] == ["invalid_image"]

    def test_more_than_one_picture_is_refused_and_none_is_kept(self, api):
        files = [(io.BytesIO(picture(shade)), f"{shade}.png") for shade in (1, 2)]
        problem(api.open("POST", "/api/images", data={"image": files}), 400, "invalid_image")
        assert api.get("/api/images").get_json()["items"] == []

    @pytest.mark.parametrize("url", ["http://127.0.0.1/x.png", "file:///etc/passwd", "gopher://x"])
    def test_an_address_that_is_not_public_is_not_fetched(self, api, url):
        answer = api.post("/api/images", {"url": url})
        assert answer.status_code == 422
        assert list(answer.get_json()["errors"]) == ["url"]

    def test_the_base64_service_lets_nobody_in_without_permission(self, nobody, services, owner):
        kept = keep(services, owner)
        for path in ("/api/images/", f"/api/images/{kept.id}/"):
            problem(nobody.get(path), 401, "unauthorized")
        problem(nobody.post("/api/images/create/", {"image": "x"}), 401, "unauthorized")

    def test_reading_is_not_writing(self, caller_of, owner):
        reader = caller_of(owner, READ)
        problem(reader.post("/api/images", {"image": "x"}), 403, "missing_scope")

    def test_a_session_needs_the_page_s_token(self, browser):
        body = {"image": base64.b64encode(picture()).decode()}
        caller = Caller(browser.client)
        problem(caller.post("/api/images", body), 400, "csrf")
        answer = caller.post("/api/images", body, headers={"X-CSRFToken": browser.token()})
        assert answer.status_code == 201


class TestSigning:
    def test_a_signed_address_answers(self, api, services, owner):
        kept = keep(services, owner)
        body = api.post(
            "/api/urls", {"image": kept.id, "ops": "w_40,fit_cover", "format": "webp"}
        ).get_json()
        assert body["url"] == f"http://localhost{body['path']}"
        answer = api.get(body["path"])
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")

    def test_an_address_expires(self, api, services, owner):
        kept = keep(services, owner)
        sent = {"image": kept.id, "expires": "2099-01-01T00:00:00Z"}
        assert "/exp_4070908800/" in api.post("/api/urls", sent).get_json()["path"]
        assert (
            "exp_4070908800"
            in api.post("/api/urls", sent | {"expires": 4070908800, "ops": "w_9"}).get_json()[
                "path"
            ]
        )
        body = problem(
            api.post("/api/urls", sent | {"expires": "2020-01-01T00:00:00Z"}), 400, "invalid"
        )
        assert list(body["errors"]) == ["expires"]

    @pytest.mark.parametrize("ops", ["huge_1", "w_0", "w_99999", "../..", "w_4/x", ""])
    def test_operations_that_are_none_are_refused(self, api, services, owner, ops):
        kept = keep(services, owner)
        assert api.post("/api/urls", {"image": kept.id, "ops": ops}).status_code == 400

    def test_a_format_that_there_is_not_is_refused(self, api, services, owner):
        kept = keep(services, owner)
        assert api.post("/api/urls", {"image": kept.id, "format": "svg"}).status_code == 400


class TestConditions:
    def send(self, api, method, path, etag, **options):
        return api.open(method, path, headers={"If-Match": etag}, **options).status_code

    @pytest.mark.parametrize(
        ("method", "ending"), [("DELETE", ""), ("DELETE", "?purge=1"), ("POST", "/restore")]
    )
    def test_only_what_was_seen_is_thrown_away_or_brought_back(
        self, api, services, owner, kept, method, ending
    ):
        path = f"/api/images/{kept[0].id}"
        seen = api.get(path).headers["ETag"]
        services.images.set_visibility(kept[0].id, owner, "public")
        assert self.send(api, method, path + ending, seen) == 412
        assert services.images.own_image(kept[0].id, owner).deleted is None
        now = api.get(path).headers["ETag"]
        assert self.send(api, method, path + ending, now) in (200, 204)

    def test_only_the_album_that_was_seen_is_filled_and_put_in_order(
        self, api, services, owner, kept
    ):
        album = services.library.albums.create(owner, "Lakes").id
        ids = [picture.id for picture in kept]
        services.library.contents.add(album, owner, ids[:2])
        path = f"/api/albums/{album}"
        seen = api.get(path).headers["ETag"]
        services.library.contents.add(album, owner, ids[2:3])
        asked = [
            ("POST", f"{path}/images", {"ids": ids[3:]}),
            ("DELETE", f"{path}/images", {"ids": ids[:1]}),
            ("POST", f"{path}/images/{ids[0]}/move", {"to": "last"}),
        ]
        for method, address, body in asked:
            assert self.send(api, method, address, seen, json=body) == 412
        page = services.library.contents.page(album, owner)
        assert [picture.id for picture in page.pictures] == ids[:3]
        for method, address, body in asked[::2]:
            now = api.get(path).headers["ETag"]
            assert self.send(api, method, address, now, json=body) == 200

    def test_an_album_with_another_look_has_another_etag(self, api, services, owner, kept):
        album = services.library.albums.create(owner, "Lakes").id
        services.library.contents.add(album, owner, [kept[0].id])
        first = api.get(f"/api/albums/{album}")
        services.images.set_focal_point(kept[0].id, owner, (0.1, 0.2))
        seen = {"If-None-Match": first.headers["ETag"]}
        second = api.get(f"/api/albums/{album}", headers=seen)
        assert second.status_code == 200
        assert second.get_json()["cover_url"] != first.get_json()["cover_url"]

    def test_what_was_deleted_for_good_is_gone_for_its_owner_whatever_is_asked(
        self, api, stranger_api, services, owner, kept
    ):
        services.images.purge(kept[0].id, owner)
        path = f"/api/images/{kept[0].id}"
        asked = [
            ("GET", path, None),
            ("PATCH", path, {}),
            ("DELETE", path, None),
            ("POST", f"{path}/restore", None),
            ("POST", "/api/links", {"image": kept[0].id}),
        ]
        for method, address, body in asked:
            problem(api.open(method, address, json=body), 410, "gone")
            problem(stranger_api.open(method, address, json=body), 404, "not_found")


class TestBatches:
    def test_many_are_changed_and_brought_back(self, api, services, owner, kept):
        ids = [picture.id for picture in kept]
        body = api.post(
            "/api/images/batch", {"ids": [*ids, "nobody's"], "action": "delete"}
        ).get_json()
        assert (body["changed"], body["failed"]["nobody's"]["code"]) == (5, "not_found")
        assert services.gallery.count(owner) == 0
        undone = api.post(f"/api/undo/{body['undo']}")
        assert (undone.status_code, undone.get_json()) == (200, {"changed": 5})
        assert services.gallery.count(owner) == 5
        problem(api.post(f"/api/undo/{body['undo']}"), 410, "gone")

    def test_a_query_chooses_as_the_list_does(self, api, kept):
        query = f"q={quote('lake-2')}&state=ready"
        body = api.post(
            "/api/images/batch", {"query": query, "action": "tag", "tag": "Sea"}
        ).get_json()
        assert body["changed"] == 1
        listed = api.get("/api/images?tag=sea").get_json()["items"]
        assert [item["id"] for item in listed] == [kept[2].id]

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"action": "delete"}, "ids"),
            ({"action": "delete", "ids": [], "query": ""}, "ids"),
            ({"action": "explode", "ids": []}, "action"),
            ({"action": "tag", "ids": []}, "tag"),
            ({"action": "delete", "ids": [], "tag": "sea"}, "tag"),
            ({"action": "delete", "query": "tgs=sea"}, "query"),
            ({"action": "delete", "query": ""}, "query"),
            ({"action": "delete", "query": "q=&tag="}, "query"),
            ({"action": "delete", "query": "tag=a%2Cb"}, "query"),
            ({"action": "tag", "ids": [], "tag": "a,b"}, "tag"),
            ({"action": "delete", "ids": ["x"] * 10_001}, "ids"),
            ({"action": "set_visibility", "ids": [], "visibility": "secret"}, "visibility"),
        ],
    )
    def test_a_batch_with_a_mistake_does_nothing(self, api, services, owner, kept, body, field):
        assert list(problem(api.post("/api/images/batch", body), 400, "invalid")["errors"]) == [
            field
        ]
        assert services.gallery.count(owner) == 5

    def test_everything_is_chosen_by_name(self, api, services, owner, kept):
        body = {"action": "delete", "query": "all=1"}
        assert api.post("/api/images/batch", body).get_json()["changed"] == 5
        assert services.gallery.count(owner) == 0

    def test_undo_needs_the_scope_that_the_action_needed(
        self, api, caller_of, services, owner, kept
    ):
        album = services.library.albums.create(owner, "Lakes").id
        body = {"ids": [kept[0].id], "action": "add_to_album", "album": album}
        token = api.post("/api/images/batch", body).get_json()["undo"]
        writer = caller_of(owner, "images:write")
        answer = problem(writer.post(f"/api/undo/{token}"), 403, "missing_scope")
        assert "albums:write" in answer["detail"]
        assert services.library.albums.get(album, owner).count == 1
        both = caller_of(owner, "images:write", "albums:write")
        assert both.post(f"/api/undo/{token}").get_json() == {"changed": 1}

    def test_a_stranger_s_token_undoes_nothing(self, api, stranger_api, services, owner, kept):
        ids = [picture.id for picture in kept]
        problem_of = stranger_api.post("/api/images/batch", {"ids": ids, "action": "delete"})
        assert problem_of.get_json()["changed"] == 0
        token = api.post("/api/images/batch", {"ids": ids, "action": "delete"}).get_json()["undo"]
        problem(stranger_api.post(f"/api/undo/{token}"), 404, "not_found")
        assert services.gallery.count(owner) == 0

    def test_albums_and_new_tries_need_their_own_scopes(self, caller_of, owner, kept):
        writer = caller_of(owner, "images:write")
        ids = [kept[0].id]
        for action, more, scope in (
            ("add_to_album", {"album": "11111111111"}, "albums:write"),
            ("retry", {}, "generate"),
        ):
            body = {"ids": ids, "action": action} | more
            answer = problem(writer.post("/api/images/batch", body), 403, "missing_scope")
            assert scope in answer["detail"]


def test_tags_are_listed_with_their_counts_in_pages(api, stranger_api, services, owner, kept):
    for picture in kept[:2]:
        services.library.tags.set(picture.id, owner, ["sea", "dusk"])
    services.library.tags.add(kept[0].id, owner, ["lake"])
    first = api.get("/api/tags?limit=2").get_json()
    assert first["items"] == [{"tag": "dusk", "count": 2}, {"tag": "lake", "count": 1}]
    rest = api.get(f"/api/tags?cursor={first['next_cursor']}").get_json()
    assert rest == {"items": [{"tag": "sea", "count": 2}], "next_cursor": None}
    assert api.get("/api/tags?q=US").get_json()["items"] == [{"tag": "dusk", "count": 2}]
    assert stranger_api.get("/api/tags").get_json()["items"] == []
    problem(api.get("/api/tags?cursor=*"), 400, "invalid")
