"""Metrics: right numbers, and for administrators alone."""

import re

import pytest

from webapp.models import now_ms
from webapp.web.api.door import SIGN_IN


def token_of(services, person, *scopes):
    return {"Authorization": f"Bearer {services.tokens.create(person, 'prometheus', scopes)}"}


def value(text, name):
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return None if found is None else float(found[1])


@pytest.fixture
def read(app, services, owner):
    headers = token_of(services, owner, "admin")

    def metrics():
        answer = app.test_client().get("/metrics", headers=headers)
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    return metrics


def test_requests_are_counted_by_what_they_asked_for(app, read):
    for _ in range(3):
        app.test_client().get("/healthz")
    text = read()
    name = 'easel_http_requests_total{endpoint="health.live",method="GET",status="200"}'
    assert value(text, name) == 3
    assert value(text, 'easel_http_request_seconds_count{endpoint="health.live"}') == 3


def test_an_address_that_is_none_adds_no_name_of_its_own(app, read):
    for path in ("/nothing", "/nobody-knows", "/api/nowhere"):
        app.test_client().open(path, method="BREW")
    text = read()
    assert "nobody-knows" not in text
    assert "BREW" not in text
    assert 'endpoint="none"' in text


def test_totals_are_those_of_the_moment(services, owner, wish, a_picture, read):
    before = read()
    services.images.add_image(owner, a_picture)
    services.generator.start(owner, wish)
    after = read()
    assert value(after, "easel_images") == value(before, "easel_images") + 2
    assert value(after, 'easel_jobs{state="done"}') > value(before, 'easel_jobs{state="done"}')
    assert value(after, "easel_accounts") >= 1
    assert value(after, "easel_webhook_deliveries_pending") == 0
    assert value(after, "process_start_time_seconds") < now_ms() / 1000


def test_it_is_what_prometheus_reads(app, services, owner):
    headers = token_of(services, owner, "admin")
    answer = app.test_client().get("/metrics", headers=headers)
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert answer.headers["Cache-Control"] == "no-store"


def test_nobody_is_told_how_to_get_in(app):
    answer = app.test_client().get("/metrics")
    assert (answer.status_code, answer.get_json()["detail"]) == (401, SIGN_IN)


def test_a_token_needs_the_scope_admin(app, services, owner):
    headers = token_of(services, owner, "images:read", "images:write")
    assert app.test_client().get("/metrics", headers=headers).status_code == 403


def test_an_admins_browser_may_look_and_a_members_may_not(browser, stranger_browser):
    assert browser.client.get("/metrics").status_code == 200
    assert stranger_browser.client.get("/metrics").status_code == 403


def test_wrong_tokens_are_refused(app):
    headers = {"Authorization": "Bearer easel_wrong"}
    assert app.test_client().get("/metrics", headers=headers).status_code == 401
