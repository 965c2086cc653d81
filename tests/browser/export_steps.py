"""The page of exports, and galleries in a folder, for browsers to open."""

import tempfile
from pathlib import Path
from typing import Any

from tests.browser import album_steps
from webapp.services.accounts import Viewer
from webapp.services.exports.folder import ExportFolder
from webapp.services.exports.galleries import GalleryWish
from webapp.web.static_galleries import design

WORDS = "Water, hills and light: what was painted between the first frost and the last."


def hang(studio, person: Viewer, shown: list[str], folder: Path, metadata: str = "full") -> Path:
    """Put some pictures into an album, write its gallery into a folder, and return the folder."""
    services = studio.easel.services
    album = services.library.albums.create(person, "November sketches", WORDS)
    services.library.contents.add(album.id, person, shown)
    target = ExportFolder(folder)
    target.begin()
    wish = GalleryWish(album.id, metadata, has_originals=True)
    with studio.app.app_context():
        list(target.write(services.exports.galleries.entries(person, wish, design())))
    services.library.albums.delete(album.id, person)
    return folder


def exports(tour: Any) -> None:
    album_steps.furnish(tour.studio, tour.person, tour.shown)
    tour.go("/export")


def static_gallery(tour: Any) -> None:
    _open(tour, "index.html")


def static_gallery_picture(tour: Any) -> None:
    _open(tour, "pictures/0003.html")


def static_gallery_bare(tour: Any) -> None:
    _open(tour, "pictures/0005.html", "none")


def _open(tour: Any, name: str, metadata: str = "full") -> None:
    folder = Path(tempfile.mkdtemp()) / "gallery"
    hang(tour.studio, tour.person, tour.shown, folder, metadata)
    tour.page.goto((folder / name).as_uri())


PLACES = (exports, static_gallery, static_gallery_picture, static_gallery_bare)
