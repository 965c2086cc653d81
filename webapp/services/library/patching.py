"""Several changes to one image at once, for who has seen its present state."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from webapp.imaging.geometry import Point
from webapp.models import Database
from webapp.services.accounts import Viewer
from webapp.services.changes import hold_owner, touch
from webapp.services.image_rows import own_row
from webapp.services.images.changes import checked_focal, checked_visibility, refocus
from webapp.services.images.since import note_tags, note_visibility
from webapp.services.library.tags import normal_tags, put_tags
from webapp.services.pictures import Picture
from webapp.services.ports import SourceEvents
from webapp.services.revisions import Expected, check_revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """What shall be changed of an image; None leaves a thing as it is.

    `takes_focal` says that there is a wish about the focal point: `focal` None takes it back.
    """

    visibility: str | None = None
    tags: Collection[str] | None = None
    focal: Point | None = None
    takes_focal: bool = False


class Patcher:
    """Changes images; `events` and `changed` are those of `ImageManager`."""

    def __init__(
        self, database: Database, *, events: SourceEvents, changed: Callable[[str], None]
    ) -> None:
        self._database = database
        self._events = events
        self._changed = changed

    def patch(self, uid: str, owner: Viewer, wish: Patch, expected: Expected = None) -> Picture:
        """Make all of the changes, or none of them, and return the image as it is then.

        Raises ChangedError where the image's revision is none of those `expected`, and InvalidError
        for what can't be.
        """
        focal = checked_focal(wish.focal)
        visibility = None if wish.visibility is None else checked_visibility(wish.visibility)
        tags = None if wish.tags is None else normal_tags(wish.tags)
        job_ids: Sequence[int] = ()
        with self._database.writing() as session:
            hold_owner(session, owner.id)
            row = own_row(session, uid, owner)
            check_revision(Picture.of(row).revision, expected)
            relabelled = set[str]() if tags is None else put_tags(session, row, tags)
            is_reshown = visibility not in (None, row.visibility)
            is_changed = bool(relabelled) or is_reshown
            if visibility is not None:
                row.visibility = visibility
            if wish.takes_focal and focal != Picture.of(row).focal:
                job_ids, is_changed = refocus(session, row, focal, self._events), True
            if is_changed:
                row.change = touch(session, owner.id)
                note_tags(session, row, relabelled)
            if is_reshown:
                note_visibility(session, row)
            picture = Picture.of(row)
            self._changed(uid)
        self._changed(uid)
        self._events.send(job_ids)
        return picture
