"""Purge: take renditions away; whoever asks for one again gets it made anew."""

from collections.abc import Callable, Sequence

from sqlalchemy import select

from webapp.errors import NotFoundError
from webapp.imaging.presets import Preset
from webapp.models import Database, Image, is_public_id
from webapp.services.image_rows import MISSING, hold_original, is_used
from webapp.services.renditions.store import RenditionStore

BATCH = 500
"""How many renditions a transaction takes away: others shall not wait long for their turn."""


class Purger:
    """Takes away renditions wherever they are kept. The originals stay.

    `changed` and `all_changed` are told, so that nothing is served from memory either.
    """

    def __init__(
        self,
        database: Database,
        store: RenditionStore,
        *,
        changed: Callable[[str], None],
        all_changed: Callable[[], None],
    ) -> None:
        self._database = database
        self._store = store
        self._changed = changed
        self._all_changed = all_changed

    def image(self, uid: str) -> int:
        """Take away the renditions of an image, whoever's it is; return how many there were.

        Images with an equal original share theirs. Raises NotFoundError where there is none.
        """
        with self._database.writing() as session:
            mine = select(Image.digest).where(Image.uid == uid)
            found = session.execute(mine).one_or_none() if is_public_id(uid) else None
            if found is None:
                raise NotFoundError(MISSING)
            digest, uids, count = found[0], {uid}, 0
            if digest is not None:
                count = self._store.forget(session, digest)
                uids.update(session.scalars(select(Image.uid).where(Image.digest == digest)))
        for each in uids:
            self._changed(each)
        return count

    def preset(self, preset: Preset) -> int:
        """Take away the renditions of a preset, in every format and around every focal point."""
        resize, quality = preset.resize().key(), f"q_{preset.quality}"
        return self._some([f"{resize},{quality},f_*", f"{resize},fp_*,{quality},f_*"])

    def unclaimed(self) -> dict[str, int]:
        """Return how many renditions are kept of originals that no image has, by digest."""
        with self._database.reading() as session:
            return self._store.unclaimed(session)

    def forget(self, digest: str) -> int:
        """Take away the renditions of an original, unless an image has it; return how many."""
        with self._database.writing() as session:
            hold_original(session, digest)
            return 0 if is_used(session, digest) else self._store.forget(session, digest)

    def everything(self) -> int:
        """Take away all renditions."""
        return self._some([])

    def _some(self, recipes: Sequence[str]) -> int:
        total = 0
        try:
            while gone := self._batch(recipes):
                total += gone
        finally:
            self._all_changed()
        return total

    def _batch(self, recipes: Sequence[str]) -> int:
        with self._database.writing() as session:
            return self._store.forget_some(session, recipes, BATCH)
