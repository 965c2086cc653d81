"""Budgets: how much may be spent in a day and in a month, and the sentence when it is enough."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.errors import OverBudgetError
from webapp.models import Budget, Database, Image
from webapp.models.money import EVERYBODY
from webapp.services.money.amounts import dollars
from webapp.services.money.ledger import Ledger

SPANS = ("day", "month")


@dataclass(frozen=True, slots=True)
class Limit:
    """What may be spent in a time, and what was, in millionths of a US dollar.

    `planned` is what the pictures that wait will cost. A `limit` of None means none.
    """

    span: str
    limit: int | None
    spent: int
    planned: int = 0

    @property
    def left(self) -> int | None:
        """What is left of it for new work."""
        return None if self.limit is None else max(self.limit - self.spent - self.planned, 0)


class Budgets:
    """Knows the limits and who has reached them."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    def limits(self, owner_id: int | None) -> tuple[Limit, ...]:
        """Return the day's and the month's limit of a person, or of everybody for None."""
        with self._database.reading() as session:
            return tuple(self._limits(session, owner_id))

    def set_limits(self, owner_id: int | None, day: int | None, month: int | None) -> None:
        """Set a person's limits, or everybody's for None, in millionths of a US dollar."""
        with self._database.writing() as session:
            session.merge(Budget(subject=owner_id or EVERYBODY, day=day, month=month))

    def check(self, session: Session, owner_id: int, prices: Sequence[int | None]) -> None:
        """Let pictures of some prices through, or raise OverBudgetError.

        Belongs to the transaction that adds the work, before it is added and after its owner's row
        was locked. What costs nothing is always let through; what is under way is not touched.
        """
        micros = sum(price or 0 for price in prices)
        if not micros and None not in prices:
            return
        _wait_for_others(session)
        for subject, whose in ((owner_id, "Your"), (None, "The common")):
            for item in self._limits(session, subject):
                if item.limit is not None and None in prices:
                    raise OverBudgetError(_unknown_price(item, whose))
                if item.left is not None and micros > item.left:
                    raise OverBudgetError(_sentence(item, whose, micros))

    def _limits(self, session: Session, owner_id: int | None) -> Iterator[Limit]:
        budget = session.get(Budget, owner_id or EVERYBODY)
        day = self._ledger.today()
        planned = _planned(session, owner_id) if budget else 0
        limits = (None, None) if budget is None else (budget.day, budget.month)
        for span, since, limit in zip(SPANS, (day, f"{day[:7]}-01"), limits, strict=True):
            yield Limit(span, limit, self._ledger.spent(session, since, owner_id), planned)


def _wait_for_others(session: Session) -> None:
    """Keep requests of several people from spending the same common money; SQLite always does."""
    common = select(Budget.subject).where(Budget.subject == EVERYBODY)
    session.execute(common.with_for_update())


def _planned(session: Session, owner_id: int | None) -> int:
    """Return what pictures will cost that wait and whose providers were not asked yet."""
    waiting = select(func.coalesce(func.sum(Image.price), 0)).where(
        Image.state == "pending", Image.asked_key.is_(None)
    )
    if owner_id is not None:
        waiting = waiting.where(Image.owner_id == owner_id)
    return int(session.scalar(waiting) or 0)


def _unknown_price(item: Limit, whose: str) -> str:
    return (
        f"{whose} budget for a {item.span} is {dollars(item.limit)}, and nobody knows what this "
        "model costs. Choose another one, or have an administrator give its price in EASEL_MODELS."
    )


def _sentence(item: Limit, whose: str, micros: int) -> str:
    again = "tomorrow (UTC)" if item.span == "day" else "next month"
    return (
        f"{whose} budget for this {item.span} is {dollars(item.limit)}, and {dollars(item.left)} "
        f"of it is left; this would cost {dollars(micros)}. Ask for fewer pictures, take a cheaper "
        f"model, wait until {again}, or ask an administrator for more. What was started goes on."
    )
