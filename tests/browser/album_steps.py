"""Albums to look at and to try."""

from typing import TYPE_CHECKING

from webapp.services.accounts import Viewer

if TYPE_CHECKING:
    from tests.browser.studio import Studio

ALBUMS = (
    ("Nothing yet", "", slice(0, 0)),
    ("Studies for a poster about the moon, and what came of them", "", slice(6, 9)),
    ("Skylines", "", slice(3, 5)),
    ("Lakes and seas", "Water in every light.\nFor the autumn calendar.", slice(0, 6)),
)


def furnish(studio: "Studio", person: Viewer, ids: list[str]) -> str:
    """Make albums of some pictures, once, and tag two; return the id of the fullest."""
    services = studio.easel.services
    with studio.app.app_context():
        there = services.library.albums.page(person).albums
        if there:
            return there[0].id
        for title, description, some in ALBUMS:
            album = services.library.albums.create(person, title, description).id
            services.library.contents.add(album, person, ids[some])
        for uid in ids[:2]:
            services.library.tags.set(uid, person, ["lake", "blue hour", "for the blog"])
    return album
