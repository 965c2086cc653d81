"""Templates: a prompt with gaps, and every version of it that was ever saved."""

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, now_ms, public_id
from webapp.models.generation import Generation


class Template(Base):
    """A template of somebody's; what it says is in its versions.

    `version` is the number of the current one. `picture` is the public id of the image that shows
    what it makes, empty where nobody has chosen one.
    """

    __tablename__ = "template"
    __table_args__ = (
        Index("ix_template_owner", "owner_id", "deleted_ms", "id"),
        Index("ix_template_shared", "is_shared", "deleted_ms", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(11), unique=True, default=public_id)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(String(400), default="")
    aspect_ratio: Mapped[str] = mapped_column(String(8), default="3:2")
    is_shared: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    picture: Mapped[str] = mapped_column(String(11), default="")
    created_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms)
    updated_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms)
    deleted_ms: Mapped[int | None] = mapped_column(BigInteger)


class TemplateVersion(Base):
    """What a template said at one time; never changed afterwards. `model` is `provider:model`."""

    __tablename__ = "template_version"
    __table_args__ = (UniqueConstraint("template_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("template.id", ondelete="CASCADE"))
    number: Mapped[int]
    author_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    created_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms)
    sections: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    variables: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    aspect_ratio: Mapped[str] = mapped_column(String(8))
    model: Mapped[str] = mapped_column(String(161), default="")
    negative_prompt: Mapped[str] = mapped_column(Text, default="")


Index("ix_generation_template", Generation.template, Generation.owner_id, Generation.id)
"""How often a template was used, and what came of it, is asked for every card."""
