"""Which renditions the cache may hold: what has to be deleted with an original."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, now_ms


class RenditionEntry(Base):
    """A cache key that a rendition was, or is about to be, kept under."""

    __tablename__ = "rendition"

    key: Mapped[str] = mapped_column(String(767), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    created_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms)
