"""The ledger as a table that spreadsheets read."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from webapp.models import Charge, Database
from webapp.services.accounts import Viewer
from webapp.services.money.amounts import MICROS
from webapp.services.pictures import moment

COLUMNS = ("asked_at_utc", "day_utc", "provider", "model", "image", "state", "us_dollars")
ROWS_AT_ONCE = 2000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula."""


class LedgerExport:
    """Writes out what a person's pictures cost, call by call."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lines(self, viewer: Viewer, first: date, last: date) -> Iterator[str]:
        """Give a person's charges of some days as CSV, oldest first, in pieces of many lines.

        The database is not held between the pieces: whoever reads them may be slow.
        """
        yield _csv([COLUMNS])
        for number in range((last - first).days + 1):
            day, key = (first + timedelta(days=number)).isoformat(), 0
            while rows := self._rows(viewer, day, key):
                key = rows[-1].id
                yield _csv([_cells(row) for row in rows])

    def _rows(self, viewer: Viewer, day: str, key: int) -> Sequence[Charge]:
        wanted = (
            select(Charge)
            .where(Charge.owner_id == viewer.id, Charge.day == day, Charge.id > key)
            .order_by(Charge.id)
            .limit(ROWS_AT_ONCE)
        )
        with self._database.reading() as session:
            return session.scalars(wanted).all()


def _cells(row: Charge) -> tuple[str, ...]:
    dollars = "" if row.micros is None else f"{Decimal(row.micros) / MICROS:.6f}"
    asked = f"{moment(row.asked_ms):%Y-%m-%dT%H:%M:%SZ}"
    texts = (row.provider, row.model, row.image_uid, row.state)
    return (asked, row.day, *map(_plain, texts), dollars)


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _csv(rows: Sequence[Sequence[str]]) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerows(rows)
    return file.getvalue()
