"""Renditions: which ones the cache may hold, and which ones a worker shall make."""

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, now_ms


class RenditionEntry(Base):
    """A cache key that a rendition was, or is about to be, kept under."""

    __tablename__ = "rendition"

    key: Mapped[str] = mapped_column(String(767), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    created_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms)


class RenditionOrder(Base):
    """A preset of an image, in a format, that a worker shall make."""

    __tablename__ = "rendition_order"

    image_id: Mapped[int] = mapped_column(
        ForeignKey("image.id", ondelete="CASCADE"), primary_key=True
    )
    preset: Mapped[str] = mapped_column(String(40), primary_key=True)
    extension: Mapped[str] = mapped_column(String(8), primary_key=True)
