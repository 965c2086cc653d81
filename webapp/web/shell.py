"""The shell around every page: navigation, composer, and the live version that it shows."""

from dataclasses import dataclass, replace
from typing import Any

from flask import request, url_for

from webapp.services.accounts import Viewer
from webapp.services.changes import Live
from webapp.web.current import services, viewer

PLACES = (
    ("gallery.index", "Gallery", "images"),
    ("albums.index", "Albums", "folder"),
    ("studio.create", "Create", "sparkles"),
    ("templates.index", "Templates", "layout-template"),
    ("queue.index", "Queue", "list-ordered"),
    ("links.index", "Links", "link"),
    ("trash.index", "Trash", "trash-2"),
    ("settings.index", "Settings", "settings"),
)

VERSION_HEADER = "Easel-Version"
"""With it a page says which version of the gallery it shows."""


@dataclass(frozen=True, slots=True)
class NavItem:
    """A place in the navigation. A badge of None shows none."""

    endpoint: str
    label: str
    icon: str
    badge: int | None
    is_current: bool

    @property
    def url(self) -> str:
        """Where it leads."""
        return url_for(self.endpoint)


def navigation(person: Viewer | None) -> tuple[NavItem, ...]:
    """Return the places that the viewer can go to."""
    if person is None:
        return ()
    pending = services().gallery.pending_count(person) or None
    return tuple(
        NavItem(
            endpoint,
            label,
            icon,
            pending if endpoint == "queue.index" else None,
            endpoint == request.endpoint,
        )
        for endpoint, label, icon in PLACES
    )


def shell() -> dict[str, Any]:
    """Return what the layout of a whole page needs beside the page's own values."""
    person = viewer()
    if person is None:
        return {"nav": (), "composer": None, "live": None}
    composer = services().composer
    return {
        "nav": navigation(person),
        "composer": composer.view(composer.drafts.read(person), person),
        "live": live(person),
        "upload_limit": services().uploads.max_bytes,
    }


def live(person: Viewer) -> Live:
    """Return what a page knows after this answer.

    Its version is the one that the asking page shows already, or the one from before anything was
    read: what happened meanwhile, elsewhere or in the background, is still to be told.
    """
    shown = request.headers.get(VERSION_HEADER, "")
    is_version = shown.isascii() and shown.isdigit() and len(shown) < 19
    version = int(shown) if is_version else person.change
    return replace(services().changes.live(person), version=version)
