"""Takeouts: what writes a library to plain files and reads it back, wired together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from webapp import __version__
from webapp.models import Database
from webapp.services.images.images import ImageManager
from webapp.services.images.originals import Originals
from webapp.services.ports import SourceEvents
from webapp.services.takeout.image_reading import Parts
from webapp.services.takeout.reading import TakeoutReader
from webapp.services.takeout.writing import TakeoutWriter


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeouts:
    """Both ways of a take-out."""

    writer: TakeoutWriter
    reader: TakeoutReader

    @classmethod
    def of(  # what is read back touches all of them
        cls,
        database: Database,
        images: ImageManager,
        originals: Originals,
        *,
        events: SourceEvents,
        changed: Callable[[str], None],
        max_bytes: int,
    ) -> Self:
        """Return the wired set; files of more than `max_bytes` are not read back."""
        parts = Parts(database, originals, events=events, changed=changed, max_bytes=max_bytes)
        return cls(writer=TakeoutWriter(database, images, __version__), reader=TakeoutReader(parts))
