"""Webhooks: addresses that are told what happens, and what became of telling them."""

from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, now_ms, public_id

DELIVERY_STATES = ("pending", "delivered", "failed")


class Webhook(Base):
    """An address that is told of some events. Its secret signs, so that it is kept as it is."""

    __tablename__ = "webhook"
    __table_args__ = (Index("ix_webhook_owner", "owner_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(11), unique=True, default=public_id)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    url: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(String(80))
    events: Mapped[list[str]] = mapped_column(JSON, default=list)
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    created_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms)
    updated_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms)


class WebhookDelivery(Base):
    """An event for one webhook. `status` and `answer` are what its receiver said last."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint("state in ('pending', 'delivered', 'failed')", name="state"),
        Index("ix_webhook_delivery_webhook", "webhook_id", "id"),
        Index("ix_webhook_delivery_created", "created_ms"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(11), unique=True, default=public_id)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(String(32))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(16), default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    status: Mapped[int | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    created_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms)
    tried_ms: Mapped[int | None] = mapped_column(BigInteger)
    next_ms: Mapped[int | None] = mapped_column(BigInteger)
