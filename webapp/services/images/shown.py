"""Which pictures anyone may see: the question of what is kept for web servers in front."""

from collections.abc import Collection

from sqlalchemy import select

from webapp.models import Database, Image


def shared_ids(database: Database, uids: Collection[str]) -> set[str]:
    """Return the ids among these that belong to pictures which anyone with the link may see."""
    shared = select(Image.uid).where(
        Image.uid.in_(uids),
        Image.state == "ready",
        Image.visibility != "private",
        Image.deleted_ms.is_(None),
    )
    with database.reading() as session:
        return set(session.scalars(shared))
