"""What every table shares: the declarative base, names for constraints, public ids, and time."""

import re
import secrets
import time

from sqlalchemy import Insert, MetaData, SelectBase
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
PUBLIC_ID_LENGTH = 11
_PUBLIC_ID = re.compile(f"[{BASE58}]{{{PUBLIC_ID_LENGTH}}}")


class Base(DeclarativeBase):
    """The declarative base; named constraints let migrations change them on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def public_id() -> str:
    """Return a new public id: 11 base58 characters, 64 bits of randomness, never sequential."""
    return "".join(secrets.choice(BASE58) for _ in range(PUBLIC_ID_LENGTH))


def is_public_id(text: str) -> bool:
    """Return whether a text can be a public id; others are never shown to the database."""
    return _PUBLIC_ID.fullmatch(text) is not None


def now_ms() -> int:
    """Return the time in milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def insert_new(dialect: str, table: type[Base], rows: SelectBase | None = None) -> Insert:
    """Return the statement that inserts a row, or what `rows` selects, unless its key is there."""
    insert = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)
    if rows is not None:
        insert = insert.from_select([column.name for column in table.__table__.columns], rows)
    return insert.on_conflict_do_nothing()
