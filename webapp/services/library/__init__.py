"""The library: albums, tags, finding pictures, and actions on many of them that can be undone."""

from webapp.services.library.album_contents import AlbumContents
from webapp.services.library.album_views import AlbumPage, AlbumView
from webapp.services.library.albums import Albums
from webapp.services.library.batches import Batches, BatchOutcome, Workbench
from webapp.services.library.details import Details
from webapp.services.library.filters import Filter
from webapp.services.library.finding import Finder
from webapp.services.library.patching import Patch, Patcher
from webapp.services.library.tags import TagCount, TagPage, Tags
from webapp.services.library.undoing import Undoer

__all__ = [
    "AlbumContents",
    "AlbumPage",
    "AlbumView",
    "Albums",
    "BatchOutcome",
    "Batches",
    "Details",
    "Filter",
    "Finder",
    "Patch",
    "Patcher",
    "TagCount",
    "TagPage",
    "Tags",
    "Undoer",
    "Workbench",
]
