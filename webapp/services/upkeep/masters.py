"""Masters made anew: a backup leaves them out, and a disk may lose them."""

from collections.abc import Collection, Iterator

from sqlalchemy import update

from webapp.errors import EaselError
from webapp.imaging.masters import make_masters
from webapp.models import Database, Image
from webapp.services.image_rows import hold_original, is_used
from webapp.services.upkeep.ports import Inventory
from webapp.services.upkeep.shards import SHARDS, Known, shards


class MasterMaker:
    """Makes the masters of an original from it."""

    def __init__(self, database: Database, store: Inventory, *, max_pixels: int) -> None:
        self._database = database
        self._store = store
        self._max_pixels = max_pixels

    def mend(self, image: Known) -> bool:
        """Make the masters of an image's original anew, for all images that share it.

        Returns False where the original can't be read.
        """
        try:
            source = self._store.open_path(image.key) or self._store.get(image.key)
            made = make_masters(source, max_pixels=self._max_pixels)
        except EaselError:
            return False
        keys = {
            str(item.side): self._store.put_derived(
                image.digest, str(item.side), item.data, item.extension
            )
            for item in made
        }
        self._note(image.digest, keys)
        return True

    def missing(self, image: Known, stored: Collection[str]) -> list[str]:
        """Return the keys of an image's masters that are not among those of a listing, nor there.

        A listing is older than the row: what is not in it is looked for once more.
        """
        unseen = [key for key in image.masters.values() if key not in stored]
        return [key for key in unseen if not self._store.exists(key)]

    def _note(self, digest: str, keys: dict[str, str]) -> None:
        with self._database.writing() as session:
            hold_original(session, digest)
            if is_used(session, digest):
                session.execute(update(Image).where(Image.digest == digest).values(masters=keys))
            else:  # purged meanwhile
                for key in keys.values():
                    self._store.delete(key)


class Mender:
    """Makes all masters that are missing, as after a restore."""

    STEPS = SHARDS

    def __init__(self, database: Database, store: Inventory, *, max_pixels: int) -> None:
        self._database = database
        self._store = store
        self._maker = MasterMaker(database, store, max_pixels=max_pixels)

    def mend(self) -> Iterator[int]:
        """Give, for each of STEPS steps, of how many originals masters were made."""
        for shard in shards(self._database, self._store):
            first = [images[0] for images in shard.by_digest.values()]
            lacking = [image for image in first if self._maker.missing(image, shard.stored)]
            yield sum(map(self._maker.mend, lacking))
