"""Images: one row a picture, from the moment it is asked for until it is purged."""

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, now_ms, public_id

STATES = ("pending", "ready", "failed")
VISIBILITIES = ("private", "unlisted", "public")

UPLOADS = text("provider = ''")
"""Uploads may be few among a million pictures: an index of their own finds them."""


class Image(Base):
    """A picture with what made it. `pending` rows have no original yet; `failed` never will.

    `change` is the owner's change counter at the row's last change, `born_change` at its first
    (or at its return from the trash); `version` counts what alters the pixels of its renditions.
    `price` is what it was expected to cost and `cost` what it did, in millionths of a US dollar;
    `asked_key` is there from the moment a provider was asked for a picture that costs something.
    `stage` and `progress` (0..100) tell how a pending one gets on. A focal point is two shares,
    0..1 from the left and from the top; both are null where nobody has chosen one.
    """

    __tablename__ = "image"
    __table_args__ = (
        CheckConstraint("state in ('pending', 'ready', 'failed')", name="state"),
        CheckConstraint("visibility in ('private', 'unlisted', 'public')", name="visibility"),
        Index("ix_image_gallery", "owner_id", "deleted_ms", "id"),
        Index("ix_image_change", "owner_id", "change"),
        Index("ix_image_state", "state", "owner_id", "id"),
        Index(
            "ix_image_uploads",
            "owner_id",
            "deleted_ms",
            "id",
            sqlite_where=UPLOADS,
            postgresql_where=UPLOADS,
        ),
        {"sqlite_autoincrement": True},  # a key is never used again, not even after a purge
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(11), unique=True, default=public_id)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    generation_id: Mapped[int | None] = mapped_column(
        ForeignKey("generation.id", ondelete="SET NULL"), index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(8), default="pending")
    visibility: Mapped[str] = mapped_column(String(8), default="private")
    created_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms)
    ready_ms: Mapped[int | None] = mapped_column(BigInteger)
    deleted_ms: Mapped[int | None] = mapped_column(BigInteger)
    change: Mapped[int] = mapped_column(BigInteger, default=0)
    born_change: Mapped[int] = mapped_column(BigInteger, default=0)
    version: Mapped[int] = mapped_column(default=1)

    prompt: Mapped[str] = mapped_column(Text, default="")
    negative_prompt: Mapped[str] = mapped_column(Text, default="")
    provider: Mapped[str] = mapped_column(String(32), default="")
    model: Mapped[str] = mapped_column(String(128), default="")
    seed: Mapped[int | None] = mapped_column(BigInteger)
    filename: Mapped[str] = mapped_column(String(255), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    recognised: Mapped[list[str]] = mapped_column(JSON, default=list)

    width: Mapped[int]
    height: Mapped[int]
    format: Mapped[str] = mapped_column(String(8), default="")
    has_alpha: Mapped[bool] = mapped_column(default=False)
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    digest: Mapped[str | None] = mapped_column(String(64), index=True)
    blob_key: Mapped[str | None] = mapped_column(String(255))
    preview: Mapped[str] = mapped_column(String(255), default="")
    colour: Mapped[str] = mapped_column(String(7), default="")
    palette: Mapped[list[str]] = mapped_column(JSON, default=list)
    masters: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    focal_x: Mapped[float | None]
    focal_y: Mapped[float | None]

    stage: Mapped[str] = mapped_column(String(64), default="")
    progress: Mapped[int] = mapped_column(default=0)
    error_kind: Mapped[str] = mapped_column(String(32), default="")
    error_message: Mapped[str] = mapped_column(Text, default="")

    parameters: Mapped[dict[str, str] | None] = mapped_column(JSON)
    tool: Mapped[str] = mapped_column(String(32), default="", server_default=text("''"))
    price: Mapped[int | None] = mapped_column(BigInteger)
    cost: Mapped[int | None] = mapped_column(BigInteger)
    asked_key: Mapped[str | None] = mapped_column(String(32))


class ImageParent(Base):
    """An image that another one was made from. `role` says how; a purged parent leaves its uid."""

    __tablename__ = "image_parent"
    __table_args__ = (CheckConstraint("role in ('reference', 'source', 'recipe')", name="role"),)

    child_id: Mapped[int] = mapped_column(
        ForeignKey("image.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey("image.id", ondelete="SET NULL"), index=True
    )
    parent_uid: Mapped[str] = mapped_column(String(11))
    role: Mapped[str] = mapped_column(String(16))


class PurgedImage(Base):
    """What remains of a purged image: enough to answer 410 to those who could see it."""

    __tablename__ = "purged_image"

    uid: Mapped[str] = mapped_column(String(11), primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    visibility: Mapped[str] = mapped_column(String(8))
    purged_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms)
