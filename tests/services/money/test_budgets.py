import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.servers import postgres_url
from tests.services.paid import (
    FREE,
    GOLD,
    PRICE,
    UNPRICED,
    ScriptedProvider,
    an_easel,
    charges,
    scripted,
)
from webapp.errors import OverBudgetError
from webapp.jobs import NullRunner
from webapp.providers.base import ProviderError


def at(text):
    """Return a clock that stands at a time in UTC."""
    stands = round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)
    return lambda: stands


@pytest.fixture
def provider(services):
    services.ledger._clock = at("2026-11-21T12:00:00")
    return scripted(services)


@pytest.fixture
def rich_noise(services, provider, stranger):
    """Let a stranger spend a lot, and have a budget."""
    services.budgets.set_limits(stranger.id, day=10**9, month=10**9)
    services.generator.start(stranger, replace(GOLD, count=16))


def spend(services, owner, count=1):
    return services.generator.start(owner, replace(GOLD, count=count))


def refused(services, owner, wish=GOLD):
    """Return the sentence of a refusal that leaves nothing behind."""
    before = len(services.images.get_images(owner).pictures)
    with pytest.raises(OverBudgetError) as caught:
        services.generator.start(owner, wish)
    assert len(services.images.get_images(owner).pictures) == before
    return str(caught.value)


@pytest.mark.parametrize(("day", "month"), [(2 * PRICE, None), (None, 2 * PRICE), (2 * PRICE,) * 2])
def test_a_budget_can_be_spent_to_the_last_millionth(
    services, owner, provider, rich_noise, day, month
):
    services.budgets.set_limits(owner.id, day, month)
    spend(services, owner, 2)
    assert [charge.state for charge in charges(services, owner)] == ["charged"] * 2
    refused(services, owner)


def test_one_millionth_too_little_is_too_little(services, owner, provider):
    services.budgets.set_limits(owner.id, 2 * PRICE - 1, None)
    refused(services, owner, replace(GOLD, count=2))
    spend(services, owner, 1)


def test_the_sentence_names_the_amounts_and_what_to_do(services, owner, provider, rich_noise):
    services.budgets.set_limits(owner.id, day=100_000, month=None)
    spend(services, owner)
    sentence = refused(services, owner, replace(GOLD, count=2))
    assert sentence.startswith("Your budget for this day is $0.10, and $0.066 of it is left; ")
    assert "this would cost $0.068." in sentence
    assert "wait until tomorrow (UTC)" in sentence


def test_a_month_says_that_it_is_the_months(services, owner, provider):
    services.budgets.set_limits(owner.id, day=None, month=0)
    sentence = refused(services, owner)
    assert "Your budget for this month is $0, and $0 of it is left" in sentence
    assert "wait until next month" in sentence


def test_everybodys_budget_counts_what_all_have_spent(services, owner, stranger, provider):
    services.budgets.set_limits(None, day=3 * PRICE, month=None)
    spend(services, stranger, 2)
    spend(services, owner)
    for person in (owner, stranger):
        assert refused(services, person).startswith("The common budget for this day is $0.102")


def test_somebody_elses_budget_is_theirs_alone(services, owner, stranger, provider):
    services.budgets.set_limits(stranger.id, day=0, month=0)
    refused(services, stranger)
    spend(services, owner)


def test_a_new_day_begins_with_a_full_budget(services, owner, provider, rich_noise):
    services.budgets.set_limits(owner.id, day=PRICE, month=2 * PRICE)
    spend(services, owner)
    refused(services, owner)
    services.ledger._clock = at("2026-11-22T00:00:00")
    spend(services, owner)
    services.ledger._clock = at("2026-11-30T23:59:59")
    assert "month" in refused(services, owner)
    services.ledger._clock = at("2026-12-01T00:00:00")
    spend(services, owner)


def test_what_is_free_is_always_let_through(services, owner, provider, rich_noise):
    services.budgets.set_limits(owner.id, day=0, month=0)
    services.budgets.set_limits(None, day=0, month=0)
    assert len(services.generator.start(owner, replace(FREE, count=16)).pictures) == 16


def test_an_unknown_price_is_refused_where_there_is_a_budget(services, owner, provider):
    services.budgets.set_limits(owner.id, day=None, month=5_000_000)
    assert "budget for a month is $5.00, and nobody knows" in refused(services, owner, UNPRICED)
    services.budgets.set_limits(owner.id, None, None)
    services.generator.start(owner, UNPRICED)


def test_an_unknown_price_is_refused_where_there_is_a_common_budget(services, owner, provider):
    services.budgets.set_limits(None, day=5_000_000, month=None)
    assert refused(services, owner, UNPRICED).startswith("The common budget")


def test_without_a_budget_there_is_no_limit(services, owner, provider):
    spend(services, owner, 16)
    assert [item.limit for item in services.budgets.limits(owner.id)] == [None, None]


def test_a_refusal_gives_the_money_back(services, owner, provider):
    services.budgets.set_limits(owner.id, day=PRICE, month=None)
    provider.fail(ProviderError("blocked", "No."))
    spend(services, owner)
    provider.before = lambda _: None
    spend(services, owner)


def test_what_may_have_cost_something_is_gone(services, owner, provider):
    services.budgets.set_limits(owner.id, day=PRICE, month=None)
    provider.fail(ProviderError("timeout", "Late.", may_have_cost=True))
    picture = spend(services, owner).pictures[0]
    with pytest.raises(OverBudgetError):
        services.generator.retry(picture.id, owner)
    assert services.images.get_image(picture.id, owner).error_kind == "timeout"


def test_trying_everything_again_needs_money_for_all_of_it(services, owner, provider):
    services.budgets.set_limits(owner.id, day=3 * PRICE, month=None)
    provider.fail(ProviderError("rate_limit", "Later."))
    spend(services, owner, 2)
    spend(services, owner, 2)
    provider.before = lambda _: None
    with pytest.raises(OverBudgetError):
        services.generator.retry_failed(owner)
    services.budgets.set_limits(owner.id, day=4 * PRICE, month=None)
    assert services.generator.retry_failed(owner) == 4


def test_several_generations_start_together_or_not_at_all(services, owner, provider, rich_noise):
    services.budgets.set_limits(owner.id, day=3 * PRICE, month=None)
    with pytest.raises(OverBudgetError):
        services.generator.start_all(owner, [FREE, GOLD, replace(GOLD, count=3)])
    assert services.images.get_images(owner).pictures == ()
    assert charges(services, owner) == []
    assert len(services.generator.start_all(owner, [FREE, GOLD, replace(GOLD, count=2)])) == 3


def test_a_bad_request_among_several_leaves_nothing(services, owner, provider):
    reference = replace(FREE, references=("AAAAAAAAAAA",))
    with pytest.raises(Exception, match="no picture"):
        services.generator.start_all(owner, [GOLD, reference])
    assert services.images.get_images(owner).pictures == ()
    assert charges(services, owner) == []


class TestWaiting:
    @pytest.fixture
    def runner(self):
        return NullRunner()

    def test_what_waits_counts_as_planned(self, services, owner, provider, rich_noise):
        services.budgets.set_limits(owner.id, day=3 * PRICE, month=10 * PRICE)
        spend(services, owner, 2)
        day, month = services.budgets.limits(owner.id)
        assert (day.spent, day.planned, day.left) == (0, 2 * PRICE, PRICE)
        assert (month.span, month.left) == ("month", 8 * PRICE)
        refused(services, owner, replace(GOLD, count=2))

    def test_what_is_cancelled_is_planned_no_more(self, services, owner, provider):
        services.budgets.set_limits(owner.id, day=PRICE, month=None)
        picture = spend(services, owner).pictures[0]
        refused(services, owner)
        services.generator.cancel(picture.id, owner)
        spend(services, owner)

    def test_what_is_being_made_counts_once(self, services, owner, provider):
        services.budgets.set_limits(owner.id, day=2 * PRICE, month=None)
        spend(services, owner)
        seen = []
        provider.before = lambda _: seen.append(services.budgets.limits(owner.id)[0].left)
        services.maker.run(services.jobs.claim(1, "me"))
        assert seen == [PRICE]
        assert services.budgets.limits(owner.id)[0].left == PRICE

    def test_a_smaller_budget_lets_what_was_started_end(self, services, owner, provider):
        spend(services, owner, 2)
        services.budgets.set_limits(owner.id, day=0, month=0)
        for job_id in (1, 2):
            services.maker.run(services.jobs.claim(job_id, "me"))
        assert [charge.state for charge in charges(services, owner)] == ["charged"] * 2
        assert services.budgets.limits(owner.id)[0].left == 0


@pytest.fixture(params=["sqlite", "postgresql"])
def busy_easel(request, tmp_path, empty_database):
    """Give an Easel on each kind of database."""
    with ExitStack() as stack:
        place = empty_database
        if request.param == "postgresql":
            place = stack.enter_context(postgres_url())
        yield stack.enter_context(
            an_easel(tmp_path / "data", NullRunner(), ScriptedProvider(), database=place)
        )


def spend_together(services, people):
    """Let people start a picture at the same time; return how many could."""
    together = threading.Barrier(len(people))

    def start(person):
        together.wait(60)
        try:
            spend(services, person)
        except OverBudgetError:
            return 0
        return 1

    with ThreadPoolExecutor(len(people)) as pool:
        return sum(pool.map(start, people))


def test_two_requests_of_one_person_do_not_both_spend_the_last_money(busy_easel):
    services = busy_easel.services
    owner = services.accounts.named("owner")
    for number in range(1, 4):
        services.budgets.set_limits(owner.id, day=number * PRICE, month=None)
        assert spend_together(services, [owner] * 4) == 1


def test_two_people_do_not_both_spend_the_last_common_money(busy_easel):
    services = busy_easel.services
    people = [services.accounts.named(name) for name in ("owner", "charlie")] * 2
    for number in range(1, 6):
        services.budgets.set_limits(None, day=number * PRICE, month=None)
        assert spend_together(services, people) == 1
