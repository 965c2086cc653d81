"""What was done to many images at once, so that it can be undone."""

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, now_ms


class UndoStep(Base):
    """An action on images, and what each had before: `before` is what its action needs."""

    __tablename__ = "undo_step"
    __table_args__ = (Index("ix_undo_step_created", "created_ms"),)

    token: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    action: Mapped[str] = mapped_column(String(32))
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms)
