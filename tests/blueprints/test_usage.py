"""The page of what was spent: one's own, and for administrators everybody's."""

import re
from datetime import date, timedelta

import pytest

from tests.services.spending import charge
from webapp.services.money.ledger import Ledger

DOLLAR = 1_000_000


TODAY = date(2026, 11, 21)


@pytest.fixture
def today(monkeypatch):
    """Return the date, which stays: no midnight comes between charges and pages."""
    monkeypatch.setattr(Ledger, "today", lambda _: TODAY.isoformat())
    return TODAY.isoformat()


@pytest.fixture(autouse=True)
def noise(services, stranger, today):
    """Let a stranger spend something."""
    charge(services, stranger, today, 77 * DOLLAR, model="secret-model")


def text_of(answer):
    return answer.get_data(as_text=True)


class TestOwn:
    def test_whoever_spent_nothing_is_told_that_sketch_is_free(self, browser):
        page = text_of(browser.get("/usage"))
        assert "Nothing was spent" in page
        assert "Sketch paints on this computer and is free" in page
        assert '<svg class="chart-plot"' not in page

    def test_it_shows_what_was_spent_and_by_which_model(self, services, browser, owner, today):
        charge(services, owner, today, 34_000, model="nano")
        charge(services, owner, today, 39_000, "uncertain", model="nano")
        charge(services, owner, today, None, model="mystery")
        page = text_of(browser.get("/usage"))
        for word in ("$0.073", "nano", "$0.034", "$0.039", "Perhaps charged", "Unknown price"):
            assert word in page
        assert "midnight UTC" in page

    @pytest.mark.parametrize("span", ["30d", "90d", "12m"])
    def test_what_a_clock_ahead_of_ours_has_dated_is_in_it(self, services, browser, owner, span):
        coming = (TODAY + timedelta(days=32)).isoformat()
        charge(services, owner, coming, DOLLAR, model="nano")
        page = browser.get(f"/usage?range={span}")
        assert page.status_code == 200
        assert "nano" in text_of(page)

    def test_somebody_elses_are_not_in_it(self, browser):
        page = text_of(browser.get("/usage"))
        assert "secret-model" not in page
        assert "$77" not in page
        assert "charlie" not in page

    def test_the_chart_has_a_title_a_description_and_a_table(self, services, browser, owner, today):
        charge(services, owner, today, DOLLAR, model="nano")
        page = text_of(browser.get("/usage"))
        assert 'role="img"' in page
        assert re.search(r'<title id="chart-title">What was spent in the last 30 days', page)
        assert re.search(r'<desc id="chart-desc">\$1\.00 in 30 days', page)
        assert "The numbers by day" in page
        assert not re.search(r"\sstyle=", page)

    @pytest.mark.parametrize(
        ("span", "bars"), [("30d", 30), ("90d", 90), ("12m", 12), ("nonsense", 30)]
    )
    def test_there_is_a_bar_for_each_day_or_month(
        self, services, browser, owner, today, span, bars
    ):
        charge(services, owner, today, DOLLAR)
        page = text_of(browser.get(f"/usage?range={span}"))
        assert page.count('<g class="chart-bar">') == bars

    def test_htmx_gets_the_part(self, browser):
        part = text_of(browser.fragment("/usage"))
        assert part.count('id="usage"') == 1
        assert "<html" not in part

    def test_the_budget_is_a_meter(self, services, browser, owner, today):
        charge(services, owner, today, 3 * DOLLAR)
        assert "You have no budget of your own" in text_of(browser.get("/usage"))
        services.budgets.set_limits(owner.id, 4 * DOLLAR, None)
        page = text_of(browser.get("/usage"))
        assert "$1.00 left" in page
        assert 'class="meter-spent" width="75.0%"' in " ".join(page.split())

    def test_names_of_models_are_only_text(self, services, browser, owner, today):
        charge(services, owner, today, 1, model="<b>bold</b>")
        assert "<b>bold" not in text_of(browser.get("/usage"))

    def test_a_member_sees_no_administration(self, stranger_browser):
        page = text_of(stranger_browser.get("/usage"))
        assert "Everybody" not in page
        assert "/usage/budgets" not in page

    def test_strangers_are_asked_to_sign_in(self, anonymous):
        for path in ("/usage", "/usage/30d.csv"):
            assert anonymous.get(path).location.startswith("/login")

    def test_settings_lead_to_it(self, browser):
        assert 'href="/usage"' in text_of(browser.get("/settings"))


class TestTable:
    def test_it_is_a_file_of_ones_own_calls(self, services, browser, owner, today):
        charge(services, owner, today, 34_000)
        answer = browser.get("/usage/30d.csv")
        assert answer.mimetype == "text/csv"
        assert "easel-usage-30d.csv" in answer.headers["Content-Disposition"]
        lines = text_of(answer).splitlines()
        assert len(lines) == 2
        assert lines[1].endswith(",charged,0.034000")

    def test_there_is_no_other(self, browser):
        assert browser.get("/usage/7w.csv").status_code == 404


class TestEverybody:
    def test_administrators_see_each_person(self, browser):
        page = text_of(browser.get("/usage?of=everybody"))
        assert "charlie" in page
        assert "$77.00" in page
        assert "secret-model" in page

    def test_members_are_refused(self, stranger_browser):
        answer = stranger_browser.get("/usage?of=everybody")
        assert answer.status_code == 403
        assert "Only administrators" in text_of(answer)


class TestBudgets:
    def test_an_administrator_sets_one(self, services, browser, stranger):
        answer = browser.post("/usage/budgets", {"person": "charlie", "day": "2.5", "month": ""})
        assert (answer.status_code, answer.location) == (303, "/usage?of=everybody#budgets")
        assert [item.limit for item in services.budgets.limits(stranger.id)] == [2_500_000, None]
        page = text_of(browser.get("/usage?of=everybody"))
        assert "The budget of charlie was saved" in page
        assert 'value="2.50"' in page

    def test_the_common_one_has_no_name(self, services, browser):
        browser.post("/usage/budgets", {"person": "", "day": "", "month": "100"})
        assert services.budgets.limits(None)[1].limit == 100 * DOLLAR

    def test_what_was_written_stays_in_the_form_beside_what_is_wrong(self, services, browser):
        form = {"person": "charlie", "day": "<lots>", "month": "3"}
        answer = browser.post("/usage/budgets", form)
        page = text_of(answer)
        assert answer.status_code == 422
        assert "&lt;lots&gt;" in page
        assert page.count("Write an amount in US dollars") == 1
        assert page.count("<details open>") == 1

    def test_members_are_refused(self, services, stranger, stranger_browser):
        form = {"person": "charlie", "day": "1000", "month": ""}
        assert stranger_browser.post("/usage/budgets", form).status_code == 403
        assert services.budgets.limits(stranger.id)[0].limit is None

    def test_nobody_is_not_found(self, browser):
        form = {"person": "nobody", "day": "1", "month": ""}
        assert browser.post("/usage/budgets", form).status_code == 404
