"""The trash: empties itself after thirty days, or at once when asked."""

from sqlalchemy import select

from webapp.errors import GoneError
from webapp.models import Database, Image, User, now_ms
from webapp.services.accounts import Viewer
from webapp.services.images.images import ImageManager

DAYS_KEPT = 30
DAY_MS = 24 * 3600 * 1000
AT_ONCE = 500


class Trash:
    """Purges what has been deleted."""

    def __init__(self, database: Database, images: ImageManager) -> None:
        self._database = database
        self._images = images

    def empty(self, owner: Viewer) -> int:
        """Purge everything in a person's trash; return how many images that were."""
        count = 0
        while uids := self._thrown(owner.id):
            count += sum(self._purge(uid, owner) for uid in uids)
        return count

    def sweep(self) -> int:
        """Purge what has been in anybody's trash for thirty days; return how many."""
        oldest = now_ms() - DAYS_KEPT * DAY_MS
        late = (
            select(Image.uid, User)
            .join(User, User.id == Image.owner_id)
            .where(Image.deleted_ms < oldest)
            .limit(AT_ONCE)
        )
        with self._database.reading() as session:
            found = [(uid, Viewer.of(user)) for uid, user in session.execute(late)]
        return sum(self._purge(uid, owner) for uid, owner in found)

    def _purge(self, uid: str, owner: Viewer) -> bool:
        """Purge an image; False when somebody else has just done so."""
        try:
            self._images.purge(uid, owner)
        except GoneError:
            return False
        return True

    def _thrown(self, owner_id: int) -> list[str]:
        thrown = select(Image.uid).where(Image.owner_id == owner_id, Image.deleted_ms.is_not(None))
        with self._database.reading() as session:
            return list(session.scalars(thrown.limit(AT_ONCE)))
