from dataclasses import replace

import pytest

from tests.blueprints.api.conftest import problem
from webapp.services.prompts import Section, Variable
from webapp.services.templates.drafts import TemplateDraft

RUN = "/api/templates/wide-landscape/run"
TABLE = "subject,light,count\ndunes,dusk,1\na lake,dawn,2\n"
KEY = {"Idempotency-Key": "one"}


def draft(title="Kites", *, is_shared=False):
    return TemplateDraft(
        title=title,
        sections=(Section("Role", "a {colour} kite, {count} of them, {note}"),),
        variables=(
            Variable("colour", "Colour", kind="colour", default="#ff0000"),
            Variable(
                "count", "Count", kind="number", default="2", minimum="1", maximum="9", step="1"
            ),
            Variable("note", "Note", hint="Anything else.", example="in the wind"),
        ),
        is_shared=is_shared,
    )


@pytest.fixture
def template(services, owner):
    return services.templates.create(owner, draft())


def test_a_template_says_all_that_a_form_needs(api, template):
    body = api.get(f"/api/templates/{template.slug}").get_json()
    assert (body["id"], body["title"], body["version"]) == (template.slug, "Kites", 1)
    assert body["is_own"] is True
    colour, count, note = body["variables"]
    assert (colour["name"], colour["type"], colour["default"]) == ("colour", "colour", "#ff0000")
    assert (count["type"], count["minimum"], count["maximum"]) == ("number", "1", "9")
    assert (count["step"], count["is_required"]) == ("1", False)
    assert (note["label"], note["hint"], note["example"]) == (
        "Note",
        "Anything else.",
        "in the wind",
    )
    assert note["is_required"] is True


def test_a_choice_lists_its_words(api):
    body = api.get("/api/templates/wide-landscape").get_json()
    light = next(item for item in body["variables"] if item["name"] == "light")
    assert light["type"] == "choice"
    assert "dusk" in light["choices"]


def test_a_template_runs_with_what_its_form_was_given(api, template):
    run = {"variables": {"colour": "#00f", "count": 3, "note": "high up"}, "count": 2, "seed": 7}
    answer = api.post(f"/api/templates/{template.slug}/run", run)
    body = answer.get_json()
    assert answer.status_code == 202
    assert "blue (#0000ff) kite, 3 of them, high up" in body["prompt"]
    assert [item["seed"] for item in body["images"]] == [7, 8]
    assert api.get(answer.headers["Location"]).get_json()["template"] == template.slug


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "variables.note"),
        ({"variables": {"note": "x", "count": 99}}, "variables.count"),
        ({"variables": {"note": "x", "colour": "sky"}}, "variables.colour"),
        ({"variables": {"note": "x", "wind": "y"}}, "variables.wind"),
        ({"variables": {"note": "x"}, "count": 99}, "count"),
        ({"variables": {"note": "x"}, "prompt": "y"}, "prompt"),
        ({"variables": "x"}, "variables"),
        ({"csv": 7}, "csv"),
        ({"csv": ["a,b"]}, "csv"),
    ],
)
def test_a_run_that_can_t_be_is_refused_at_its_field(api, template, body, field):
    answer = problem(api.post(f"/api/templates/{template.slug}/run", body), 400, "invalid")
    assert list(answer["errors"]) == [field]


@pytest.mark.parametrize("end", ["", "/run"])
def test_somebody_elses_template_is_not_there(api, stranger_api, template, end):
    method = "POST" if end else "GET"
    for uid in (template.slug, "zzzzzzzzzzz"):
        problem(stranger_api.open(method, f"/api/templates/{uid}{end}"), 404, "not_found")
    assert api.get(f"/api/templates/{template.slug}").status_code == 200


def test_a_shared_template_is_everybodys_to_use(stranger_api, services, owner):
    shared = services.templates.create(owner, draft(is_shared=True))
    body = stranger_api.get(f"/api/templates/{shared.slug}").get_json()
    assert (body["is_own"], body["is_shared"], body["owner"]) == (False, True, "owner")
    run = {"variables": {"note": "x"}}
    assert stranger_api.post(f"/api/templates/{shared.slug}/run", run).status_code == 202


def test_a_run_is_answered_again_after_its_template_was_deleted(api, services, owner, template):
    run = {"variables": {"note": "x"}}
    address = f"/api/templates/{template.slug}/run"
    first = api.post(address, run, headers=KEY).get_json()
    services.templates.delete(template.slug, owner)
    assert api.post(address, run, headers=KEY).get_json()["id"] == first["id"]
    assert api.post(address, run).status_code == 404


class TestList:
    def test_ones_own_come_first_then_shared_ones_then_ours(
        self, api, services, owner, stranger, template
    ):
        shared = services.templates.create(stranger, draft("Shared", is_shared=True))
        services.templates.create(stranger, draft("Hidden"))
        items = api.get("/api/templates?limit=100").get_json()["items"]
        assert [item["id"] for item in items[:2]] == [template.slug, shared.slug]
        assert "wide-landscape" in {item["id"] for item in items[2:]}
        assert "Hidden" not in {item["title"] for item in items}
        assert items[0]["url"] == f"http://localhost/api/templates/{template.slug}"

    @pytest.mark.parametrize("limit", [1, 2, 3, 5, 20])
    def test_every_template_stands_on_one_page(self, api, services, owner, stranger, limit):
        for number in range(3):
            services.templates.create(owner, draft(f"Mine {number}"))
            services.templates.create(stranger, draft(f"Theirs {number}", is_shared=True))
        everything = [
            item["id"] for item in api.get("/api/templates?limit=100").get_json()["items"]
        ]
        seen: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            body = api.get(f"/api/templates?limit={limit}&cursor={cursor}").get_json()
            seen += [item["id"] for item in body["items"]]
            cursor = body["next_cursor"]
        assert seen == everything

    def test_templates_can_be_searched(self, api, template):
        items = api.get("/api/templates?q=kites").get_json()["items"]
        assert [item["id"] for item in items] == [template.slug]

    @pytest.mark.parametrize("cursor", ["x", "%", "b3duLg==x", "\N{EURO SIGN}", "A" * 4999])
    def test_a_cursor_that_is_none_is_refused(self, api, cursor):
        answer = api.get("/api/templates", query_string={"cursor": cursor})
        problem(answer, 400, "invalid")


class TestTables:
    def test_each_row_makes_its_pictures(self, api, services, owner):
        answer = api.post(RUN, data=TABLE, content_type="text/csv; charset=utf-8")
        body = answer.get_json()
        assert answer.status_code == 202
        assert (body["pictures"], body["estimate"]["usd"]) == (3, 0)
        assert [row["row"] for row in body["rows"]] == [2, 3]
        assert [uid for row in body["rows"] for uid in row["generations"]] == body["generations"]
        prompts = [services.generations.get(uid, owner).prompt for uid in body["generations"]]
        assert ["dunes" in prompts[0], "a lake" in prompts[1]] == [True, True]
        assert api.get(answer.headers["Location"]).status_code == 200

    def test_a_row_with_alternatives_has_several_generations(self, api, services, owner):
        two = TemplateDraft(
            title="Kites",
            sections=(Section("", "a {red|blue} {thing}"),),
            variables=(Variable("thing", "Thing"),),
        )
        ref = services.templates.create(owner, two).slug
        body = api.post(f"/api/templates/{ref}/run", {"csv": "thing\nkite\nboat\n"}).get_json()
        assert [len(row["generations"]) for row in body["rows"]] == [2, 2]
        last = services.generations.get(body["rows"][1]["generations"][1], owner)
        assert last.prompt == "a blue boat"

    def test_a_table_may_stand_in_json(self, api, services, owner):
        body = api.post(RUN, {"csv": TABLE, "model": "plain-1"}).get_json()
        assert body["pictures"] == services.gallery.count(owner) == 3

    def test_mistakes_are_told_by_row_and_nothing_runs(self, api, services, owner):
        table = "subject,light,count\ndunes,lava,1\na lake,dawn,1\n,dusk,99\n"
        answer = api.post(RUN, data=table, content_type="text/csv")
        errors = problem(answer, 422, "invalid_table")["errors"]
        assert set(errors) == {"rows.2", "rows.4"}
        assert "is one of dawn" in errors["rows.2"][0]
        assert services.gallery.count(owner) == 0

    @pytest.mark.parametrize("table", ["", "subject\n", "wind\nx\n", "subject,subject\na,b\n", '"'])
    def test_what_is_wrong_with_the_whole_table_is_told_too(self, api, table):
        answer = api.post(RUN, data=table, content_type="text/csv")
        assert "csv" in problem(answer, 422, "invalid_table")["errors"]

    def test_a_table_that_is_too_large_is_refused(self, api):
        big = b"x" * 2_000_001
        problem(api.post(RUN, data=big, content_type="text/csv"), 413, "too_large")

    def test_a_table_is_started_once_with_a_key(self, api, services, owner):
        bodies = [
            api.post(RUN, data=TABLE, content_type="text/csv", headers=KEY).get_json()
            for _ in range(2)
        ]
        assert bodies[0]["rows"] == bodies[1]["rows"]
        assert services.gallery.count(owner) == 3
        other = api.post(RUN, data=f"{TABLE}x,dusk,1\n", content_type="text/csv", headers=KEY)
        problem(other, 409, "idempotency_key_reused")

    def test_a_table_is_answered_again_whatever_became_of_its_template(self, api, services, owner):
        two = TemplateDraft(
            title="Kites",
            sections=(Section("", "a {red|blue} {thing}"),),
            variables=(Variable("thing", "Thing"),),
        )
        ref = services.templates.create(owner, two).slug
        table = {"csv": "thing\nkite\nkite\nboat\n", "model": "plain-paid"}
        first = api.post(f"/api/templates/{ref}/run", table, headers=KEY)
        one = replace(two, sections=(Section("", "a {thing}"),))
        services.templates.save(ref, owner, one, 1)
        changed = api.post(f"/api/templates/{ref}/run", table, headers=KEY)
        services.templates.delete(ref, owner)
        services.orders._catalogue._providers.clear()
        gone = api.post(f"/api/templates/{ref}/run", table, headers=KEY)
        assert [len(row["generations"]) for row in first.get_json()["rows"]] == [2, 2, 2]
        assert first.get_json() == changed.get_json() == gone.get_json()
        assert gone.headers["Idempotency-Replayed"] == "true"

    def test_a_row_whose_pictures_are_gone_is_still_answered(self, api, services, owner):
        bodies = []
        for _ in range(2):
            body = api.post(RUN, data=TABLE, content_type="text/csv", headers=KEY).get_json()
            bodies.append(body)
            if len(bodies) == 1:
                first = services.generations.get(body["generations"][0], owner)
                services.images.purge(first.pictures[0].id, owner)
        assert bodies[0]["rows"] == bodies[1]["rows"]
        assert bodies[0]["pictures"] == bodies[1]["pictures"]

    def test_a_table_has_a_budget(self, api, services, owner):
        services.budgets.set_limits(owner.id, 50_000, None)
        table = {"csv": "subject,aspect_ratio\na,1:1\nb,1:1\n", "model": "plain-paid"}
        problem(api.post(RUN, table), 402, "over_budget")
        assert services.gallery.count(owner) == 0

    def test_an_unknown_model_is_said(self, api):
        answer = api.post(f"{RUN}?model=dalle", data=TABLE, content_type="text/csv")
        assert list(problem(answer, 400, "invalid")["errors"]) == ["model"]


SENT = {
    "title": "Kites",
    "sections": [{"title": "Style", "text": "a {colour} kite"}],
    "variables": [{"name": "colour", "type": "colour", "default": "#ff0000"}],
}


class TestEditing:
    def test_a_template_is_made_and_shown_as_it_was_sent(self, api):
        answer = api.post("/api/templates", SENT)
        body = answer.get_json()
        assert answer.status_code == 201
        assert answer.headers["Location"] == f"http://localhost/api/templates/{body['id']}"
        assert answer.headers["ETag"] == '"1"'
        assert body["text"] == "Style: a {colour} kite"
        assert (body["variables"][0]["label"], body["is_own"]) == ("Colour", True)
        assert api.get(answer.headers["Location"]).get_json() == body

    def test_what_was_read_can_be_sent_again(self, api, template):
        body = api.get(f"/api/templates/{template.slug}").get_json()
        again = {name: body[name] for name in ("title", "sections", "variables", "aspect_ratio")}
        copied = api.post("/api/templates", again).get_json()
        assert {name: copied[name] for name in again} == again

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"title": ""}, "title"),
            ({"title": None}, "title"),
            ({"sections": []}, "sections"),
            ({"sections": [{"text": ""}]}, "sections"),
            ({"sections": [{"text": 7}]}, "sections.0.text"),
            ({"sections": [{"text": "x {colour}", "title": "x" * 81}]}, "sections.0.title"),
            ({"variables": []}, "variables"),
            ({"variables": [{"name": "Colour"}]}, "variables.0.name"),
            ({"variables": [{"name": "colour", "type": "sound"}]}, "variables.0.type"),
            ({"variables": [{"name": "colour", "choices": ["one"]}]}, "variables.0.choices"),
            ({"aspect_ratio": "wide"}, "aspect_ratio"),
            ({"model": "x"}, "model"),
            ({"colour": "red"}, "colour"),
        ],
    )
    def test_a_mistake_is_told_at_its_field(self, api, change, field):
        body = problem(api.post("/api/templates", SENT | change), 400, "invalid")
        assert field in body["errors"]

    def test_a_number_may_be_written_as_one(self, api):
        number = {"name": "n", "type": "number", "minimum": 1, "maximum": 9, "default": 2}
        sent = {"title": "x", "sections": [{"text": "{n}"}], "variables": [number]}
        [told] = api.post("/api/templates", sent).get_json()["variables"]
        assert (told["minimum"], told["maximum"], told["default"]) == ("1", "9", "2")

    def test_a_change_makes_a_version_and_leaves_the_rest(self, api, template):
        path = f"/api/templates/{template.slug}"
        body = api.open("PATCH", path, json={"title": "Boats", "is_shared": True}).get_json()
        assert (body["title"], body["version"], body["is_shared"]) == ("Boats", 2, True)
        assert body["text"] == template.text

    @pytest.mark.parametrize("method", ["PATCH", "DELETE"])
    def test_nobody_changes_what_they_have_not_seen(self, api, services, owner, template, method):
        path = f"/api/templates/{template.slug}"
        seen = api.get(path).headers["ETag"]
        services.templates.save(template.slug, owner, draft("Boats"), 1)
        options = {"json": {"title": "Birds"}} if method == "PATCH" else {}
        answer = api.open(method, path, headers={"If-Match": seen}, **options)
        problem(answer, 412, "changed")
        now = api.get(path)
        assert (now.get_json()["title"], now.get_json()["version"]) == ("Boats", 2)
        again = api.open(method, path, headers={"If-Match": now.headers["ETag"]}, **options)
        assert again.status_code in (200, 204)

    def test_what_was_not_changed_is_not_sent_again(self, api, template):
        path = f"/api/templates/{template.slug}"
        etag = api.get(path).headers["ETag"]
        assert api.get(path, headers={"If-None-Match": etag}).status_code == 304

    def test_what_was_deleted_can_be_brought_back(self, api, template):
        path = f"/api/templates/{template.slug}"
        deleted = api.open("DELETE", path)
        assert (deleted.status_code, deleted.get_data()) == (204, b"")
        problem(api.get(path), 404, "not_found")
        assert api.post(f"{path}/restore").get_json()["title"] == "Kites"
        assert api.get(path).status_code == 200

    def test_versions_are_listed_read_and_made_new_again(self, api, template):
        path = f"/api/templates/{template.slug}"
        api.open("PATCH", path, json={"sections": [{"text": "a boat"}], "variables": []})
        items = api.get(f"{path}/versions").get_json()["items"]
        assert [(item["version"], item["author"]) for item in items] == [(2, "owner"), (1, "owner")]
        assert api.get(f"{path}/versions/2").get_json()["text"] == "a boat"
        again = api.post(f"{path}/versions/1/restore")
        assert (again.get_json()["version"], again.get_json()["text"]) == (3, template.text)
        assert again.headers["ETag"] == '"3"'

    @pytest.mark.parametrize("number", ["0", "2", "99999999999999999999", "x"])
    def test_a_version_that_there_is_not_is_not_found(self, api, template, number):
        problem(api.get(f"/api/templates/{template.slug}/versions/{number}"), 404, "not_found")

    def test_a_starter_is_changed_by_way_of_a_copy(self, api):
        path = "/api/templates/wide-landscape"
        problem(api.open("PATCH", path, json={"title": "x"}), 404, "not_found")
        problem(api.get(f"{path}/versions/2"), 404, "not_found")
        copied = api.post(f"{path}/copy")
        assert copied.status_code == 201
        assert copied.get_json()["is_own"] is True
        mine = api.open("PATCH", copied.headers["Location"], json={"title": "Mine"})
        assert mine.get_json()["title"] == "Mine"

    @pytest.mark.parametrize("is_shared", [False, True])
    @pytest.mark.parametrize(
        ("method", "end"),
        [("PATCH", ""), ("DELETE", ""), ("POST", "/restore"), ("POST", "/versions/1/restore")],
    )
    def test_somebody_else_changes_nothing(
        self, api, stranger_api, services, owner, is_shared, method, end
    ):
        ref = services.templates.create(owner, draft(is_shared=is_shared)).slug
        options = {"json": {"title": "Theirs"}} if method == "PATCH" else {}
        answer = stranger_api.open(method, f"/api/templates/{ref}{end}", **options)
        problem(answer, 404, "not_found")
        body = api.get(f"/api/templates/{ref}").get_json()
        assert (body["title"], body["version"]) == ("Kites", 1)

    def test_versions_of_what_is_somebody_elses_are_theirs(self, stranger_api, template):
        for end in ("/versions", "/versions/1"):
            path = f"/api/templates/{template.slug}{end}"
            problem(stranger_api.get(path), 404, "not_found")
