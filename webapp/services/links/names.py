"""What a public address names: a picture by its own id, or by the key of a link."""

from dataclasses import dataclass

from webapp.errors import NotFoundError
from webapp.services.images.known import KnownPictures
from webapp.services.links.grants import Grant, Grants
from webapp.services.links.shared import SharedPictures
from webapp.services.pictures import Picture


@dataclass(frozen=True, slots=True)
class Named:
    """A picture, and the link that opened it, if one did."""

    picture: Picture
    grant: Grant | None = None

    @property
    def is_public(self) -> bool:
        """Whether anyone with the address may see it."""
        picture = self.picture
        return self.grant is not None or (picture.is_shared and picture.deleted is None)


class PublicNames:
    """Finds what anyone may see, without asking who they are."""

    def __init__(self, pictures: KnownPictures, grants: Grants, shared: SharedPictures) -> None:
        self._pictures = pictures
        self._grants = grants
        self._shared = shared

    def find(self, name: str) -> Named:
        """Return what an id or a key names; for the key of an album's link, its cover.

        Raises as `ImageManager.get_image` and `Grants.get` do, and NotFoundError for a link with a
        password or with counted views, which opens its own page alone.
        """
        if not self._grants.is_known(name):
            try:
                return Named(self._pictures.get(name, None))
            except NotFoundError:
                if self._pictures.is_known(name):  # somebody's own
                    raise
        return self._by_key(name)

    def _by_key(self, key: str) -> Named:
        grant = self._grants.get(key)
        if grant.is_limited:
            msg = "The pictures of this link are shown on its own page alone."
            raise NotFoundError(msg, code="page_only")
        return Named(self._shared.face(grant), grant)
