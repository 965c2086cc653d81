"""The ledger: every call that costs money is written down before it is made, and settled after."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from webapp.errors import BusyError
from webapp.models import Charge, Database, Image, now_ms
from webapp.models.money import SPENT_STATES
from webapp.providers.base import ProviderError
from webapp.services.patience import patiently

logger = logging.getLogger(__name__)

UNSETTLED = ("open", "uncertain")
"""Whoever made a call knows its end better than those who found it without one."""

LONGEST_CALL_MS = 2 * 3600 * 1000
"""No provider's deadline is longer than an hour."""


@dataclass
class Bill:
    """A call that is being made. `cost` is filled in once the provider has said it."""

    key: str
    price: int | None
    cost: int | None = None

    @property
    def micros(self) -> int | None:
        """What it costs as far as is known, in millionths of a US dollar."""
        return self.price if self.cost is None else self.cost


class Ledger:
    """Keeps the charges. Days are dates in UTC."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], int] = now_ms,
        *,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        self._database = database
        self._clock = clock
        self._pause = pause

    def today(self) -> str:
        """Return the date that charges of now belong to."""
        return datetime.fromtimestamp(self._clock() / 1000, UTC).date().isoformat()

    def open(self, session: Session, row: Image, key: str) -> Bill:
        """Write down, in the caller's transaction, that an image's provider is about to be asked.

        The image's `asked_key` says so as well: whoever finds it there must not ask again.
        """
        session.add(
            Charge(
                key=key,
                owner_id=row.owner_id,
                image_uid=row.uid,
                provider=row.provider,
                model=row.model,
                day=self.today(),
                micros=row.price,
                asked_ms=self._clock(),
            )
        )
        row.asked_key = key
        return Bill(key, row.price)

    @contextmanager
    def settling(self, bill: Bill | None) -> Iterator[None]:
        """Settle a bill when the block ends: charged, or as the provider's error says.

        While the database is busy it is tried again: what came is still to be kept.
        """
        try:
            yield
        except ProviderError as error:
            self._settle(bill, "uncertain" if error.may_have_cost else "void")
            raise
        except Exception:
            self._settle(bill, "uncertain")
            raise
        try:
            self._settle(bill, "charged")
        except BusyError:  # what came is worth more than its bill; the sweep finds that
            logger.exception("The charge %s was not settled", bill.key if bill else "")

    def doubt(self, session: Session, key: str) -> bool:
        """Mark a call, in the caller's transaction; return whether nobody knew its end."""
        doubted = (
            update(Charge)
            .where(Charge.key == key, Charge.state == "open")
            .values(state="uncertain", ended_ms=self._clock())
            .returning(Charge.id)
        )
        return session.scalar(doubted) is not None

    def is_void(self, session: Session, key: str) -> bool:
        """Return whether a call surely cost nothing."""
        state = session.scalar(select(Charge.state).where(Charge.key == key))
        return state in (None, "void")

    def sweep(self) -> int:
        """Doubt the calls that nobody will settle any more; return how many.

        Their processes died, and nothing else came across their images since.
        """
        late = (
            update(Charge)
            .where(Charge.state == "open", Charge.asked_ms < self._clock() - LONGEST_CALL_MS)
            .values(state="uncertain", ended_ms=self._clock())
            .returning(Charge.id)
        )
        with self._database.writing() as session:
            return len(session.scalars(late).all())

    def spent(self, session: Session, since: str, owner_id: int | None = None) -> int:
        """Return what was spent from a day on, by one person or by all, in millionths."""
        spent = select(func.coalesce(func.sum(Charge.micros), 0)).where(
            Charge.day >= since, Charge.state.in_(SPENT_STATES)
        )
        if owner_id is not None:
            spent = spent.where(Charge.owner_id == owner_id)
        return int(session.scalar(spent) or 0)

    def _settle(self, bill: Bill | None, state: str) -> None:
        if bill is None:
            return
        settled = (
            update(Charge)
            .where(Charge.key == bill.key, Charge.state.in_(UNSETTLED))
            .values(state=state, micros=bill.micros, ended_ms=self._clock())
        )
        patiently(lambda: self._database.change(settled), self._pause)
