"""Usage: what people spent, by day and by model, and the budgets that administrators set."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from webapp.errors import ForbiddenError, InvalidError, NotFoundError
from webapp.models import Database
from webapp.services.accounts import Accounts, Viewer
from webapp.services.money.amounts import amount
from webapp.services.money.budgets import Budgets, Limit
from webapp.services.money.export import LedgerExport
from webapp.services.money.ledger import Ledger
from webapp.services.money.sums import Entry, PersonUse, Tally, entries, person_uses, written

ADMINS_ONLY = "Only administrators see what everybody spends, and set budgets."


@dataclass(frozen=True, slots=True)
class Span:
    """A time that the page shows, up to today: some days, or some months one by one."""

    name: str
    title: str
    count: int
    is_monthly: bool = False

    def periods(self, today: date) -> tuple[str, ...]:
        """Return its days as `2026-11-21`, or its months as `2026-11`, the oldest first."""
        if self.is_monthly:
            last = today.year * 12 + today.month - 1
            months = range(last - self.count + 1, last + 1)
            return tuple(f"{month // 12:04}-{month % 12 + 1:02}" for month in months)
        return tuple(_day(today, back) for back in reversed(range(self.count)))


SPANS = {
    span.name: span
    for span in (
        Span("30d", "30 days", 30),
        Span("90d", "90 days", 90),
        Span("12m", "12 months", 12, is_monthly=True),
    )
}
DEFAULT_SPAN = "30d"


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What the pictures of one model cost."""

    provider: str
    model: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Period:
    """A day or a month, with what each model cost in it by `(provider, model)`."""

    start: date
    tally: Tally
    models: Mapping[tuple[str, str], Tally]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageView:
    """All that the page shows. Days are dates in UTC.

    `totals` are today, this month, and the last 30 and 90 days, by name; the rest is about the
    chosen `span`. `models` begins with the dearest. `limits` are a day's and a month's. `people`
    is empty where a person looks at their own.
    """

    span: Span
    is_everybody: bool
    totals: Mapping[str, Tally]
    total: Tally
    periods: tuple[Period, ...]
    models: tuple[ModelUse, ...]
    limits: tuple[Limit, ...]
    people: tuple[PersonUse, ...] = ()

    @property
    def has_limits(self) -> bool:
        """Whether anything is limited."""
        return any(item.limit is not None for item in self.limits)

    @property
    def limit_texts(self) -> tuple[str, ...]:
        """The limits as they stand in a form."""
        return tuple(written(item.limit) for item in self.limits)


class Usage:
    """Adds up the ledger for those who may see it."""

    def __init__(
        self, database: Database, ledger: Ledger, budgets: Budgets, accounts: Accounts
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._budgets = budgets
        self._accounts = accounts
        self._export = LedgerExport(database)

    def view(self, viewer: Viewer, span: str = "", *, is_everybody: bool = False) -> UsageView:
        """Return what a person spent, or everybody; an unknown span is the usual one.

        Raises ForbiddenError where somebody else than an administrator asks for everybody.
        """
        if is_everybody:
            _check_admin(viewer)
        chosen = SPANS.get(span, SPANS[DEFAULT_SPAN])
        today = date.fromisoformat(self._ledger.today())
        names = chosen.periods(today)
        subject = None if is_everybody else viewer.id
        since = min(names[0], _day(today, 89), f"{today:%Y-%m}-01")
        with self._database.reading() as session:
            found = entries(session, since, subject)
            people = tuple(person_uses(session, today, names[0])) if is_everybody else ()
        shown = [item for item in found if item.day >= names[0]]
        return UsageView(
            span=chosen,
            is_everybody=is_everybody,
            totals={
                "Today": _sum(found, _day(today, 0)),
                "This month": _sum(found, f"{today:%Y-%m}-01"),
                "Last 30 days": _sum(found, _day(today, 29)),
                "Last 90 days": _sum(found, _day(today, 89)),
            },
            total=_sum(shown, ""),
            periods=_periods(names, shown),
            models=_models(shown),
            limits=self._budgets.limits(subject),
            people=people,
        )

    def table(self, viewer: Viewer, span: str) -> Iterator[str]:
        """Give a person's own charges of a span as CSV, in pieces; raises NotFoundError."""
        if span not in SPANS:
            msg = f"There are tables of {', '.join(SPANS)}."
            raise NotFoundError(msg)
        today = date.fromisoformat(self._ledger.today())
        return self._export.lines(viewer, _first(SPANS[span].periods(today)[0]), today)

    def set_budget(self, viewer: Viewer, name: str, day: str, month: str) -> None:
        """Set what a person may spend, or everybody together for no name, as it was written.

        Amounts are in dollars, nothing means no limit. Raises InvalidError with a sentence for each
        of `day` and `month` that is no amount, and ForbiddenError for who is no administrator.
        """
        _check_admin(viewer)
        found: dict[str, int | None] = {}
        wrong: dict[str, list[str]] = {}
        for field, text in (("day", day), ("month", month)):
            try:
                found[field] = amount(text, field)
            except InvalidError as error:
                wrong |= error.fields
        if wrong:
            msg = "These are no amounts of money."
            raise InvalidError(msg, fields=wrong)
        subject = self._accounts.named(name).id if name else None
        self._budgets.set_limits(subject, found["day"], found["month"])


def _check_admin(viewer: Viewer) -> None:
    if viewer.role != "admin":
        raise ForbiddenError(ADMINS_ONLY)


def _day(today: date, back: int) -> str:
    return (today - timedelta(days=back)).isoformat()


def _first(period: str) -> date:
    """Return the first day of a month, or the day itself."""
    return date.fromisoformat(f"{period}-01"[:10])


def _sum(found: Iterable[Entry], since: str) -> Tally:
    return sum((item.tally for item in found if item.day >= since), Tally())


def _periods(names: tuple[str, ...], found: Iterable[Entry]) -> tuple[Period, ...]:
    """Return a period for each name; a day belongs to the one whose name it begins with.

    A day that has not come yet belongs to the last one: another machine's clock may be ahead.
    """
    sums: dict[str, dict[tuple[str, str], Tally]] = {name: {} for name in names}
    for item in found:
        models = sums[min(item.day[: len(names[0])], names[-1])]
        models[item.source] = models.get(item.source, Tally()) + item.tally
    return tuple(
        Period(_first(name), sum(models.values(), Tally()), models) for name, models in sums.items()
    )


def _models(found: Iterable[Entry]) -> tuple[ModelUse, ...]:
    sums: dict[tuple[str, str], Tally] = {}
    for item in found:
        sums[item.source] = sums.get(item.source, Tally()) + item.tally
    order = sorted(sums, key=lambda source: (-sums[source].micros, -sums[source].calls, source))
    return tuple(ModelUse(*source, sums[source]) for source in order)
