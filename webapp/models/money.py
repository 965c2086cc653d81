"""Money: what was asked of providers for money, and how much of it people may spend."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, now_ms

CHARGE_STATES = ("open", "charged", "uncertain", "void")
SPENT_STATES = ("open", "charged", "uncertain")
"""What may have cost something counts as spent until somebody knows better."""

EVERYBODY = 0
"""The subject of the budget that all accounts share."""


class Charge(Base):
    """One call of a provider that costs money, written down before it is made.

    `open` until the answer; then `charged`, `void` (surely nothing to pay), or `uncertain`, where
    no answer came. `micros` are millionths of a US dollar, expected ones until it is charged; it
    is null where the price is not known. `day` is the date in UTC, such as `2026-11-21`.
    """

    __tablename__ = "charge"
    __table_args__ = (
        CheckConstraint("state in ('open', 'charged', 'uncertain', 'void')", name="state"),
        # All that sums are made of: a year of a million calls is added up without their rows.
        Index("ix_charge_owner", "owner_id", "day", "provider", "model", "state", "micros"),
        Index("ix_charge_day", "day", "provider", "model", "state", "micros", "owner_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    image_uid: Mapped[str] = mapped_column(String(11), index=True)
    provider: Mapped[str] = mapped_column(String(32))
    model: Mapped[str] = mapped_column(String(128))
    day: Mapped[str] = mapped_column(String(10))
    micros: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(16), default="open")
    asked_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms)
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)


class Budget(Base):
    """How much a person, or everybody together, may spend in a day and in a month.

    In millionths of a US dollar; null means without a limit. `subject` is the user's key, or 0.
    """

    __tablename__ = "budget"

    subject: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[int | None] = mapped_column(BigInteger)
    month: Mapped[int | None] = mapped_column(BigInteger)
