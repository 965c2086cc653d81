"""What was spent is added up by day and model, for those who may see it."""

import csv
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event

from tests.services.spending import charge
from webapp.errors import ForbiddenError, InvalidError, NotFoundError
from webapp.services.money.sums import DELETED
from webapp.services.money.usage import SPANS

DOLLAR = 1_000_000
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock(services):
    services.ledger._clock = lambda: int(NOW.timestamp() * 1000)


@pytest.fixture
def noise(services, stranger):
    """Let a stranger spend something at every time that is asked about."""
    for day in ("2026-03-31", "2026-03-01", "2026-01-15", "2025-05-01"):
        charge(services, stranger, day, 7 * DOLLAR)
        charge(services, stranger, day, 9 * DOLLAR, "uncertain")


pytestmark = pytest.mark.usefixtures("noise")


def months(view):
    return {f"{period.start:%Y-%m}": period.tally.micros for period in view.periods}


class TestView:
    def test_whoever_spent_nothing_sees_nothing(self, services, owner):
        view = services.usage.view(owner)
        assert view.total.calls == 0
        assert view.models == ()
        assert not view.has_limits
        assert {tally.micros for tally in view.totals.values()} == {0}

    @pytest.mark.parametrize(
        ("day", "counted"),
        [
            ("2026-03-31", {"Today", "This month", "Last 30 days", "Last 90 days"}),
            ("2026-03-30", {"This month", "Last 30 days", "Last 90 days"}),
            ("2026-03-02", {"This month", "Last 30 days", "Last 90 days"}),
            ("2026-03-01", {"This month", "Last 90 days"}),
            ("2026-02-28", {"Last 90 days"}),
            ("2026-01-01", {"Last 90 days"}),
            ("2025-12-31", set()),
        ],
    )
    @pytest.mark.parametrize("span", SPANS)
    def test_a_day_belongs_to_each_time_that_holds_it(self, services, owner, day, counted, span):
        charge(services, owner, day, DOLLAR)
        totals = services.usage.view(owner, span).totals
        assert {name for name, tally in totals.items() if tally.micros} == counted

    @pytest.mark.parametrize("span", SPANS)
    def test_a_day_that_another_clock_has_begun_counts_as_the_last_one(self, services, owner, span):
        charge(services, owner, "2026-04-01", DOLLAR)
        view = services.usage.view(owner, span)
        assert len(view.periods) == SPANS[span].count
        assert view.periods[-1].tally.micros == view.total.micros == DOLLAR
        assert view.totals["Today"].micros == DOLLAR

    def test_what_is_in_doubt_is_told_apart_and_counts_as_spent(self, services, owner):
        charge(services, owner, "2026-03-31", 3 * DOLLAR)
        charge(services, owner, "2026-03-31", 2 * DOLLAR, "uncertain")
        charge(services, owner, "2026-03-31", DOLLAR, "open")
        charge(services, owner, "2026-03-31", 50 * DOLLAR, "void")
        total = services.usage.view(owner).total
        assert (total.charged, total.perhaps, total.open) == (3 * DOLLAR, 2 * DOLLAR, DOLLAR)
        assert total.micros == 6 * DOLLAR
        assert (total.pictures, total.doubtful, total.waiting) == (1, 1, 1)

    def test_it_agrees_with_the_ledger_that_budgets_ask(self, services, owner):
        for state in ("charged", "open", "uncertain", "void"):
            charge(services, owner, "2026-03-31", DOLLAR, state)
        services.budgets.set_limits(owner.id, 9 * DOLLAR, None)
        view = services.usage.view(owner)
        assert view.limits[0].spent == view.totals["Today"].micros == 3 * DOLLAR

    def test_calls_of_unknown_price_are_counted_and_not_summed(self, services, owner):
        charge(services, owner, "2026-03-31", None)
        charge(services, owner, "2026-03-31", None, "uncertain")
        charge(services, owner, "2026-03-31", DOLLAR)
        total = services.usage.view(owner).total
        assert (total.unpriced, total.micros, total.calls) == (2, DOLLAR, 3)

    def test_models_are_listed_by_what_they_cost(self, services, owner):
        charge(services, owner, "2026-03-31", DOLLAR, model="cheap")
        charge(services, owner, "2026-03-30", 5 * DOLLAR, model="dear")
        charge(services, owner, "2026-03-29", DOLLAR, model="cheap")
        charge(services, owner, "2026-03-29", DOLLAR, model="cheap", provider="openai")
        found = services.usage.view(owner).models
        assert [(item.provider, item.model, item.tally.micros) for item in found] == [
            ("gemini", "dear", 5 * DOLLAR),
            ("gemini", "cheap", 2 * DOLLAR),
            ("openai", "cheap", DOLLAR),
        ]

    def test_thirty_days_end_today(self, services, owner):
        view = services.usage.view(owner, "30d")
        assert [period.start for period in view.periods][:: len(view.periods) - 1] == [
            date(2026, 3, 2),
            date(2026, 3, 31),
        ]

    def test_twelve_months_end_with_this_one(self, services, owner):
        for day in ("2026-03-31", "2026-03-01", "2025-04-01", "2025-03-31"):
            charge(services, owner, day, DOLLAR)
        view = services.usage.view(owner, "12m")
        assert len(view.periods) == 12
        assert {name: sum_ for name, sum_ in months(view).items() if sum_} == {
            "2026-03": 2 * DOLLAR,
            "2025-04": DOLLAR,
        }
        assert view.total.micros == 3 * DOLLAR

    @pytest.mark.parametrize("span", SPANS)
    def test_the_bars_hold_what_the_sum_says(self, services, owner, span):
        for number, day in enumerate(("2026-03-31", "2026-03-05", "2026-01-02", "2025-06-30")):
            charge(services, owner, day, DOLLAR + number, model=f"m{number % 3}")
        view = services.usage.view(owner, span)
        assert sum(period.tally.micros for period in view.periods) == view.total.micros
        assert sum(item.tally.micros for item in view.models) == view.total.micros
        assert view.total.micros > 0

    def test_an_unknown_span_is_the_usual_one(self, services, owner):
        assert services.usage.view(owner, "7 weeks").span.name == "30d"


class TestEverybody:
    def test_administrators_see_the_sum_of_all(self, services, owner):
        charge(services, owner, "2026-03-31", DOLLAR)
        view = services.usage.view(owner, is_everybody=True)
        assert view.totals["Today"].micros == 17 * DOLLAR

    def test_people_are_listed_by_what_they_spent(self, services, owner, stranger):
        charge(services, owner, "2026-03-30", DOLLAR)
        services.budgets.set_limits(stranger.id, 2_500_000, None)
        first, second = services.usage.view(owner, is_everybody=True).people
        assert (first.name, first.sums) == (
            stranger.name,
            (16 * DOLLAR, 32 * DOLLAR, 16 * DOLLAR, 2),
        )
        assert (second.name, second.sums) == ("owner", (0, DOLLAR, DOLLAR, 1))
        assert (first.day_text, first.month_text) == ("2.50", "")

    def test_what_deleted_accounts_spent_is_not_lost(self, services, owner):
        charge(services, None, "2026-03-31", DOLLAR)
        last = services.usage.view(owner, is_everybody=True).people[-1]
        assert (last.name, last.sums.today, last.is_known) == (DELETED, DOLLAR, False)

    def test_the_limits_are_the_common_ones(self, services, owner):
        services.budgets.set_limits(None, DOLLAR, None)
        assert services.usage.view(owner, is_everybody=True).limits[0].limit == DOLLAR
        assert services.usage.view(owner).limits[0].limit is None

    def test_members_see_only_their_own(self, services, stranger):
        assert services.usage.view(stranger).people == ()
        with pytest.raises(ForbiddenError):
            services.usage.view(stranger, is_everybody=True)


@pytest.mark.parametrize("is_everybody", [False, True])
def test_sums_are_made_of_an_index_alone(services, owner, is_everybody):
    asked = []

    def note(_connection, _cursor, statement, parameters, *_):
        if "FROM charge" in statement:
            asked.append((statement, parameters))

    engine = services.usage._database.engine
    event.listen(engine, "before_cursor_execute", note)
    services.usage.view(owner, "12m", is_everybody=is_everybody)
    event.remove(engine, "before_cursor_execute", note)
    assert asked
    with engine.connect() as connection:
        for statement, parameters in asked[: 1 + is_everybody]:
            plan = connection.exec_driver_sql(f"explain query plan {statement}", parameters)
            assert "COVERING INDEX" in plan.first()[3]


class TestBudget:
    def test_an_administrator_sets_a_persons(self, services, owner, stranger):
        services.usage.set_budget(owner, stranger.name, "$2.50", " 40 ")
        limits = services.budgets.limits(stranger.id)
        assert [item.limit for item in limits] == [2_500_000, 40 * DOLLAR]
        assert [item.limit for item in services.budgets.limits(owner.id)] == [None, None]

    def test_no_name_means_everybody_and_no_amount_no_limit(self, services, owner):
        services.usage.set_budget(owner, "", "1", "2")
        services.usage.set_budget(owner, "", "", "3")
        assert [item.limit for item in services.budgets.limits(None)] == [None, 3 * DOLLAR]

    def test_every_wrong_amount_is_named_and_nothing_is_set(self, services, owner, stranger):
        with pytest.raises(InvalidError) as caught:
            services.usage.set_budget(owner, stranger.name, "much", "-1")
        assert caught.value.fields.keys() == {"day", "month"}
        with pytest.raises(InvalidError) as caught:
            services.usage.set_budget(owner, stranger.name, "1", "1e9")
        assert caught.value.fields.keys() == {"month"}
        assert services.budgets.limits(stranger.id)[0].limit is None

    def test_nobody_has_a_budget_who_is_not_there(self, services, owner):
        with pytest.raises(NotFoundError):
            services.usage.set_budget(owner, "nobody", "1", "1")

    def test_members_set_none(self, services, stranger):
        with pytest.raises(ForbiddenError):
            services.usage.set_budget(stranger, stranger.name, "1000", "")
        assert services.budgets.limits(stranger.id)[0].limit is None


class TestTable:
    def rows(self, services, viewer, span="30d"):
        text = "".join(services.usage.table(viewer, span))
        return list(csv.DictReader(text.splitlines()))

    def test_it_has_a_line_for_each_call_of_ones_own(self, services, owner):
        charge(services, owner, "2026-03-31", 39_000)
        charge(services, owner, "2026-03-30", None, "uncertain")
        charge(services, owner, "2026-03-01", DOLLAR)
        rows = self.rows(services, owner)
        assert [(row["day_utc"], row["state"], row["us_dollars"]) for row in rows] == [
            ("2026-03-30", "uncertain", ""),
            ("2026-03-31", "charged", "0.039000"),
        ]
        assert rows[0]["asked_at_utc"].endswith("Z")

    def test_long_tables_come_in_pieces_and_miss_nothing(self, services, owner, monkeypatch):
        monkeypatch.setattr("webapp.services.money.export.ROWS_AT_ONCE", 3)
        for number in range(10):
            charge(services, owner, f"2026-03-{31 - number % 4}", number + 1)
        pieces = list(services.usage.table(owner, "12m"))
        assert len(pieces) == 5
        rows = self.rows(services, owner)
        paid = sorted(round(float(row["us_dollars"]) * DOLLAR) for row in rows)
        assert paid == list(range(1, 11))

    @pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@sum", "\t=1"])
    def test_no_cell_is_taken_for_a_formula(self, services, owner, name):
        charge(services, owner, "2026-03-31", 1, model=name)
        assert self.rows(services, owner)[0]["model"] == f"'{name}"

    def test_there_are_no_others(self, services, owner):
        with pytest.raises(NotFoundError):
            services.usage.table(owner, "7w")
