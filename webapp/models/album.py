"""Albums and tags: how people group their pictures."""

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, now_ms, public_id

LONGEST_TITLE, LONGEST_TAG = 120, 64


class Album(Base):
    """A person's album. `cover` is the public id of an image, empty where nobody has chosen one.

    `version` counts its changes, those of what is in it too.
    """

    __tablename__ = "album"
    __table_args__ = (Index("ix_album_owner", "owner_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(11), unique=True, default=public_id)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    description: Mapped[str] = mapped_column(Text, default="")
    cover: Mapped[str] = mapped_column(String(11), default="")
    version: Mapped[int] = mapped_column(default=1)
    created_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms)
    updated_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms)


class AlbumImage(Base):
    """An image in an album. They are shown by `position`; it has gaps, and grows at the end."""

    __tablename__ = "album_image"
    __table_args__ = (Index("ix_album_image_order", "album_id", "position"),)

    album_id: Mapped[int] = mapped_column(
        ForeignKey("album.id", ondelete="CASCADE"), primary_key=True
    )
    image_id: Mapped[int] = mapped_column(
        ForeignKey("image.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(BigInteger)


class ImageTag(Base):
    """A tag of an image; the owner stands in it as well, so that their tags are found at once."""

    __tablename__ = "image_tag"
    __table_args__ = (Index("ix_image_tag_owner", "owner_id", "tag", "image_id"),)

    image_id: Mapped[int] = mapped_column(
        ForeignKey("image.id", ondelete="CASCADE"), primary_key=True
    )
    tag: Mapped[str] = mapped_column(String(LONGEST_TAG), primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
