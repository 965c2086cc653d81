"""Keys with which somebody says that what they send twice shall be started once."""

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, now_ms


class IdempotencyKey(Base):
    """What was started with a key: the public ids of generations, and a digest of what was sent.

    Of a table, `generations` are pairs: the number of a row, and the ids that it has started.
    """

    __tablename__ = "idempotency_key"

    owner_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    generations: Mapped[list[Any]] = mapped_column(JSON)
    created_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms, index=True)
