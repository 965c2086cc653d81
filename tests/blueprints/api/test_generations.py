import base64
import threading
from dataclasses import replace
from typing import Any

import pytest

from tests.blueprints.api.conftest import problem
from tests.services.paid import GOLD, PRICE, charges, scripted
from webapp.jobs import NullRunner
from webapp.models import IdempotencyKey, Image
from webapp.providers.base import ImageResult, ProviderError
from webapp.providers.plain import png
from webapp.services.failures import FAILURES
from webapp.services.prompts import Section
from webapp.services.templates.drafts import TemplateDraft

KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
ASK = {"prompt": "a lake at dawn", "aspect_ratio": "3:2", "seed": 7}


class TestWaiting:
    @pytest.fixture
    def runner(self):
        return NullRunner()

    def test_pictures_have_their_addresses_before_they_are_there(self, api, app):
        answer = api.post("/api/generations", ASK | {"count": 3})
        body = answer.get_json()
        assert answer.status_code == 202
        assert answer.headers["Location"] == f"http://localhost/api/generations/{body['id']}"
        assert (body["status"], body["progress"]) == ("queued", 0)
        assert [item["state"] for item in body["images"]] == ["pending"] * 3
        assert [item["seed"] for item in body["images"]] == [7, 8, 9]
        url = body["images"][0]["sizes"]["w640"]
        assert url == f"http://localhost/t/w640/{body['images'][0]['id']}.webp"
        placeholder = api.get(url)
        assert placeholder.status_code == 200
        assert placeholder.headers["X-Easel-State"] == "pending"
        assert api.get(answer.headers["Location"]).get_json()["id"] == body["id"]

    def test_every_preset_has_its_address(self, api, services):
        [image] = api.post("/api/generations", ASK).get_json()["images"]
        assert set(image["sizes"]) == set(services.renditions.presets)
        assert image["image"] is None

    def test_cancelling_stops_what_is_not_there_yet(self, api, services):
        uid = api.post("/api/generations", ASK | {"count": 2}).get_json()["id"]
        body = api.post(f"/api/generations/{uid}/cancel").get_json()
        assert (body["status"], body["progress"]) == ("cancelled", 1)
        assert {item["error"]["kind"] for item in body["images"]} == {"cancelled"}
        assert services.jobs.counts()["cancelled"] == 2
        again = api.post(f"/api/generations/{uid}/cancel").get_json()
        assert again["status"] == "cancelled"

    def test_what_was_cancelled_can_be_tried_again_under_its_old_addresses(self, api, services):
        body = api.post("/api/generations", ASK).get_json()
        api.post(f"/api/generations/{body['id']}/cancel")
        again = api.post(f"/api/generations/{body['id']}/retry").get_json()
        assert again["status"] == "queued"
        assert [item["id"] for item in again["images"]] == [item["id"] for item in body["images"]]

    def test_a_running_picture_tells_how_far_it_is(self, api, services, owner):
        uid = api.post("/api/generations", ASK | {"count": 2}).get_json()["id"]
        with services.gallery._database.writing() as session:
            row = session.get_one(Image, 1)
            row.stage, row.progress = "Step 4 of 10", 40
        body = api.get(f"/api/generations/{uid}").get_json()
        assert (body["status"], body["progress"]) == ("running", 0.2)
        assert (body["images"][0]["stage"], body["images"][0]["progress"]) == ("Step 4 of 10", 0.4)

    def test_what_waits_has_nothing_to_try_again(self, api):
        uid = api.post("/api/generations", ASK).get_json()["id"]
        problem(api.post(f"/api/generations/{uid}/retry"), 409, "nothing_to_retry")


def test_a_finished_generation_says_all_that_was_asked_for(api, services, owner):
    source = services.images.add_image(owner, png(40, 30, b"abc"))
    ask = ASK | {
        "negative_prompt": "boats",
        "provider": "plain",
        "model": "plain-1",
        "count": 2,
        "size": 256,
        "strength": 0.4,
        "parameters": {"steps": 30},
        "references": [source.id],
    }
    uid = api.post("/api/generations", ask).get_json()["id"]
    body = api.get(f"/api/generations/{uid}").get_json()
    said = {name: body[name] for name in ask}
    assert said == ask | {"size": "256", "parameters": {"steps": "30"}}
    assert (body["status"], body["progress"], body["error"]) == ("succeeded", 1, None)
    assert body["created"].endswith("Z")
    image = body["images"][0]
    assert (image["state"], image["width"], image["height"]) == ("ready", 256, 170)
    assert image["image"] == f"http://localhost/images/{image['id']}/original"
    with api.get(image["image"]) as original:
        assert original.mimetype == "image/png"
    assert "?v=" in image["sizes"]["w640"]
    assert api.get(image["sizes"]["w640"]).status_code == 200


def test_the_shortest_request_is_a_prompt(api):
    body = api.post("/api/generations", {"prompt": "a lake"}).get_json()
    assert (body["count"], body["aspect_ratio"], body["size"]) == (1, "1:1", "64")
    assert (body["provider"], body["model"]) == ("plain", "plain-1")


def test_null_is_as_good_as_nothing(api):
    ask = dict.fromkeys(
        ("template", "variables", "model", "count", "seed", "references", "parameters", "size")
    )
    assert api.post("/api/generations", {"prompt": "a lake"} | ask).status_code == 202


@pytest.mark.parametrize(
    ("provider", "model"),
    [("", "plain-1"), ("", "plain:plain-1"), ("plain", ""), ("plain", "plain-1"), ("", "plain")],
)
def test_a_model_can_be_named_in_every_way(api, provider, model):
    ask = {"prompt": "a lake", "provider": provider, "model": model}
    assert api.post("/api/generations", ask).get_json()["model"] == "plain-1"


def test_alternatives_start_a_generation_for_each_prompt(api):
    body = api.post("/api/generations", {"prompt": "a {red|blue} kite", "count": 2}).get_json()
    assert len(body["generations"]) == 2
    assert body["generations"][0] == body["id"]
    assert body["prompt"] == "a red kite"
    assert [item["generation"] for item in body["images"]] == [
        uid for uid in body["generations"] for _ in range(2)
    ]


def test_a_template_is_filled(api):
    ask = {"template": "wide-landscape", "variables": {"subject": "dunes", "light": "dusk"}}
    body = api.post("/api/generations", ask).get_json()
    assert "dunes at dusk" in body["prompt"]
    assert (body["template"], body["template_version"]) == ("wide-landscape", 1)
    assert body["variables"] == {"subject": "dunes", "light": "dusk"}


def test_what_a_template_says_counts_where_nothing_else_is_asked_for(api, services, owner):
    draft = TemplateDraft(
        title="Kites",
        sections=(Section("", "a kite"),),
        aspect_ratio="16:9",
        model="plain:plain-1",
        negative_prompt="rain",
    )
    uid = services.templates.create(owner, draft).slug
    body = api.post("/api/generations", {"template": uid}).get_json()
    assert (body["aspect_ratio"], body["negative_prompt"]) == ("16:9", "rain")
    other = {"template": uid, "aspect_ratio": "3:2", "negative_prompt": "snow"}
    body = api.post("/api/generations", other).get_json()
    assert (body["aspect_ratio"], body["negative_prompt"]) == ("3:2", "snow")


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no prompt": ({}, "prompt"),
    "a blank prompt": ({"prompt": " \n"}, "prompt"),
    "a long prompt": ({"prompt": "x" * 10_001}, "prompt"),
    "a prompt and a template": ({"prompt": "x", "template": "wide-landscape"}, "prompt"),
    "a prompt that is a number": ({"prompt": 7}, "prompt"),
    "no such template": ({"template": "nope"}, "template"),
    "no such gap": ({"template": "wide-landscape", "variables": {"x": "y"}}, "variables.x"),
    "a bad value": (
        {"template": "wide-landscape", "variables": {"light": "lava"}},
        "variables.light",
    ),
    "a value that is a list": (
        {"template": "wide-landscape", "variables": {"light": ["dusk"]}},
        "variables.light",
    ),
    "variables that are a list": ({"template": "wide-landscape", "variables": []}, "variables"),
    "variables without a template": ({"prompt": "x", "variables": {"a": "b"}}, "variables"),
    "no such model": ({"prompt": "x", "model": "dalle"}, "model"),
    "no such provider": ({"prompt": "x", "provider": "dalle"}, "model"),
    "a model of another provider": ({"prompt": "x", "model": "dalle:3"}, "model"),
    "a ratio": ({"prompt": "x", "aspect_ratio": "5:7"}, "aspect_ratio"),
    "a size": ({"prompt": "x", "size": "8K"}, "size"),
    "no pictures": ({"prompt": "x", "count": 0}, "count"),
    "too many pictures": ({"prompt": "x", "count": 17}, "count"),
    "half a picture": ({"prompt": "x", "count": 1.5}, "count"),
    "a count in words": ({"prompt": "x", "count": "2"}, "count"),
    "a count that is true": ({"prompt": "x", "count": True}, "count"),
    "a huge count": ({"prompt": "{a|b}", "count": 10**4000}, "count"),
    "a negative seed": ({"prompt": "x", "seed": -1}, "seed"),
    "no such setting": ({"prompt": "x", "parameters": {"stpes": 3}}, "parameters.stpes"),
    "a bad setting": ({"prompt": "x", "parameters": {"steps": 99}}, "parameters.steps"),
    "a reference that is none": ({"prompt": "x", "references": ["nope"]}, "references"),
    "a reference that is a number": ({"prompt": "x", "references": [7]}, "references.0"),
    "references that are one": ({"prompt": "x", "references": "11111111111"}, "references"),
    "too many references": ({"prompt": "x", "references": list("abc")}, "references"),
    "very many references": ({"prompt": "x", "references": ["a"] * 1000}, "references"),
    "a field that is none": ({"prompt": "x", "seeds": 7}, "seeds"),
    "too many alternatives": ({"prompt": "{a|b|c|d|e}" * 3}, "prompt"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_can_t_be_made_is_refused_at_its_field(api, services, owner, name):
    ask, field = BAD[name]
    body = problem(api.post("/api/generations", ask), 400, "invalid")
    assert list(body["errors"]) == [field]
    assert body["errors"][field][0].endswith(".")
    assert services.gallery.count(owner) == 0


def test_every_mistake_is_told_at_once(api):
    ask = {"prompt": 7, "count": "x", "seed": 1.5, "colour": "red"}
    body = problem(api.post("/api/generations", ask), 400, "invalid")
    assert set(body["errors"]) == {"prompt", "count", "seed", "colour"}


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"prompt=x",
        b"[]",
        b'"x"',
        b"7",
        b"null",
        b"NaN",
        b'{"seed": NaN}',
        b'{"seed": 1' + b"0" * 5000 + b"}",
        b"\xff\xfe\x00",
        b'{"prompt": "\xe4"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
    ids=range(13),
)
def test_what_is_no_json_object_is_refused(api, data):
    answer = api.post("/api/generations", data=data, content_type="application/json")
    problem(answer, 400, "invalid_json")


def test_a_body_that_is_too_large_is_refused(api):
    answer = api.post("/api/generations", {"prompt": "x" * 2_000_001})
    problem(answer, 413, "too_large")


@pytest.mark.parametrize(
    ("prompt", "kept"),
    [
        ("a\0b", "ab"),
        ("a\ud800b", "ab"),
        ("a\u202eb", "a\u202eb"),
        ("🌅", "🌅"),
        ("{{{|||", "{{{|||"),
        (" e\u0301\r\n ", "\u00e9"),
    ],
)
def test_odd_letters_are_kept_or_left_out(api, prompt, kept):
    answer = api.post("/api/generations", {"prompt": prompt, "variables": None})
    assert (answer.status_code, answer.get_json()["prompt"]) == (202, kept)


@pytest.mark.parametrize("prompt", ["\ud800", "\0", " \r\n"])
def test_a_prompt_of_nothing_that_can_be_kept_is_missing(api, prompt):
    answer = api.post("/api/generations", {"prompt": prompt, "variables": None})
    assert set(problem(answer, 400, "invalid")["errors"]) == {"prompt"}


@pytest.mark.parametrize("kind", ["blocked", "quota", "network"])
def test_a_failure_says_what_to_do(api, kind):
    uid = api.post("/api/generations", {"prompt": f"x !{kind}"}).get_json()["id"]
    body = api.get(f"/api/generations/{uid}").get_json()
    failure = FAILURES[kind]
    expected = {
        "kind": kind,
        "title": failure.title,
        "message": f"Plain was asked to fail: {kind}.",
        "next_step": failure.next_step,
        "can_retry": failure.can_retry,
    }
    assert body["status"] == ("refused" if kind == "blocked" else "failed")
    assert body["error"] == body["images"][0]["error"] == expected


def test_a_batch_may_come_in_part_and_the_rest_be_tried_again(api, services):
    provider = scripted(services)

    def before(request):
        if request.seed == 8:
            raise ProviderError(kind="unavailable", message="Later.")

    provider.before = before
    uid = api.post("/api/generations", ASK | {"count": 3}).get_json()["id"]
    body = api.get(f"/api/generations/{uid}").get_json()
    assert body["status"] == "partial"
    assert [item["state"] for item in body["images"]] == ["ready", "failed", "ready"]
    provider.before = lambda _request: None
    again = api.post(f"/api/generations/{uid}/retry")
    assert (again.status_code, again.get_json()["status"]) == (200, "succeeded")


def test_a_refusal_is_not_tried_again_as_it_is(api):
    uid = api.post("/api/generations", {"prompt": "x !blocked"}).get_json()["id"]
    problem(api.post(f"/api/generations/{uid}/retry"), 409, "nothing_to_retry")


@pytest.mark.parametrize("end", ["", "/cancel", "/retry"])
def test_what_is_somebody_elses_is_not_there(api, stranger_api, services, owner, wish, end):
    uid = services.generator.start(owner, replace(wish, prompt="hush !quota")).id
    method = "POST" if end else "GET"
    there = stranger_api.open(method, f"/api/generations/{uid}{end}")
    nowhere = stranger_api.open(method, f"/api/generations/zzzzzzzzzzz{end}")
    problem(there, 404, "not_found")
    assert there.get_json() == nowhere.get_json()
    assert sorted(dict(there.headers)) == sorted(dict(nowhere.headers))
    assert api.open("GET", f"/api/generations/{uid}").get_json()["status"] == "failed"


def test_somebody_elses_picture_is_nothing_to_work_from(stranger_api, services, owner):
    theirs = services.images.add_image(owner, png(40, 30, b"abc"))
    ask = {"prompt": "x", "references": [theirs.id]}
    body = problem(stranger_api.post("/api/generations", ask), 400, "invalid")
    assert list(body["errors"]) == ["references"]


def test_what_was_deleted_for_good_is_gone(api, services, owner, wish):
    started = services.generator.start(owner, wish)
    services.images.purge(started.pictures[0].id, owner)
    problem(api.get(f"/api/generations/{started.id}"), 410, "gone")
    assert api.get("/api/generations").get_json()["items"] == []


def test_what_is_in_the_trash_is_not_listed(api, services, owner, wish):
    started = services.generator.start(owner, replace(wish, count=2))
    services.images.delete_image(started.pictures[0].id, owner)
    body = api.get(f"/api/generations/{started.id}").get_json()
    assert [item["id"] for item in body["images"]] == [started.pictures[1].id]
    assert body["status"] == "succeeded"


class TestPages:
    def test_generations_come_newest_first_page_by_page(self, api, services, owner, wish):
        ids = [services.generator.start(owner, wish).id for _ in range(5)]
        seen: list[str] = []
        cursor: str | None = ""
        pages = 0
        while cursor is not None:
            body = api.get(f"/api/generations?limit=2&cursor={cursor}").get_json()
            seen += [item["id"] for item in body["items"]]
            cursor, pages = body["next_cursor"], pages + 1
        assert seen == ids[::-1]
        assert pages == 3

    def test_a_full_last_page_is_the_last(self, api, services, owner, wish):
        for _ in range(2):
            services.generator.start(owner, wish)
        assert api.get("/api/generations?limit=2").get_json()["next_cursor"] is None

    def test_what_is_new_meanwhile_moves_no_page(self, api, services, owner, wish):
        old = [services.generator.start(owner, wish).id for _ in range(3)]
        cursor = api.get("/api/generations?limit=1").get_json()["next_cursor"]
        services.generator.start(owner, wish)
        body = api.get(f"/api/generations?limit=1&cursor={cursor}").get_json()
        assert body["items"][0]["id"] == old[1]

    @pytest.mark.parametrize("limit", ["0", "-1", "101", "x", "", "1e3", "9" * 5000, "²"])
    def test_a_page_has_a_reasonable_size(self, api, limit):
        body = problem(api.get("/api/generations", query_string={"limit": limit}), 400, "invalid")
        assert list(body["errors"]) == ["limit"]

    @pytest.mark.parametrize("cursor", ["x", "11111111111", "%00", "\N{EURO SIGN}", "9" * 5000])
    def test_a_cursor_that_is_none_is_refused(self, api, cursor):
        answer = api.get("/api/generations", query_string={"cursor": cursor})
        body = problem(answer, 400, "invalid")
        assert list(body["errors"]) == ["cursor"]

    def test_somebody_elses_cursor_is_none(self, stranger_api, services, owner, wish):
        uid = services.generator.start(owner, wish).id
        problem(stranger_api.get(f"/api/generations?cursor={uid}"), 400, "invalid")


class TestMoney:
    def test_the_estimate_and_the_cost_are_in_dollars(self, api):
        body = api.post("/api/generations", {"prompt": "x", "model": "plain-paid", "count": 2})
        assert body.get_json()["estimate"] == {"usd": 0.068, "text": "$0.068"}
        now = api.get(body.headers["Location"]).get_json()
        assert now["cost"] == {"usd": 0.068, "text": "$0.068"}
        assert now["images"][0]["cost"] == {"usd": 0.034, "text": "$0.034"}

    def test_what_costs_nothing_says_so(self, api):
        body = api.post("/api/generations", ASK).get_json()
        assert body["estimate"] == body["cost"] == {"usd": 0, "text": "$0"}

    def test_a_price_that_nobody_knows_is_null(self, api, services):
        scripted(services)
        ask = {"prompt": "x", "model": "plain-unpriced"}
        body = api.post("/api/generations", ask).get_json()
        assert body["estimate"] == body["cost"] == {"usd": None, "text": "?"}

    def test_a_try_that_may_have_been_charged_is_counted(self, api, services, owner):
        provider = scripted(services)
        provider.fail(ProviderError("timeout", "Too late.", may_have_cost=True))
        ask = {"prompt": "x", "model": "plain-paid"}
        uid = api.post("/api/generations", ask).get_json()["id"]
        assert api.get(f"/api/generations/{uid}").get_json()["cost"]["usd"] == 0.034
        provider.before = lambda _request: None
        again = api.post(f"/api/generations/{uid}/retry").get_json()
        assert (again["status"], again["cost"]["usd"]) == ("succeeded", 0.068)
        assert len(charges(services, owner)) == 2

    def test_what_the_provider_charged_counts_in_the_end(self, api, services):
        provider = scripted(services)
        provider.before = lambda _request: ImageResult(png(64, 64, b"abc"), cost=50_000)
        body = api.post("/api/generations", {"prompt": "x", "model": "plain-paid"}).get_json()
        assert (body["estimate"]["usd"], body["cost"]["usd"]) == (0.034, 0.05)

    def test_more_than_may_be_spent_is_refused(self, api, services, owner):
        services.budgets.set_limits(owner.id, PRICE, None)
        ask = {"prompt": "x", "model": "plain-paid", "count": 2}
        body = problem(api.post("/api/generations", ask), 402, "over_budget")
        assert "Your budget for this day is $0.034" in body["detail"]
        assert services.gallery.count(owner) == 0

    def test_trying_again_asks_the_budget_too(self, api, services, owner):
        started = services.generator.start(owner, replace(GOLD, prompt="x !network"))
        services.budgets.set_limits(owner.id, 1, None)
        answer = api.post(f"/api/generations/{started.id}/retry")
        problem(answer, 402, "over_budget")


class TestOnce:
    def test_the_same_request_is_started_once(self, api, services, owner):
        first = api.post("/api/generations", ASK, headers=KEY)
        second = api.post("/api/generations", ASK, headers=KEY)
        assert first.get_json()["id"] == second.get_json()["id"]
        assert first.headers["Location"] == second.headers["Location"]
        assert second.status_code == 202
        assert second.headers["Idempotency-Replayed"] == "true"
        assert "Idempotency-Replayed" not in first.headers
        assert services.gallery.count(owner) == 1

    def test_spaces_and_the_order_of_fields_make_no_other_request(self, api, services, owner):
        for data in ('{"prompt": "x", "seed": 7}', '{"seed":7,\n"prompt":"x"}'):
            api.post("/api/generations", data=data, headers=KEY)
        assert services.gallery.count(owner) == 1

    def test_all_of_several_generations_are_given_again(self, api):
        ask = {"prompt": "a {red|blue} kite"}
        first = api.post("/api/generations", ask, headers=KEY).get_json()
        second = api.post("/api/generations", ask, headers=KEY).get_json()
        assert first["generations"] == second["generations"]
        assert len(second["images"]) == 2

    def test_another_request_with_the_same_key_is_refused(self, api, services, owner):
        api.post("/api/generations", ASK, headers=KEY)
        answer = api.post("/api/generations", ASK | {"seed": 8}, headers=KEY)
        body = problem(answer, 409, "idempotency_key_reused")
        assert "Idempotency-Key" in body["detail"]
        assert services.gallery.count(owner) == 1

    def test_the_same_key_for_a_template_is_another_request(self, api):
        run = "/api/templates/wide-landscape/run"
        body = {"variables": {"subject": "dunes"}}
        assert api.post(run, body, headers=KEY).status_code == 202
        again = api.post("/api/generations", body, headers=KEY)
        problem(again, 409, "idempotency_key_reused")

    def test_keys_of_two_people_have_nothing_to_do_with_each_other(self, api, stranger_api):
        mine = api.post("/api/generations", ASK, headers=KEY).get_json()
        theirs = stranger_api.post("/api/generations", ASK, headers=KEY).get_json()
        assert mine["id"] != theirs["id"]

    def test_without_a_key_the_same_is_made_twice(self, api, services, owner):
        for _ in range(2):
            api.post("/api/generations", ASK)
        assert services.gallery.count(owner) == 2

    def test_a_request_that_was_refused_can_be_sent_again(self, api, services, owner):
        services.budgets.set_limits(owner.id, 0, None)
        ask = {"prompt": "x", "model": "plain-paid"}
        problem(api.post("/api/generations", ask, headers=KEY), 402, "over_budget")
        services.budgets.set_limits(owner.id, None, None)
        assert api.post("/api/generations", ask, headers=KEY).status_code == 202

    def test_what_is_given_again_costs_nothing(self, api, services, owner):
        services.budgets.set_limits(owner.id, PRICE, None)
        ask = {"prompt": "x", "model": "plain-paid"}
        for _ in range(2):
            assert api.post("/api/generations", ask, headers=KEY).status_code == 202
        assert len(charges(services, owner)) == 1

    def test_what_could_not_be_made_any_more_is_still_given_again(self, api, services, owner):
        draft = TemplateDraft(title="Kites", sections=(Section("", "a kite"),))
        ask = {"template": services.templates.create(owner, draft).slug}
        first = api.post("/api/generations", ask, headers=KEY).get_json()
        services.templates.delete(ask["template"], owner)
        second = api.post("/api/generations", ask, headers=KEY).get_json()
        assert first["id"] == second["id"]

    def test_after_a_day_a_key_is_new_again_and_the_old_ones_are_forgotten(
        self, api, services, owner
    ):
        first = api.post("/api/generations", ASK, headers=KEY).get_json()
        api.post("/api/generations", ASK, headers={"Idempotency-Key": "another"})
        database = services.gallery._database
        with database.writing() as session:
            for row in session.query(IdempotencyKey):
                row.created_ms -= 24 * 3600 * 1000 + 1
        second = api.post("/api/generations", ASK | {"seed": 8}, headers=KEY).get_json()
        assert first["id"] != second["id"]
        with database.reading() as session:
            assert [row.generations for row in session.query(IdempotencyKey)] == [[second["id"]]]

    @pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "\xe4"])
    def test_a_key_that_can_t_be_one_is_refused(self, api, key):
        answer = api.post("/api/generations", ASK, headers={"Idempotency-Key": key})
        problem(answer, 400, "invalid_idempotency_key")

    def test_of_many_who_send_the_same_at_once_one_starts_it(self, api, services, owner):
        barrier, answers = threading.Barrier(8), []

        def send():
            barrier.wait()
            answers.append(api.post("/api/generations", ASK, headers=KEY))

        threads = [threading.Thread(target=send) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {answer.status_code for answer in answers} == {202}
        assert len({answer.get_json()["id"] for answer in answers}) == 1
        assert services.gallery.count(owner) == 1


class TestRehearsal:
    def test_nothing_is_started_and_everything_is_told(self, api, services, owner):
        ask = {"prompt": "a {red|blue} kite", "model": "plain-paid", "count": 2, "dry_run": True}
        answer = api.post("/api/generations", ask, headers=KEY)
        body = answer.get_json()
        assert (answer.status_code, "Location" in answer.headers) == (200, False)
        assert [item["prompt"] for item in body["requests"]] == ["a red kite", "a blue kite"]
        assert (body["pictures"], body["estimate"]["usd"]) == (4, 0.136)
        assert [item["estimate"]["usd"] for item in body["requests"]] == [0.068, 0.068]
        assert services.gallery.count(owner) == 0
        assert charges(services, owner) == []

    def test_a_rehearsal_uses_no_key_up(self, api):
        api.post("/api/generations", ASK | {"dry_run": True}, headers=KEY)
        assert api.post("/api/generations", ASK, headers=KEY).status_code == 202

    def test_what_a_template_leaves_out_is_filled_in(self, api):
        ask = {"template": "wide-landscape", "variables": {"subject": "dunes"}, "dry_run": True}
        [wish] = api.post("/api/generations", ask).get_json()["requests"]
        assert "dunes" in wish["prompt"]
        assert (wish["provider"], wish["model"], wish["size"]) == ("plain", "plain-1", "64")

    @pytest.mark.parametrize("name", BAD)
    def test_what_would_be_refused_is_refused(self, api, name):
        ask, field = BAD[name]
        body = problem(api.post("/api/generations", {**ask, "dry_run": True}), 400, "invalid")
        assert list(body["errors"]) == [field]


class TestMask:
    @pytest.fixture
    def painted(self, services, owner):
        return services.images.add_image(owner, png(40, 30, b"abc"))

    @pytest.fixture
    def shown(self, services, monkeypatch):
        """Return the requests that the provider is shown, with a model that takes no mask too."""
        provider = scripted(services)
        caps = replace(provider.models()[0], id="plain-maskless", mask=False)
        models = (*provider.models(), caps)
        monkeypatch.setattr(provider, "models", lambda: models)
        return provider.asked

    @pytest.mark.parametrize("prefix", ["", "data:image/png;base64,"])
    def test_a_mask_reaches_the_model(self, api, painted, shown, prefix):
        mask = prefix + base64.b64encode(png(40, 30, b"mask")).decode()
        ask = {"prompt": "x", "model": "plain-1", "references": [painted.id], "mask": mask}
        answer = api.post("/api/generations", ask)
        assert answer.status_code == 202, answer.get_json()
        assert shown[0].mask is not None

    @pytest.mark.parametrize("mask", ["x", "data:image/png;base64,AAAA", "🌅"])
    def test_a_mask_that_is_none_is_refused(self, api, painted, shown, mask):
        ask = {"prompt": "x", "model": "plain-1", "references": [painted.id], "mask": mask}
        body = problem(api.post("/api/generations", ask), 400, "invalid")
        assert list(body["errors"]) == ["mask"]

    @pytest.mark.parametrize(("model", "count"), [("plain-maskless", 1), ("plain-1", 0)])
    def test_a_mask_that_nobody_would_look_at_is_refused(self, api, painted, shown, model, count):
        mask = base64.b64encode(png(40, 30, b"mask")).decode()
        ask = {"prompt": "x", "model": model, "references": [painted.id] * count, "mask": mask}
        body = problem(api.post("/api/generations", ask), 400, "invalid")
        assert list(body["errors"]) == ["mask"]
        assert shown == []


def test_the_picture_whose_recipe_it_is_becomes_a_parent(api, services, owner):
    source = services.images.add_image(owner, png(40, 30, b"abc"))
    body = api.post("/api/generations", ASK | {"based_on": source.id}).get_json()
    child = services.images.own_image(body["images"][0]["id"], owner)
    [now] = [item for item in services.lineage.of(child).relatives if item.id == child.id]
    assert now.parents == {source.id: "recipe"}
    assert body["references"] == []
