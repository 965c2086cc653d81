"""Suggestions: names that somebody may be about to type."""

from collections.abc import Callable

from sqlalchemy import select

from webapp.models import Database, Template, User

MOST = 200
Query = Callable[[Database], list[str]]


def users(database: Database) -> list[str]:
    """Return the names of accounts."""
    with database.reading() as session:
        return list(session.scalars(select(User.name).order_by(User.name).limit(MOST)))


def templates(database: Database) -> list[str]:
    """Return the public ids of people's templates, the newest first."""
    there = select(Template.uid).where(Template.deleted_ms.is_(None))
    with database.reading() as session:
        return list(session.scalars(there.order_by(Template.id.desc()).limit(MOST)))
