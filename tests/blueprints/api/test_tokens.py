"""Tokens by the API: nobody gets more rights, or sees others' tokens."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.blueprints.api.conftest import Caller, problem

PATH = "/api/tokens"


@pytest.fixture
def admin(caller_of, owner):
    return caller_of(owner, "admin", "images:read")


def moment(**later):
    return (datetime.now(UTC) + timedelta(**later)).isoformat(timespec="seconds")


def test_a_token_is_told_once(app, admin):
    answer = admin.post(PATH, {"name": "backup", "scopes": ["images:read"]})
    made = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"].endswith(f"{PATH}/{made['id']}")
    assert Caller(app.test_client(), made["token"]).get("/api/models").status_code == 200
    shown = admin.get(f"{PATH}/{made['id']}").get_json()
    assert shown == {name: value for name, value in made.items() if name != "token"} | {
        "last_used": shown["last_used"]
    }
    assert made["token"] not in admin.get(PATH).get_data(as_text=True)


def test_tokens_are_listed_newest_first_in_pages(admin):
    for name in "abc":
        admin.post(PATH, {"name": name, "scopes": ["images:read"]})
    first = admin.get(f"{PATH}?limit=2").get_json()
    rest = admin.get(f"{PATH}?limit=2&cursor={first['next_cursor']}").get_json()
    assert [item["name"] for item in first["items"] + rest["items"]] == ["c", "b", "a", "test"]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize("cursor", ["x", "!!", "OTk5OTk5OTk5OTk5OTk5OTk"])
def test_a_cursor_that_is_none_is_refused(admin, cursor):
    assert "cursor" in problem(admin.get(f"{PATH}?cursor={cursor}"), 400, "invalid")["errors"]


def test_what_is_empty_is_told_by_its_field(admin):
    told = problem(admin.post(PATH, {"name": "", "scopes": []}), 400, "invalid")
    sentence = "This must not be empty."
    assert told["errors"] == {"name": [sentence], "scopes": [sentence]}


def test_a_token_gives_no_right_that_it_lacks(admin):
    answer = admin.post(PATH, {"name": "more", "scopes": ["images:read", "images:write"]})
    assert "images:write" in problem(answer, 403, "more_rights")["detail"]


def test_a_token_makes_none_that_outlives_it(app, services, owner):
    secret = services.tokens.create(owner, "short", ["admin", "images:read"], days=2)
    short = Caller(app.test_client(), secret)
    body = {"name": "long", "scopes": ["images:read"]}
    problem(short.post(PATH, body | {"expires": moment(days=3)}), 403, "more_rights")
    assert short.post(PATH, body | {"expires": moment(days=1)}).status_code == 201
    unsaid = short.post(PATH, body).get_json()["expires"]
    assert unsaid is not None
    assert datetime.fromisoformat(unsaid) < datetime.now(UTC) + timedelta(days=2)


def test_a_session_may_give_all_its_rights_but_not_those_of_admins(browser, stranger_browser):
    def asked(who, scopes):
        headers = {"X-CSRFToken": who.token()}
        return who.client.post(PATH, json={"name": "x", "scopes": scopes}, headers=headers)

    assert asked(browser, ["admin", "generate"]).status_code == 201
    assert asked(stranger_browser, ["generate"]).status_code == 201
    assert "scopes" in problem(asked(stranger_browser, ["admin"]), 400, "invalid")["errors"]


def test_a_former_admins_token_has_lost_that_right(admin, services, owner):
    services.accounts.create("second", "admin")
    services.accounts.set_role(owner.name, "member")
    problem(admin.get(PATH), 403, "missing_scope")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scopes": ["images:read"]}, "name"),
        ({"name": " ", "scopes": ["images:read"]}, "name"),
        ({"name": "x" * 65, "scopes": ["images:read"]}, "name"),
        ({"name": "x", "scopes": []}, "scopes"),
        ({"name": "x", "scopes": ["root"]}, "scopes.0"),
        ({"name": "x", "scopes": ["images:read"], "expires": "2020-01-01T00:00:00Z"}, "expires"),
        ({"name": "x", "scopes": ["images:read"], "expires": "2099-01-01T00:00:00"}, "expires"),
        ({"name": "x", "scopes": ["images:read"], "is_admin": True}, "is_admin"),
    ],
)
def test_what_can_t_be_is_told_by_field(admin, body, field):
    assert field in problem(admin.post(PATH, body), 400, "invalid")["errors"]


def test_a_token_is_renamed_unless_somebody_else_was_faster(admin):
    made = admin.post(PATH, {"name": "old", "scopes": ["images:read"]}).get_json()
    path = f"{PATH}/{made['id']}"
    seen = admin.get(path).headers["ETag"]
    renamed = admin.open("PATCH", path, json={"name": "new"}, headers={"If-Match": seen})
    assert (renamed.status_code, renamed.get_json()["name"]) == (200, "new")
    late = admin.open("PATCH", path, json={"name": "other"}, headers={"If-Match": seen})
    assert late.status_code == 412
    assert admin.get(path).get_json()["name"] == "new"


def test_a_revoked_token_stays_in_the_list_and_opens_nothing(app, admin):
    made = admin.post(PATH, {"name": "gone", "scopes": ["images:read"]}).get_json()
    path = f"{PATH}/{made['id']}"
    answer = admin.open("DELETE", path)
    assert (answer.status_code, answer.get_data()) == (204, b"")
    assert admin.open("DELETE", path).status_code == 204
    assert admin.get(path).get_json()["state"] == "revoked"
    problem(Caller(app.test_client(), made["token"]).get("/api/models"), 401, "invalid_token")


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("which", ["others", "9" * 30])
def test_others_tokens_are_not_there(admin, services, stranger, method, which):
    secret = services.tokens.create(stranger, "theirs")
    ref = services.tokens.own(stranger)[0].id if which == "others" else which
    body = {"json": {"name": "mine"}} if method == "PATCH" else {}
    problem(admin.open(method, f"{PATH}/{ref}", **body), 404, "not_found")
    assert services.tokens.check(secret)
    assert services.tokens.own(stranger)[0].name == "theirs"
    assert "theirs" not in admin.get(PATH).get_data(as_text=True)
