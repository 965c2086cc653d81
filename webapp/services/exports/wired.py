"""Exports: what sends pictures out, wired together."""

from dataclasses import dataclass
from typing import Self

from webapp.models import Database
from webapp.services.exports.bundles import Bundles
from webapp.services.exports.galleries import StaticGalleries
from webapp.services.exports.outlets import Outlets
from webapp.services.images.downloads import Downloads
from webapp.services.images.images import ImageManager
from webapp.services.renditions.renditions import Renditions


@dataclass(frozen=True, slots=True, kw_only=True)
class Exports:
    """Ways out for many pictures at once."""

    bundles: Bundles
    galleries: StaticGalleries
    outlets: Outlets

    @classmethod
    def of(
        cls,
        database: Database,
        images: ImageManager,
        downloads: Downloads,
        renditions: Renditions,
    ) -> Self:
        """Return the wired set."""
        return cls(
            bundles=Bundles(database, images, downloads),
            galleries=StaticGalleries(database, images, downloads, renditions),
            outlets=Outlets(),
        )
