from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.blueprints.api.conftest import problem
from tests.services.paid import GOLD
from tests.services.spending import charge
from webapp.services.money.ledger import Ledger

TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    """Let no midnight come between what is spent and what is told of it."""
    monkeypatch.setattr(Ledger, "today", lambda _: TODAY.isoformat())


def test_one_sees_what_one_has_spent_and_what_is_left(api, services, owner):
    services.budgets.set_limits(owner.id, 1_000_000, None)
    services.generator.start(owner, replace(GOLD, count=2))
    body = api.get("/api/usage").get_json()
    assert body["range"] == "30d"
    assert body["total"]["spent"] == {"usd": 0.068, "text": "$0.068"}
    assert body["totals"]["today"]["pictures"] == 2
    assert set(body["totals"]) == {"today", "this_month", "last_30_days", "last_90_days"}
    assert [(item["model"], item["calls"]) for item in body["models"]] == [("plain-paid", 2)]
    assert len(body["periods"]) == 30
    day, month = body["limits"]
    assert (day["span"], day["limit"]["usd"], day["left"]["usd"]) == ("day", 1, 0.932)
    assert (month["span"], month["limit"], month["left"]) == ("month", None, None)


def test_nobody_sees_what_others_spend(stranger_api, services, owner):
    services.generator.start(owner, GOLD)
    body = stranger_api.get("/api/usage").get_json()
    assert body["total"]["spent"]["usd"] == 0
    assert body["models"] == []


@pytest.mark.parametrize(("span", "count"), [("90d", 90), ("12m", 12)])
def test_other_times_can_be_asked_for(api, span, count):
    body = api.get(f"/api/usage?range={span}").get_json()
    assert (body["range"], len(body["periods"])) == (span, count)


@pytest.mark.parametrize("span", ["30d", "90d", "12m"])
def test_what_a_clock_ahead_of_ours_has_dated_is_in_the_last_one(api, services, owner, span):
    coming = (TODAY + timedelta(days=32)).isoformat()
    charge(services, owner, coming, 1_000_000)
    body = api.get(f"/api/usage?range={span}").get_json()
    assert body["periods"][-1]["spent"]["usd"] == body["total"]["spent"]["usd"] == 1


def test_a_time_that_is_none_is_refused(api):
    body = problem(api.get("/api/usage?range=1y"), 400, "invalid")
    assert list(body["errors"]) == ["range"]
