"""Sums of the ledger: what was charged, what perhaps was, and what nobody knows the price of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from webapp.models import Budget, Charge, User
from webapp.models.money import SPENT_STATES
from webapp.services.money.amounts import MICROS

DELETED = "Deleted accounts"


@dataclass(frozen=True, slots=True)
class Tally:
    """What calls cost, in millionths of a US dollar, and how many there were.

    `charged` was paid, for so many `pictures`. `open` is expected for `waiting` calls that are
    being made, and `perhaps` for `doubtful` ones of which no answer came. The price of `unpriced`
    calls is not known, so that it is in none of the sums.
    """

    charged: int = 0
    open: int = 0
    perhaps: int = 0
    pictures: int = 0
    waiting: int = 0
    doubtful: int = 0
    unpriced: int = 0

    @property
    def micros(self) -> int:
        """What counts as spent: what may have cost something, until somebody knows better."""
        return self.charged + self.open + self.perhaps

    @property
    def sure(self) -> int:
        """What was charged or will be."""
        return self.charged + self.open

    @property
    def calls(self) -> int:
        """How many calls there were."""
        return self.pictures + self.waiting + self.doubtful

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.charged + other.charged,
            self.open + other.open,
            self.perhaps + other.perhaps,
            self.pictures + other.pictures,
            self.waiting + other.waiting,
            self.doubtful + other.doubtful,
            self.unpriced + other.unpriced,
        )

    @classmethod
    def of(cls, state: str, micros: int, calls: int, priced: int) -> "Tally":
        """Return the tally of some calls that are in the same state."""
        unpriced = calls - priced
        if state == "charged":
            return cls(charged=micros, pictures=calls, unpriced=unpriced)
        if state == "uncertain":
            return cls(perhaps=micros, doubtful=calls, unpriced=unpriced)
        return cls(open=micros, waiting=calls, unpriced=unpriced)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one model cost on one day. `source` is its provider and its id."""

    day: str
    source: tuple[str, str]
    tally: Tally


class PersonSums(NamedTuple):
    """What a person spent today, this month and in a span, in millionths of a US dollar."""

    today: int = 0
    month: int = 0
    span: int = 0
    calls: int = 0


@dataclass(frozen=True, slots=True)
class PersonUse:
    """What a person spent, and may spend at most in a day and in a month, in millionths.

    `is_known` is false for the sum of those who have no account any more.
    """

    name: str
    sums: PersonSums
    day_limit: int | None = None
    month_limit: int | None = None
    is_known: bool = True

    @property
    def day_text(self) -> str:
        """The day's limit as it stands in a form."""
        return written(self.day_limit)

    @property
    def month_text(self) -> str:
        """The month's limit as it stands in a form."""
        return written(self.month_limit)


def entries(session: Session, since: str, owner_id: int | None) -> list[Entry]:
    """Return what was spent from a day on, by day and model, by one person or by all."""
    wanted = (
        select(
            Charge.day,
            Charge.provider,
            Charge.model,
            Charge.state,
            func.coalesce(func.sum(Charge.micros), 0),
            func.count(),
            func.count(Charge.micros),
        )
        .where(Charge.day >= since, Charge.state.in_(SPENT_STATES))
        .group_by(Charge.day, Charge.provider, Charge.model, Charge.state)
    )
    if owner_id is not None:
        wanted = wanted.where(Charge.owner_id == owner_id)
    return [
        Entry(day, (provider, model), Tally.of(state, int(micros or 0), calls, priced))
        for day, provider, model, state, micros, calls, priced in session.execute(wanted)
    ]


def person_uses(session: Session, today: date, since: str) -> Iterator[PersonUse]:
    """Give everybody with what they spent today, this month and from a day on, and their budget.

    Whoever spent most comes first.
    """
    month = f"{today:%Y-%m}-01"
    spent = func.coalesce(Charge.micros, 0)
    sums: dict[int | None, PersonSums] = {
        row[0]: PersonSums(*map(int, row[1:]))
        for row in session.execute(
            select(
                Charge.owner_id,
                func.sum(case((Charge.day >= today.isoformat(), spent), else_=0)),
                func.sum(case((Charge.day >= month, spent), else_=0)),
                func.sum(case((Charge.day >= since, spent), else_=0)),
                func.sum(case((Charge.day >= since, 1), else_=0)),
            )
            .where(Charge.day >= min(since, month), Charge.state.in_(SPENT_STATES))
            .group_by(Charge.owner_id)
        )
    }
    limits = {row.subject: (row.day, row.month) for row in session.scalars(select(Budget))}
    names = session.execute(select(User.id, User.name).order_by(User.name)).all()
    for key, name in sorted(names, key=lambda row: -sums.get(row[0], PersonSums()).span):
        yield PersonUse(name, sums.get(key, PersonSums()), *limits.get(key, (None, None)))
    if None in sums:
        yield PersonUse(DELETED, sums[None], is_known=False)


def written(micros: int | None) -> str:
    """Return an amount as people write it into a form: `2.50`; nothing for None."""
    if micros is None:
        return ""
    whole, _, cents = f"{Decimal(micros) / MICROS:f}".partition(".")
    return f"{whole}.{cents.ljust(2, '0')}" if cents else whole
