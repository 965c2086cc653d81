"""Who is let in, asked of every address of the API, so that a new one is asked about too."""

import re
from base64 import b64encode
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flask import Response
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from tests.blueprints.api.conftest import Caller, problem
from tests.blueprints.api.world import BODIES
from webapp.app import create_app
from webapp.errors import BusyError, OverloadedError
from webapp.jobs import NullRunner
from webapp.models import Base
from webapp.providers.plain import png
from webapp.services.tokens import SCOPES
from webapp.settings import Settings
from webapp.web.api.door import OPEN
from webapp.web.api.operations import facts_of, operation

EVERYBODYS = {
    "/templates/<ref>": "GET",
    "/templates/<ref>/run": "POST",
    "/templates/<ref>/copy": "POST",
}
"""Addresses with methods at which templates that come with Easel answer everybody."""

NOBODYS = ("11111111111", "2147483647")
"""Ids of nothing."""


def _routes():
    """Return method, address and scope of every operation."""
    with TemporaryDirectory() as folder:
        app = create_app(Settings(data_dir=Path(folder)), runner=NullRunner())
        with app.app_context():
            return [
                (method, _path(rule.rule, method), facts_of(rule.endpoint).scope)
                for rule in app.url_map.iter_rules()
                if rule.endpoint.startswith("api.") and rule.endpoint not in OPEN
                for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
            ]


def _path(rule, method):
    is_there = EVERYBODYS.get(rule.removeprefix("/api")) == method
    numbered = re.sub(r"<int[^>]*>", NOBODYS[1], rule)
    return re.sub("<[^>]+>", "wide-landscape" if is_there else NOBODYS[0], numbered)


ROUTES = _routes()
CHANGES = [route for route in ROUTES if route[0] != "GET"]
IDS = [" ".join(item[:2]) for item in ROUTES]
each = pytest.mark.parametrize(("method", "path"), [item[:2] for item in ROUTES], ids=IDS)
each_with_scope = pytest.mark.parametrize(("method", "path", "scope"), ROUTES, ids=IDS)
each_change = pytest.mark.parametrize(
    ("method", "path"), [item[:2] for item in CHANGES], ids=[" ".join(item[:2]) for item in CHANGES]
)
MULTIPART = "multipart/form-data"
each_form = pytest.mark.parametrize("kind", [MULTIPART, "application/x-www-form-urlencoded"])


def test_there_are_routes_to_ask():
    assert len(ROUTES) >= 10


@each
def test_nobody_is_told_how_to_get_in(nobody, method, path):
    answer = nobody.open(method, path)
    body = problem(answer, 401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="easel"'
    assert "Authorization: Bearer" in body["detail"]


@each
@pytest.mark.parametrize("token", ["easel_wrong", "", "\N{EURO SIGN}".encode().decode("latin-1")])
def test_a_wrong_token_is_called_so(app, method, path, token):
    headers = {"Authorization": f"Bearer {token}"}
    answer = app.test_client().open(path, method=method, headers=headers)
    problem(answer, 401, "invalid_token")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="easel", error="invalid_token"'


@each
def test_a_wrong_token_is_not_made_good_by_a_session(browser, method, path):
    headers = {"Authorization": "Bearer easel_wrong", "X-CSRFToken": browser.token()}
    answer = browser.client.open(path, method=method, headers=headers)
    problem(answer, 401, "invalid_token")


@each
def test_a_revoked_token_opens_nothing(api, services, method, path):
    services.tokens.revoke(services.tokens.all()[0].id)
    problem(api.open(method, path), 401, "invalid_token")


@each_with_scope
def test_the_missing_scope_is_named(caller_of, owner, method, path, scope):
    for needed in scope.split():
        others = [other for other in SCOPES if other != needed]
        body = problem(caller_of(owner, *others).open(method, path), 403, "missing_scope")
        assert f"scope {needed}." in body["detail"]


@each_with_scope
def test_the_scope_that_is_named_lets_in(caller_of, owner, method, path, scope):
    answer = caller_of(owner, *scope.split()).open(method, path)
    assert answer.status_code in (200, 201, 202, 204, 400, 404)


@pytest.mark.parametrize("noun", BODIES)
def test_the_scope_that_is_named_is_enough_to_make_something(caller_of, owner, noun):
    [scope] = [item[2] for item in ROUTES if item[:2] == ("POST", f"/api/{noun}")]
    body = BODIES[noun]
    if "scopes" in body:  # a token gives no right that it lacks
        body = body | {"scopes": [scope]}
    answer = caller_of(owner, *scope.split()).post(f"/api/{noun}", body)
    assert answer.status_code in (201, 202), answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/api/openapi.json"])
def test_how_the_api_is_used_is_no_secret(nobody, path):
    assert nobody.get(path).status_code == 200


@each_change
def test_a_session_changes_nothing_without_the_pages_own_token(browser, services, method, path):
    for headers in ({}, {"X-CSRFToken": "wrong"}):
        problem(browser.client.open(path, method=method, headers=headers), 400, "csrf")


def _form(kind, token=None):
    """Return a form that makes something of everything, as options of a request."""
    picture = png(40, 30, b"abc")
    image = FileStorage(BytesIO(picture), "a.png") if kind == MULTIPART else b64encode(picture)
    fields = {"title": "Kites", "sections": '[{"text": "a kite"}]', "prompt": "a kite"}
    fields |= {"name": "A script", "scopes": "images:read", "visibility": "public"}
    fields |= {} if token is None else {"csrf_token": token}
    return {"data": fields | {"image": image}, "content_type": kind}


def _rows(services):
    """Return how many rows each table has."""
    with services.images._database.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table))
            for table in Base.metadata.sorted_tables
        }


@each_change
@each_form
def test_a_form_changes_nothing_without_the_pages_own_token(browser, services, method, path, kind):
    before = _rows(services)
    for token in (None, "wrong"):
        problem(browser.client.open(path, method=method, **_form(kind, token)), 400, "csrf")
    assert _rows(services) == before


@each_form
def test_a_form_without_the_pages_own_token_shows_a_picture_to_nobody(
    browser, services, owner, kind
):
    kept = services.images.add_image(owner, png(40, 30, b"abc"))
    problem(browser.client.post("/api/images", **_form(kind)), 400, "csrf")
    assert services.images.own_image(kept.id, owner).visibility == "private"


@each_change
@each_form
def test_a_form_with_the_pages_own_token_may_do_all(browser, method, path, kind):
    answer = browser.client.open(path, method=method, **_form(kind, browser.token()))
    assert answer.status_code in (200, 201, 202, 204, 400, 404)
    assert not answer.is_json or answer.get_json().get("code") != "csrf"


@each_form
def test_an_operation_that_forgets_the_token_of_a_form_answers_nothing(browser, app, kind):
    @operation("images:write", {204: None}, bodies={kind: {}})
    def forgetful() -> Response:
        return Response("secret")

    app.view_functions["api.images.create"] = forgetful
    for token in (None, browser.token()):
        answer = browser.client.post("/api/images", **_form(kind, token))
        assert b"secret" not in answer.data
        problem(answer, 400, "csrf")


@each_change
def test_a_session_with_the_pages_own_token_may_do_all(browser, method, path):
    answer = browser.client.open(path, method=method, headers={"X-CSRFToken": browser.token()})
    assert answer.status_code in (200, 201, 202, 204, 400, 404)
    assert not answer.is_json or answer.get_json().get("code") != "csrf"


@each
def test_a_token_needs_no_cookie_and_gets_none(api, method, path):
    assert "Set-Cookie" not in api.open(method, path).headers


@each
def test_a_slash_at_the_end_is_fine(api, method, path):
    plain, slashed = api.open(method, path), api.open(method, f"{path}/")
    assert plain.status_code == slashed.status_code
    assert slashed.status_code != 404 or any(uid in path for uid in NOBODYS)


@each
def test_a_browsers_basic_password_for_a_proxy_is_no_token(browser, method, path):
    headers = {"Authorization": "Basic eDp5", "X-CSRFToken": browser.token()}
    answer = browser.client.open(path, method=method, headers=headers)
    assert answer.status_code not in (401, 403)


@each
def test_the_methods_can_be_asked_for(api, nobody, method, path):
    for who in (api, nobody):
        answer = who.open("OPTIONS", path)
        assert answer.status_code == 200
        assert method in answer.headers["Allow"]
        assert answer.get_data() == b""


@each
def test_another_method_is_refused_with_those_there_are(api, method, path):
    answer = api.open("PUT", path)
    problem(answer, 405, "method_not_allowed")
    assert method in answer.headers["Allow"]


@pytest.mark.parametrize("path", [item[1] for item in ROUTES if item[0] == "GET"])
def test_head_answers_as_get_does_without_a_body(api, path):
    got, head = api.get(path), api.open("HEAD", path)
    assert head.status_code == got.status_code
    assert head.get_data() == b""
    assert head.headers["Content-Type"] == got.headers["Content-Type"]


@pytest.mark.parametrize(
    "path", ["/api/nothing", "/api/nothing/", "/api/generations/1/2/3", "/api/%00"]
)
@pytest.mark.parametrize("accept", ["image/png", "*/*", "application/json", "x"])
def test_every_error_is_a_problem_but_for_who_wants_a_page(nobody, path, accept):
    problem(nobody.get(path, headers={"Accept": accept}), 404, "not_found")


@pytest.mark.parametrize("htmx", [{}, {"HX-Request": "true"}])
def test_a_page_beside_the_api_stays_a_page(nobody, htmx):
    answer = nobody.get("/apiary", headers={"Accept": "text/html"} | htmx)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_a_host_that_is_not_ours_is_refused_in_json_too(nobody):
    problem(nobody.get("/api/models", headers={"Host": "evil.example"}), 400, "unknown_host")


@pytest.mark.parametrize(
    ("error", "status", "code", "seconds"),
    [
        (BusyError("The database is busy.", retry_after=7), 503, "busy", "7"),
        (OverloadedError(), 429, "overloaded", "2"),
    ],
)
def test_who_comes_at_a_busy_time_is_told_when_to_come_again(
    api, services, monkeypatch, error, status, code, seconds
):
    def busy(*_):
        raise error

    monkeypatch.setattr(type(services.generations), "page", busy)
    answer = api.get("/api/generations")
    problem(answer, status, code)
    assert answer.headers["Retry-After"] == seconds


def test_a_fault_of_ours_tells_no_internals(api, services, monkeypatch):
    def broken(*_):
        raise KeyError("/srv/easel/secret.py")  # noqa: EM101

    monkeypatch.setattr(type(services.generations), "page", broken)
    body = problem(api.get("/api/generations"), 500, "unexpected")
    assert "secret" not in str(body)


def test_answers_are_kept_by_nobody_and_carry_the_security_headers(api):
    headers = api.get("/api/models").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_an_expired_token_opens_nothing(app, services, owner):
    token = services.tokens.create(owner, "old", ["images:read"], days=-1)
    problem(Caller(app.test_client(), token).get("/api/models"), 401, "invalid_token")


def test_a_member_s_token_reads_what_is_theirs_alone(api, stranger_api, services, owner, wish):
    services.generator.start(owner, wish)
    assert len(api.get("/api/generations").get_json()["items"]) == 1
    assert stranger_api.get("/api/generations").get_json()["items"] == []
