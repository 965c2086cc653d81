"""The check of files: every image has its original, and every file has its image."""

from collections.abc import Iterator

from sqlalchemy import select

from webapp.errors import NotFoundError
from webapp.models import Database, Image
from webapp.services.image_rows import hold_original
from webapp.services.upkeep.findings import Finding
from webapp.services.upkeep.masters import MasterMaker
from webapp.services.upkeep.ports import Inventory
from webapp.services.upkeep.shards import Known, Shard, shards
from webapp.services.upkeep.strays import Strays

MISSING = "original_missing"
BACKUP = "Only a backup can bring it back; the image stays as it is."


class FileCheck:
    """Compares the store with the rows that name its files."""

    def __init__(
        self, database: Database, store: Inventory, masters: MasterMaker, strays: Strays
    ) -> None:
        self._database = database
        self._store = store
        self._masters = masters
        self._strays = strays

    def steps(self, *, repair: bool, deep: bool) -> Iterator[list[Finding]]:
        """Give what is found in each shard of the store; `deep` reads every original."""
        for shard in shards(self._database, self._store):
            yield [
                *self._of_images(shard, repair=repair, deep=deep),
                *self._strange(shard, repair=repair),
            ]

    def leftovers(self, *, repair: bool) -> list[Finding]:
        """Return the files that crashed writers have left behind."""
        found = [
            Finding(
                "leftover",
                f"file {path.name}",
                "It was being written when its writer ended.",
                "It is removed.",
            )
            for path in self._store.leftovers()
        ]
        if repair and found:
            self._store.sweep()
            return [finding.repaired() for finding in found]
        return found

    def _of_images(self, shard: Shard, *, repair: bool, deep: bool) -> Iterator[Finding]:
        for images in shard.by_digest.values():
            problem = self._problem(images[0], shard, deep=deep)
            if problem is not None:
                yield from self._lost(images, *problem)
            if problem is None or problem[0] != MISSING:
                yield from self._of_masters(images[0], shard, repair=repair)

    def _lost(self, images: list[Known], kind: str, sentence: str) -> Iterator[Finding]:
        """Give what is wrong with an original once for each image, unless it has changed since."""
        for image in images:
            is_there = self._is_there(image)
            if is_there and not (kind == MISSING and image.key and self._store.exists(image.key)):
                yield Finding(kind, f"image {image.uid}", sentence, BACKUP, is_repairable=False)

    def _problem(self, image: Known, shard: Shard, *, deep: bool) -> tuple[str, str] | None:
        """Return what is wrong with an original, and a sentence about it."""
        entry = shard.stored.get(image.key)
        if entry is None and not (image.key and self._store.exists(image.key)):
            return MISSING, "Its original is missing from the store."
        if entry is not None and entry.size != image.size:
            text = f"Its original has {entry.size} bytes instead of {image.size}."
            return "original_size", text
        if deep and self._digest(image.key) != image.digest:
            return "original_damaged", "Its original has other bytes than were kept."
        return None

    def _digest(self, key: str) -> str:
        try:
            return self._store.digest(key)
        except NotFoundError:
            return ""

    def _of_masters(self, image: Known, shard: Shard, *, repair: bool) -> Iterator[Finding]:
        missing = self._masters.missing(image, shard.stored)
        if missing and self._is_there(image):
            finding = Finding(
                "masters_missing",
                f"image {image.uid}",
                f"{len(missing)} of its masters are missing, so that thumbnails take longer.",
                "They are made anew from the original.",
            )
            is_repaired = repair and self._masters.mend(image)
            yield finding.repaired() if is_repaired else finding

    def _strange(self, shard: Shard, *, repair: bool) -> Iterator[Finding]:
        for entry in self._strays.among(shard):
            finding = Finding(
                "stray_file",
                f"file {entry.key}",
                f"No image names it; it takes {entry.size} bytes.",
                "It is removed.",
            )
            yield finding.repaired() if repair and self._strays.remove(entry.key) else finding

    def _is_there(self, image: Known) -> bool:
        """Return whether an image was not purged since its row was read.

        A purge takes the files before its end: one that is under way is waited for.
        """
        mine = select(Image.id).where(Image.uid == image.uid, Image.digest == image.digest)
        with self._database.writing() as session:
            hold_original(session, image.digest)
            return session.scalar(mine) is not None
