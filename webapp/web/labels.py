"""The tags and albums of a picture, as its page shows and offers them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from webapp.services.pictures import Picture
from webapp.web.current import services, signed_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What a picture has, and what it can get: titles of albums stand by their ids.

    `draft` is what was written of tags that could not be given, to be mended.
    """

    tags: tuple[str, ...] = ()
    albums: Mapping[str, str] = field(default_factory=dict)
    other_tags: tuple[str, ...] = ()
    other_albums: Mapping[str, str] = field(default_factory=dict)
    mistake: str = ""
    draft: str = ""


def labels(picture: Picture, mistake: str = "", draft: str = "") -> Labels:
    """Return the labels of a person's own picture."""
    owner = signed_in()
    had = services().library.finder.details([picture])[picture.key]
    titles = services().library.albums.titles(owner)
    inside = services().library.albums.titled(owner, had.albums)
    known = services().library.tags.page(owner).tags
    return Labels(
        tags=had.tags,
        albums=inside,
        other_tags=tuple(item.tag for item in known if item.tag not in had.tags),
        other_albums={uid: title for uid, title in titles.items() if uid not in inside},
        mistake=mistake,
        draft=draft,
    )
