"""Strays: files of the store that no image names, which a crash or a lost race leaves behind."""

import time
from collections.abc import Callable

from webapp.errors import ConflictError
from webapp.models import Database
from webapp.services.image_rows import hold_original
from webapp.services.upkeep.ports import Inventory, Stored
from webapp.services.upkeep.shards import ORIGINALS, Shard, digest_of, is_named, shards

SPARED_SECONDS = 3600
"""A younger file may be one whose row is about to be written."""

HANDFUL = 5
"""So many originals may be strays, however few others there are."""


class Strays:
    """Finds and removes them, beside servers that are at work."""

    def __init__(
        self, database: Database, store: Inventory, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._store = store
        self._clock = clock

    def among(self, shard: Shard) -> list[Stored]:
        """Return the files of a shard that no image names and that nobody is about to name."""
        newest = self._clock() - SPARED_SECONDS
        return [entry for entry in shard.strays if entry.written < newest]

    def refuse_many(self) -> None:
        """Raise ConflictError where most originals are strays: the database is hardly theirs.

        Beside a database that is new, old or another one, these files are all that is left of
        the pictures.
        """
        kept = strays = 0
        for shard in shards(self._database, self._store):
            lost = sum(_is_original(entry) for entry in self.among(shard))
            kept += sum(map(_is_original, shard.stored.values())) - lost
            strays += lost
        if strays and (kept == 0 or (strays > HANDFUL and strays > kept)):
            msg = (
                f"Nothing was changed: {strays} of {kept + strays} originals belong to no image, "
                "so that this database seems not to be the one of these files. Bring the right one "
                "back, from a backup; or add --force, and these originals are gone for good."
            )
            raise ConflictError(msg)

    def remove(self, key: str) -> bool:
        """Remove a file unless an image names it by now; return whether it was removed.

        Whoever keeps the same picture at that moment looks for its file after the commit, and
        writes it anew.
        """
        with self._database.writing() as session:
            hold_original(session, digest_of(key))
            if is_named(session, key):
                return False
            # Inside the transaction: nobody can begin to use the file between look and deletion.
            self._store.delete(key)
        return True


def _is_original(entry: Stored) -> bool:
    return entry.key.startswith(f"{ORIGINALS}/")
