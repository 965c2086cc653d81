"""Generations: what was asked for, once for all the pictures of a batch."""

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, now_ms, public_id


class Generation(Base):
    """A request for one or more pictures; its images carry the state of each.

    `parameters` are settings of the model's own, `strength` is 0..1, `mask` is a PNG that is white
    where the first reference may change. The references themselves are the images' parents.
    """

    __tablename__ = "generation"
    __table_args__ = (Index("ix_generation_owner", "owner_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(11), unique=True, default=public_id)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    created_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms)
    prompt: Mapped[str] = mapped_column(Text)
    negative_prompt: Mapped[str] = mapped_column(Text, default="")
    provider: Mapped[str] = mapped_column(String(32))
    model: Mapped[str] = mapped_column(String(128))
    aspect_ratio: Mapped[str] = mapped_column(String(8))
    size: Mapped[str] = mapped_column(String(16))
    count: Mapped[int]
    seed: Mapped[int | None] = mapped_column(BigInteger)
    strength: Mapped[float | None]
    parameters: Mapped[dict[str, str] | None] = mapped_column(JSON)
    mask: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    template: Mapped[str | None] = mapped_column(String(64))
    template_version: Mapped[int | None]
    variables: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Draft(Base):
    """What a person has typed into the composer and not sent yet; one a person."""

    __tablename__ = "draft"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    updated_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms)
