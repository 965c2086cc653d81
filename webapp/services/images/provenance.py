"""Provenance: how a picture was made, and what an honest label calls that."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.errors import NotFoundError
from webapp.imaging.metadata import (
    AI_GENERATED,
    ALTERED,
    COMPOSITE,
    PROCEDURAL,
    Recipe,
    read_label,
)
from webapp.models import Database, Generation, Image, ImageParent
from webapp.services.images.images import ImageManager
from webapp.services.pictures import Picture

BY_RULES = frozenset({"sketch", "easel"})
"""What paints, or cuts and turns, by rules: nothing that it knows was learned from pictures."""

MADE_BY_AI = frozenset({AI_GENERATED, COMPOSITE})


class Provenance:
    """Tells of pictures that were made here what went into them."""

    def __init__(self, database: Database, images: ImageManager) -> None:
        self._database = database
        self._images = images

    def recipe(self, picture: Picture) -> Recipe:
        """Return what it takes to make a picture again."""
        made_by = select(Generation.template, Generation.template_version).join(
            Image, Image.generation_id == Generation.id
        )
        parents = (
            select(ImageParent.parent_uid)
            .where(ImageParent.child_id == picture.key, ImageParent.role != "recipe")
            .order_by(ImageParent.position)
        )
        with self._database.reading() as session:
            made = session.execute(made_by.where(Image.id == picture.key)).first()
            uids = tuple(session.scalars(parents))
        template, version = made if made is not None else (None, None)
        return Recipe(
            prompt=picture.prompt,
            negative_prompt=picture.negative_prompt,
            provider=picture.provider,
            model=picture.model,
            seed=picture.seed,
            template=template or "",
            template_version=version,
            parameters=picture.parameters,
            parents=uids,
        )

    def source_type(self, picture: Picture) -> str:
        """Return IPTC's term for what a picture of a provider is.

        What Sketch makes of other pictures is called by what is in them.
        """
        if picture.provider not in BY_RULES:
            return COMPOSITE if self._has_mask(picture) else AI_GENERATED
        with self._database.reading() as session:
            origins, is_gone = _origins(session, picture.key)
        if any(map(self._is_by_ai, origins)):
            return COMPOSITE
        is_altered = is_gone or any(item.is_upload for item in origins)
        return ALTERED if is_altered else PROCEDURAL

    def _has_mask(self, picture: Picture) -> bool:
        masked = select(Generation.id).join(Image, Image.generation_id == Generation.id)
        masked = masked.where(Image.id == picture.key, Generation.mask.is_not(None))
        return self._database.look_up(masked) is not None

    def _is_by_ai(self, picture: Picture) -> bool:
        """Say whether a model had a part in a picture; an upload says so itself, or its tool."""
        if not picture.is_upload:
            return picture.provider not in BY_RULES
        try:
            data = self._images.original_bytes(picture)
        except NotFoundError:
            return bool(picture.tool)
        label = read_label(data)
        return label in MADE_BY_AI if label else bool(picture.tool)


def _origins(session: Session, key: int) -> tuple[list[Picture], bool]:
    """Return the pictures whose pixels went into one, near and far, and whether any is gone."""
    is_of_pixels = ImageParent.role != "recipe"
    near = select(ImageParent.parent_id).where(ImageParent.child_id == key, is_of_pixels)
    found = near.cte("origin", recursive=True)
    far = select(ImageParent.parent_id).join(found, ImageParent.child_id == found.c.parent_id)
    origin = found.union(far.where(is_of_pixels))
    rows = session.scalars(select(Image).join(origin, Image.id == origin.c.parent_id))
    is_gone = select(origin.c.parent_id).where(origin.c.parent_id.is_(None))
    return [Picture.of(row) for row in rows], bool(session.execute(is_gone).first())
