"""Amounts of money: millionths of a US dollar inside, dollars where people read and write them."""

import re
from decimal import Decimal

from webapp.errors import InvalidError

MICROS = 1_000_000
LARGEST = 1_000_000  # US dollars
LEAST_SHOWN = 100

_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+")
"""Not what `Decimal` takes: `1e5` and `1_000` are slips, and digits of other scripts are read by
few who look at the budget."""


def dollars(micros: int | None) -> str:
    """Return an amount as people read it: `$0.034`, `$1.50`, `$0`; `?` for an unknown one.

    Below a dollar it keeps up to four digits.
    """
    if not micros:
        return "?" if micros is None else "$0"
    if micros < LEAST_SHOWN:
        return "<$0.0001"
    whole, _, cents = f"{Decimal(micros) / MICROS:,.{4 if micros < MICROS else 2}f}".partition(".")
    return f"${whole}.{cents.rstrip('0').ljust(2, '0')}"


def amount(text: str, field: str) -> int | None:
    """Return what a person wrote as dollars in millionths, None for nothing.

    Commas may stand between thousands, as `dollars` writes them, or one before the cents. Raises
    InvalidError for `field` where it is no amount, or so little that it would be taken for none.
    """
    bare = text.strip().removeprefix("$").strip()
    if not bare:
        return None
    value = _value(bare)
    if not 0 <= value <= LARGEST:
        msg = f"Write an amount in US dollars from 0 to {LARGEST:,}, such as 2.50, or nothing."
        raise InvalidError(msg, fields={field: [msg]})
    if 0 < value < Decimal(LEAST_SHOWN) / MICROS:
        msg = f"Write 0, or at least {Decimal(LEAST_SHOWN) / MICROS} US dollars."
        raise InvalidError(msg, fields={field: [msg]})
    return round(value * MICROS)


def _value(text: str) -> Decimal:
    """Return a number, one that is too large where it is none."""
    if _GROUPED.fullmatch(text):
        return Decimal(text.replace(",", ""))
    return Decimal(text.replace(",", ".")) if _PLAIN.fullmatch(text) else Decimal("inf")
