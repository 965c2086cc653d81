"""Usage: what a person's pictures have cost, and what is left of their budget."""

from datetime import date
from typing import Any, Literal

from pydantic import Field

from webapp.services.money.budgets import Limit
from webapp.services.money.sums import Tally
from webapp.web.api import Asking, Money, Reply, Told, money, operation, resource
from webapp.web.current import services, signed_in

blueprint = resource("usage", "/usage")


class UsageAsked(Asking):
    """Which time is added up."""

    range: Literal["30d", "90d", "12m"] = Field("30d", description="30 or 90 days, or 12 months.")


class Spent(Told):
    """What was spent on how many pictures; `perhaps` is what calls without an answer may cost."""

    spent: Money
    charged: Money
    perhaps: Money
    pictures: int
    calls: int
    unpriced: int


class Period(Spent):
    """A day or a month."""

    start: date


class ModelSpent(Spent):
    """A model."""

    provider: str
    model: str


class LimitTold(Told):
    """A budget: what of it is spent, will be by what waits, and is left."""

    span: str
    limit: Money | None
    spent: Money
    planned: Money
    left: Money | None


class UsageTold(Told):
    """What was spent in a time."""

    range: str
    total: Spent
    totals: dict[str, Spent]
    periods: list[Period]
    models: list[ModelSpent]
    limits: list[LimitTold]


@blueprint.get("")
@operation(answers={200: UsageTold})
def index(query: UsageAsked) -> Reply:
    """Add up what a person has spent."""
    view = services().usage.view(signed_in(), query.range)
    return UsageTold(
        range=view.span.name,
        total=_spent(view.total),
        totals={_name(title): _spent(item) for title, item in view.totals.items()},
        periods=[Period(start=item.start, **_facts(item.tally)) for item in view.periods],
        models=[
            ModelSpent(provider=item.provider, model=item.model, **_facts(item.tally))
            for item in view.models
        ],
        limits=[_limit(item) for item in view.limits],
    )


def _name(title: str) -> str:
    """Return a title as a name in JSON: `Last 30 days` is `last_30_days`."""
    return title.lower().replace(" ", "_")


def _spent(tally: Tally) -> Spent:
    return Spent(
        spent=money(tally.micros),
        charged=money(tally.charged),
        perhaps=money(tally.perhaps),
        pictures=tally.pictures,
        calls=tally.calls,
        unpriced=tally.unpriced,
    )


def _facts(tally: Tally) -> dict[str, Any]:
    return dict(_spent(tally))


def _limit(item: Limit) -> LimitTold:
    return LimitTold(
        span=item.span,
        limit=None if item.limit is None else money(item.limit),
        spent=money(item.spent),
        planned=money(item.planned),
        left=None if item.left is None else money(item.left),
    )
