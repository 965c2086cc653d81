"""The store of renditions: the bytes of those that are there, and what is known of the others."""

import json
import logging
from collections.abc import Sequence
from functools import partial

from sqlalchemy import event
from sqlalchemy.orm import Session

from webapp.errors import EaselError, InvalidError, NotFoundError, TooLargeError
from webapp.services.ports import SharedCache
from webapp.services.renditions.index import RenditionIndex

logger = logging.getLogger(__name__)

MAKING_SECONDS = 5
"""How long a maker is trusted to be alive. Most renditions take a tenth of a second. After a crash
nobody waits longer than this, and a slow maker is overtaken, which harms nobody."""

ORDERED_SECONDS = 60
ABSENT_SECONDS = 5
"""How long nobody tries again what could not be made."""

_FAILURES: dict[str, type[EaselError]] = {
    kind.__name__: kind for kind in (NotFoundError, InvalidError, TooLargeError)
}


class RenditionStore:
    """Keeps renditions in the cache.

    One is *present* as long as its bytes are kept. Beside the bytes a short note may say that it
    is being made, was ordered, or could not be made; every note ends by itself, so that a crash
    can't wedge anything.
    """

    def __init__(self, cache: SharedCache, index: RenditionIndex) -> None:
        self._cache = cache
        self._index = index

    def get(self, key: str) -> bytes | None:
        """Return a rendition's bytes, None where it is not there."""
        return self._cache.get(key)

    def has(self, key: str) -> bool:
        """Return whether a rendition is there."""
        return self._cache.has(key)

    def keep(self, key: str, digest: str, data: bytes) -> None:
        """Keep a rendition of the original with that digest, unless it is purged meanwhile.

        Where it can't be noted it is not kept: whoever has it in hand has it all the same.
        """
        try:
            self._index.note(key, digest)
            self._cache.set(key, data)
            is_wanted = self._index.is_noted(key)
        except EaselError as error:
            logger.warning("A rendition is not kept: %s", error)
            is_wanted = False
        if not is_wanted:
            self._cache.delete_many(key)

    def forget(self, session: Session, digest: str) -> int:
        """Delete an original's renditions, in the caller's transaction; return how many."""
        return self._delete(session, self._index.remove(session, digest))

    def forget_some(self, session: Session, recipes: Sequence[str], limit: int) -> int:
        """Delete up to `limit` renditions of some recipes, as `RenditionIndex.remove_some` says."""
        return self._delete(session, self._index.remove_some(session, recipes, limit))

    def unclaimed(self, session: Session) -> dict[str, int]:
        """Return how many renditions are noted of originals that no image has, by digest."""
        return self._index.unclaimed(session)

    def _delete(self, session: Session, keys: list[str]) -> int:
        """Delete before the commit, so that a crash leaves nothing, and after it.

        Until then others still see the notes, and may keep what they are about to.
        """
        if keys:
            self._cache.delete_many(*keys)
            again = partial(self._cache.delete_many, *keys)
            event.listen(session, "after_commit", lambda _session: again(), once=True)
        return len(keys)

    def begin(self, key: str) -> bool:
        """Take on the making of a rendition; False where somebody else has."""
        note = _note(key)
        if self._cache.add(note, b"making", MAKING_SECONDS):
            return True
        if self._cache.get(note) != b"ordered":
            return False
        self._cache.set(note, b"making", MAKING_SECONDS)
        return True

    def order(self, key: str) -> bool:
        """Note that a worker will make a rendition; False where it is known already."""
        return bool(self._cache.add(_note(key), b"ordered", ORDERED_SECONDS))

    def end(self, key: str) -> None:
        """Say that nobody makes this rendition any more."""
        self._cache.discard(_note(key))

    def is_being_made(self, key: str) -> bool:
        """Return whether somebody is at work on a rendition."""
        return self._cache.get(_note(key)) == b"making"

    def fail(self, key: str, error: EaselError) -> None:
        """Remember for a moment why a rendition can't be made, so that nobody tries in vain."""
        known = [type(error).__name__, error.code, str(error)]
        self._cache.set(_note(key), json.dumps(known).encode(), ABSENT_SECONDS)

    def failure(self, key: str) -> EaselError | None:
        """Return why a rendition could not be made a moment ago."""
        note = self._cache.get(_note(key))
        if note is None or not note.startswith(b"["):
            return None
        kind, code, message = json.loads(note)
        return _FAILURES.get(kind, InvalidError)(message, code=code)


def _note(key: str) -> str:
    return f"note/{key}"
