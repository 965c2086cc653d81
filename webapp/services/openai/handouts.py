"""Handouts: finished pictures as bytes, or as addresses that are open for a while."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from webapp.errors import GoneError
from webapp.imaging.formats import FORMATS
from webapp.imaging.grammar import parse
from webapp.services.accounts import Viewer
from webapp.services.images.downloads import Downloads
from webapp.services.links.links import Links
from webapp.services.links.wishes import LinkWish
from webapp.services.patience import patiently
from webapp.services.pictures import Picture
from webapp.services.renditions.addresses import PictureAddresses
from webapp.services.renditions.renditions import Renditions

OPEN_FOR = timedelta(hours=1)
"""How long an address that is answered shows its picture, to anybody."""

LINK_NAME = "OpenAI API"


@dataclass(frozen=True, slots=True)
class Written:
    """How a picture shall be written: a format, or as it was made, and a quality from 1 to 100."""

    format: str = ""
    quality: int | None = None

    @property
    def operations(self) -> str:
        """What an address calls that."""
        return "_" if self.quality is None else f"q_{self.quality}"


class Handouts:
    """Hands out an owner's pictures in the format that is asked for, patiently: they are paid."""

    def __init__(
        self,
        downloads: Downloads,
        renditions: Renditions,
        addresses: PictureAddresses,
        links: Links,
    ) -> None:
        self._downloads = downloads
        self._renditions = renditions
        self._addresses = addresses
        self._links = links

    def data(self, picture: Picture, owner: Viewer, written: Written) -> bytes:
        """Return a picture's file: as its owner would download it, or in another format.

        Raises GoneError for one that was deleted, BusyError where there is no end of work.
        """
        return patiently(partial(self._data, picture, owner, written))

    def path(self, picture: Picture, owner: Viewer, written: Written) -> str:
        """Return the path of an address that shows a picture to anybody, for an hour.

        It goes by a link of its own, which its owner can revoke.
        """
        ends = datetime.now(UTC) + OPEN_FOR
        wish = LinkWish(name=LINK_NAME, expires=ends)
        link = patiently(lambda: self._links.to_image(owner, picture.id, wish))
        name = f"{link.id}.{_extension(picture, written)}"
        return self._addresses.sign(f"/{written.operations}/{name}")

    def _data(self, picture: Picture, owner: Viewer, written: Written) -> bytes:
        if written.quality is None and written.format in ("", picture.format):
            source = self._downloads.saved(picture, owner).source
            return source.read_bytes() if isinstance(source, Path) else source.getvalue()
        extension = _extension(picture, written)
        planned = self._renditions.plan(picture, parse(written.operations), extension, "")
        served = self._renditions.serve(planned)
        if served is None:
            msg = "This picture has been deleted meanwhile."
            raise GoneError(msg)
        return served.data


def _extension(picture: Picture, written: Written) -> str:
    """Return the format that is asked for, or else the picture's own where it can be written."""
    wanted = written.format or picture.format
    return wanted if wanted in FORMATS else "png"
