"""Downloads: originals as people save them, with how they were made, or with nothing about it."""

import hashlib
import logging
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from sqlalchemy import select, update

from webapp.errors import CorruptImageError, InvalidError
from webapp.imaging.metadata import Recipe, recipe_json, strip, write_recipe
from webapp.models import Database, User
from webapp.services.accounts import Viewer
from webapp.services.images.images import ImageManager
from webapp.services.images.provenance import Provenance
from webapp.services.pictures import Picture
from webapp.services.renderer import Renderer

logger = logging.getLogger(__name__)

CHOICES = ("full", "none")
AS_IT_IS = "Add metadata=full to the address to have it as it is."
DAMAGED = f"This file is damaged, so that what it says about itself can't be taken out. {AS_IT_IS}"


@dataclass(frozen=True, slots=True)
class Download:
    """A file to be sent, or its bytes where it was written anew; `etag` names this variant.

    It `is_bare` where nothing may tell how the picture was made, not even the file's name.
    """

    source: Path | BytesIO
    etag: str
    is_bare: bool = False


class Downloads:
    """Prepares originals for whoever owns them.

    Few are written anew at a time: each is in memory while that is done.
    """

    def __init__(
        self,
        database: Database,
        images: ImageManager,
        provenance: Provenance,
        renderer: Renderer,
    ) -> None:
        self._database = database
        self._images = images
        self._provenance = provenance
        self._renderer = renderer

    def strips(self, viewer: Viewer) -> bool:
        """Say whether a person wants prompts left out of what they download."""
        wanted = select(User.strips_downloads).where(User.id == viewer.id)
        return bool(self._database.look_up(wanted))

    def set_strips(self, viewer: Viewer, *, strips: bool) -> None:
        """Remember whether a person wants prompts left out of what they download."""
        self._database.change(
            update(User).where(User.id == viewer.id).values(strips_downloads=strips)
        )

    def kept(self, picture: Picture) -> Download:
        """Return an original as it was kept."""
        return Download(self._images.original(picture), picture.digest)

    def saved(self, picture: Picture, viewer: Viewer, metadata: str = "") -> Download:
        """Return an original to be saved: with its recipe (`full`), or stripped (`none`).

        The person's setting decides where nothing is asked for. An upload that is not stripped
        stays what it was. Raises InvalidError for another choice, and for what can't be stripped.
        """
        if metadata not in ("", *CHOICES):
            msg = f"Metadata is one of {', '.join(CHOICES)}."
            raise InvalidError(msg, fields={"metadata": ["invalid"]})
        if metadata == "none" or (not metadata and self.strips(viewer)):
            return self._stripped(picture)
        return self.kept(picture) if picture.is_upload else self._labelled(picture)

    def _stripped(self, picture: Picture) -> Download:
        """Return an original without what it says; what was made here says what it is at least."""
        label = "" if picture.is_upload else self._provenance.source_type(picture)
        with self._renderer.turn():
            data = self._images.original_bytes(picture)
            try:
                bare = strip(write_recipe(data, Recipe(), source_type=label) if label else data)
            except CorruptImageError as error:
                raise InvalidError(DAMAGED, code="original_damaged") from error
        if bare is data:  # the format is none of those that can be taken apart
            msg = (
                f"What a {picture.format.upper()} says about itself can't be taken out. {AS_IT_IS}"
            )
            raise InvalidError(msg, code="not_strippable")
        return Download(BytesIO(bare), f"{picture.digest}-none{label}", is_bare=True)

    def _labelled(self, picture: Picture) -> Download:
        recipe = self._provenance.recipe(picture)
        source_type = self._provenance.source_type(picture)
        with self._renderer.turn():
            data = self._images.original_bytes(picture)
            try:
                written = write_recipe(data, recipe, source_type=source_type)
            except CorruptImageError:
                logger.warning("The recipe of %s can't be written: damaged parts", picture.id)
                return self.kept(picture)
        told = hashlib.sha256(f"{source_type} {recipe_json(recipe)}".encode()).hexdigest()
        return Download(BytesIO(written), f"{picture.digest}-{told[:16]}")
