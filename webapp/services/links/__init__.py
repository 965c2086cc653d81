"""Links: keys that let others see one image or one album, until they are taken back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from webapp.models import Database
from webapp.services.images.known import KnownPictures
from webapp.services.links.grants import Grants
from webapp.services.links.hits import LinkHits
from webapp.services.links.links import Links
from webapp.services.links.names import PublicNames
from webapp.services.links.passwords import LinkPasswords
from webapp.services.links.shared import SharedPictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """What is done with links: by their owners (`links`), and by those who were given one."""

    links: Links
    grants: Grants
    names: PublicNames
    shared: SharedPictures
    passwords: LinkPasswords
    hits: LinkHits

    @classmethod
    def of(
        cls,
        database: Database,
        pictures: KnownPictures,
        stamp: Callable[[str], int] | None,
        changed: Callable[[str], None],
    ) -> Self:
        """Return the wired set; `stamp` and `changed` are those of `services.Outside`."""
        passwords, hits = LinkPasswords(), LinkHits(database)
        grants = Grants(database, stamp, changed)
        shared = SharedPictures(database, pictures)
        return cls(
            links=Links(database, passwords, hits, changed),
            grants=grants,
            names=PublicNames(pictures, grants, shared),
            shared=shared,
            passwords=passwords,
            hits=hits,
        )
