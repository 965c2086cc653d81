"""The checker: all checks, one after the other, each as one of many steps."""

from collections.abc import Iterator

from webapp.models import Database
from webapp.services.images.shown import shared_ids
from webapp.services.renditions.purging import Purger
from webapp.services.upkeep.files import FileCheck
from webapp.services.upkeep.findings import Finding
from webapp.services.upkeep.masters import MasterMaker
from webapp.services.upkeep.ports import Inventory, ShownFiles
from webapp.services.upkeep.rows import RowCheck
from webapp.services.upkeep.shards import SHARDS
from webapp.services.upkeep.strays import Strays


class Checker:
    """Looks whether files, rows, renditions and what is shown agree."""

    STEPS = SHARDS + 5

    def __init__(
        self,
        database: Database,
        store: Inventory,
        shown: ShownFiles,
        purger: Purger,
        *,
        max_pixels: int,
    ) -> None:
        self._database = database
        self._shown = shown
        self._purger = purger
        self._rows = RowCheck(database)
        self._strays = Strays(database, store)
        self._files = FileCheck(
            database,
            store,
            MasterMaker(database, store, max_pixels=max_pixels),
            self._strays,
        )

    def check(
        self, *, repair: bool = False, deep: bool = False, force: bool = False
    ) -> Iterator[list[Finding]]:
        """Give what each of STEPS steps has found, in the order of the steps.

        With `repair`, what can be repaired has been when it is given. `deep` reads every original
        to compare its digest. Raises ConflictError before anything is repaired, where most
        originals belong to no image, unless it is to `force` that.
        """
        if repair and not force:
            self._strays.refuse_many()
        yield self._rows.references(repair=repair)
        yield self._rows.counters(repair=repair)
        yield from self._files.steps(repair=repair, deep=deep)
        yield self._files.leftovers(repair=repair)
        yield self._renditions(repair=repair)
        yield self._public(repair=repair)

    def _renditions(self, *, repair: bool) -> list[Finding]:
        """Return the renditions of originals that no image has."""
        found = []
        for digest, count in self._purger.unclaimed().items():
            finding = Finding(
                "stray_renditions",
                f"original {digest}",
                f"It is gone, and {count} of its renditions are kept.",
                "They are removed.",
            )
            is_repaired = repair and self._purger.forget(digest) > 0
            found.append(finding.repaired() if is_repaired else finding)
        return found

    def _public(self, *, repair: bool) -> list[Finding]:
        """Return the pictures that a web server sends although not everybody may see them."""
        uids = sorted(self._shown.uids())
        found = []
        for uid in sorted(set(uids) - shared_ids(self._database, uids)):
            finding = Finding(
                "shown_file",
                f"image {uid}",
                "Not everybody may see it, and files of it lie where a web server sends them.",
                "They are removed.",
            )
            if repair:
                self._shown.remove(uid)
            found.append(finding.repaired() if repair else finding)
        return found
