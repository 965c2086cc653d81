"""Webhooks by the API."""

import time

import pytest

from tests.blueprints.api.conftest import problem
from webapp.extensions import limiter
from webapp.providers.base.reach import Answer

URL = "https://hooks.example/easel"
ASKED = {"url": URL, "events": ["image.created", "generation.failed"]}


@pytest.fixture
def hook(api, services):
    """Return a webhook as it was answered when it was made."""
    services.webhooks.sender._post = lambda *_: Answer(200, b"thanks")
    answer = api.post("/api/webhooks", ASKED)
    assert answer.status_code == 201
    return answer.get_json()


def test_it_is_made_and_its_secret_told_once(api, hook):
    assert hook["secret"].startswith("whsec_")
    assert hook["events"] == ["generation.failed", "image.created"]
    assert hook["active"] is True
    answer = api.get(f"/api/webhooks/{hook['id']}")
    assert "secret" not in answer.get_json()
    assert answer.headers["ETag"] == '"1"'
    (listed,) = api.get("/api/webhooks").get_json()["items"]
    assert listed == answer.get_json()


def test_an_answer_with_a_secret_is_kept_by_nobody(api, hook):
    made = api.post("/api/webhooks", ASKED)
    assert made.headers["Cache-Control"] == "no-store"
    assert made.headers["Location"].endswith(f"/api/webhooks/{made.get_json()['id']}")
    rotated = api.post(f"/api/webhooks/{hook['id']}/rotate")
    assert rotated.headers["Cache-Control"] == "no-store"
    assert rotated.get_json()["secret"] != hook["secret"]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"url", "events"}),
        ({"url": URL, "events": []}, {"events"}),
        ({"url": URL, "events": ["image.painted"]}, {"events.0"}),
        ({"url": "ftp://hooks.example", "events": ["image.created"]}, {"url"}),
        ({"url": "http://127.0.0.1/x", "events": ["image.created"]}, {"url"}),
        ({"url": 7, "events": ["image.created"]}, {"url"}),
        (ASKED | {"secret": "mine"}, {"secret"}),
    ],
)
def test_what_can_not_be_is_told_by_field(api, body, fields):
    assert set(problem(api.post("/api/webhooks", body), 400, "invalid")["errors"]) == fields


def test_it_is_changed_by_whoever_has_seen_it(api, hook):
    path = f"/api/webhooks/{hook['id']}"
    changed = api.open("PATCH", path, json={"active": False}, headers={"If-Match": '"1"'})
    assert (changed.get_json()["active"], changed.headers["ETag"]) == (False, '"2"')
    assert changed.get_json()["url"] == URL
    late = api.open("PATCH", path, json={"active": True}, headers={"If-Match": '"1"'})
    problem(late, 412, "changed")
    problem(api.open("DELETE", path, headers={"If-Match": '"1"'}), 412, "changed")
    assert api.open("DELETE", path, headers={"If-Match": '"2"'}).status_code == 204
    problem(api.get(path), 404, "not_found")


def test_the_log_tells_what_was_answered(api, hook):
    path = f"/api/webhooks/{hook['id']}"
    sent = api.post(f"{path}/test")
    assert (sent.status_code, sent.get_json()["state"]) == (202, "pending")
    (told,) = api.get(f"{path}/deliveries").get_json()["items"]
    assert (told["event"], told["state"], told["status"]) == ("ping", "delivered", 200)
    assert told["answer"] == "thanks"
    assert told["payload"]["id"] == told["event_id"]
    again = api.post(f"{path}/deliveries/{told['id']}/redeliver").get_json()
    assert again["event_id"] == told["event_id"]
    first = api.get(f"{path}/deliveries?limit=1").get_json()
    assert first["items"][0]["id"] == again["id"]
    rest = api.get(f"{path}/deliveries?limit=1&cursor={first['next_cursor']}").get_json()
    assert [item["id"] for item in rest["items"]] == [told["id"]]
    assert rest["next_cursor"] is None


def test_one_that_is_switched_off_is_not_tested(api, hook):
    path = f"/api/webhooks/{hook['id']}"
    api.open("PATCH", path, json={"active": False})
    problem(api.post(f"{path}/test"), 409, "inactive")


CHANGES = [
    ("POST", "", ASKED),
    ("PATCH", "/{id}", {"url": URL}),
    ("POST", "/{id}/rotate", {}),
    ("POST", "/{id}/test", {}),
    ("POST", "/{id}/deliveries/{delivery}/redeliver", {}),
    ("DELETE", "/{id}", None),
]


def test_who_may_only_read_changes_none(caller_of, owner, hook):
    reader = caller_of(owner, "images:read")
    assert reader.get("/api/webhooks").status_code == 200
    for method, end, body in CHANGES:
        path = "/api/webhooks" + end.format(id=hook["id"], delivery="11111111111")
        problem(reader.open(method, path, json=body), 403, "missing_scope")


def test_who_may_not_read_has_no_pictures_told_to_an_address_of_theirs(
    api, caller_of, services, owner, hook
):
    delivery = api.post(f"/api/webhooks/{hook['id']}/test").get_json()["id"]
    writer = caller_of(owner, "images:write")
    for method, end, body in CHANGES:
        path = "/api/webhooks" + end.format(id=hook["id"], delivery=delivery)
        answer = writer.open(method, path, json=body)
        assert "images:read" in problem(answer, 403, "missing_scope")["detail"]
    assert len(services.webhooks.shelf.all(owner)) == 1


def test_programs_and_pages_share_a_limit_of_tests(
    api, hook, browser, caller_of, owner, monkeypatch
):
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now)  # all of it happens within a minute
    limiter.enabled = True
    limiter.reset()
    try:
        path = f"/webhooks/{hook['id']}"
        other = caller_of(owner, "images:read", "images:write")
        codes = [program.post(f"/api{path}/test").status_code for program in (api, other) * 10]
        codes += [browser.post(f"/settings{path}/test").status_code for _ in range(10)]
        assert codes == [202] * 20 + [303] * 10
        delivery = api.get(f"/api{path}/deliveries").get_json()["items"][0]["id"]
        for end in ("test", f"deliveries/{delivery}/redeliver"):
            answer = other.post(f"/api{path}/{end}")
            problem(answer, 429, "rate_limited")
            assert int(answer.headers["Retry-After"]) <= 60
            assert browser.post(f"/settings{path}/{end}").status_code == 429
    finally:
        limiter.enabled = False
        limiter.reset()


def test_strangers_find_nothing(stranger_api, api, hook):
    path = f"/api/webhooks/{hook['id']}"
    delivery = api.post(f"{path}/test").get_json()["id"]
    assert stranger_api.get("/api/webhooks").get_json()["items"] == []
    for method, end, body in (
        ("GET", "", None),
        ("PATCH", "", {"active": False}),
        ("DELETE", "", None),
        ("POST", "/rotate", {}),
        ("POST", "/test", {}),
        ("GET", "/deliveries", None),
        ("POST", f"/deliveries/{delivery}/redeliver", {}),
    ):
        problem(stranger_api.open(method, path + end, json=body), 404, "not_found")
