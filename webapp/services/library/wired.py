"""Library: albums, tags, finding and changing pictures, wired together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from webapp.models import Database
from webapp.services.jobs import Jobs
from webapp.services.library.actions import Tools
from webapp.services.library.album_contents import AlbumContents
from webapp.services.library.albums import Albums
from webapp.services.library.batches import Batches, Workbench
from webapp.services.library.finding import Finder
from webapp.services.library.patching import Patcher
from webapp.services.library.tags import Tags
from webapp.services.library.undoing import Undoer
from webapp.services.ports import SourceEvents


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What is done with the pictures that one has."""

    albums: Albums
    contents: AlbumContents
    tags: Tags
    finder: Finder
    patcher: Patcher
    batches: Batches
    undoer: Undoer

    @classmethod
    def of(
        cls,
        database: Database,
        jobs: Jobs,
        tools: Tools,
        *,
        focused: SourceEvents,
        changed: Callable[[str], None],
    ) -> Self:
        """Return the wired set; `focused` hears of pictures with another focal point."""
        bench, finder = Workbench(database, jobs, tools, changed), Finder(database)
        return cls(
            albums=Albums(database, changed),
            contents=AlbumContents(database, changed),
            tags=Tags(database),
            finder=finder,
            patcher=Patcher(database, events=focused, changed=changed),
            batches=Batches(database, finder, bench),
            undoer=Undoer(database, bench),
        )
