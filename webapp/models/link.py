"""Links: keys that let others see one image or one album, until they are taken back."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, now_ms, public_id

METADATA_POLICIES = ("none", "full")


class Link(Base):
    """A key to an image or an album; what it leads to may be gone.

    It counts `views` of its page up to `max_views`. `metadata_policy` says whether originals that
    are saved by it tell how they were made.
    """

    __tablename__ = "link"
    __table_args__ = (
        CheckConstraint("metadata_policy in ('none', 'full')", name="metadata_policy"),
        Index("ix_link_owner", "owner_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(11), unique=True, default=public_id)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    image_id: Mapped[int | None] = mapped_column(
        ForeignKey("image.id", ondelete="SET NULL"), index=True
    )
    album_id: Mapped[int | None] = mapped_column(
        ForeignKey("album.id", ondelete="SET NULL"), index=True
    )
    name: Mapped[str] = mapped_column(String(120), default="")
    password_hash: Mapped[str | None] = mapped_column(String(255))
    metadata_policy: Mapped[str] = mapped_column(String(8), default="none")
    max_views: Mapped[int | None]
    views: Mapped[int] = mapped_column(BigInteger, default=0)
    version: Mapped[int] = mapped_column(default=1)
    created_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms)
    expires_ms: Mapped[int | None] = mapped_column(BigInteger)
    revoked_ms: Mapped[int | None] = mapped_column(BigInteger)
    last_hit_ms: Mapped[int | None] = mapped_column(BigInteger)


class LinkHit(Base):
    """How often what a link leads to was asked for from a host, empty where none was told."""

    __tablename__ = "link_hit"

    link_id: Mapped[int] = mapped_column(
        ForeignKey("link.id", ondelete="CASCADE"), primary_key=True
    )
    host: Mapped[str] = mapped_column(String(255), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger, default=0)
