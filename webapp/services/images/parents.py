"""Parents: the pictures that another one was made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.errors import EaselError, InvalidError, NotFoundError
from webapp.imaging.references import as_reference
from webapp.models import Database, Image, ImageParent, is_public_id
from webapp.providers.base import Reference
from webapp.services.pictures import Picture
from webapp.services.ports import BlobStore

Role = Literal["reference", "source", "recipe"]
"""`reference`: a provider was shown it; `source`: it was cropped or turned here; `recipe`: its
prompt and settings were used again."""


class ReferenceGoneError(EaselError):
    """A picture to work from is not there any more."""

    code = "reference_gone"


@dataclass(frozen=True, slots=True)
class Parent:
    """A parent as it was found: its key, its public id, what it is to the child."""

    key: int
    uid: str
    role: Role
    size: tuple[int, int]


def find_parents(
    session: Session, owner_id: int, references: Sequence[str], based_on: str = ""
) -> list[Parent]:
    """Return the parents that a request names, references first.

    Raises InvalidError where a reference is none of the owner's finished pictures. A recipe's
    picture that is gone is passed over.
    """
    wanted = [uid for uid in (*references, based_on) if is_public_id(uid)]
    rows = session.scalars(select(Image).where(Image.uid.in_(wanted), Image.owner_id == owner_id))
    known = {row.uid: row for row in rows}
    found = [_reference(known.get(uid), uid) for uid in references]
    recipe = known.get(based_on)
    if recipe is not None and based_on not in references:
        found.append(Parent(recipe.id, recipe.uid, "recipe", (recipe.width, recipe.height)))
    return found


def keep_parents(session: Session, child_id: int, parents: Sequence[Parent]) -> None:
    """Write down the parents of a new image."""
    session.add_all(
        ImageParent(
            child_id=child_id,
            position=position,
            parent_id=parent.key,
            parent_uid=parent.uid,
            role=parent.role,
        )
        for position, parent in enumerate(parents)
    )


class References:
    """Brings the pictures that a provider shall work from into the form that it takes."""

    def __init__(self, database: Database, blobs: BlobStore, *, max_pixels: int) -> None:
        self._database = database
        self._blobs = blobs
        self._max_pixels = max_pixels

    def of(self, image_id: int) -> tuple[Reference, ...]:
        """Return an image's references in their order; raises ReferenceGoneError."""
        wanted = (
            select(ImageParent.parent_uid, Image)
            .outerjoin(Image, Image.id == ImageParent.parent_id)
            .where(ImageParent.child_id == image_id, ImageParent.role == "reference")
            .order_by(ImageParent.position)
        )
        with self._database.reading() as session:
            rows: list[tuple[str, Picture | None]] = [
                (uid, None if row is None else Picture.of(row))  # type: ignore[redundant-expr]
                for uid, row in session.execute(wanted)  # an outer join may find none
            ]
        return tuple(self._reference(uid, picture) for uid, picture in rows)

    def _reference(self, uid: str, picture: Picture | None) -> Reference:
        if picture is None or not picture.blob_key:
            raise _gone(uid)
        try:
            path = self._blobs.open_path(picture.blob_key)
            source = self._blobs.get(picture.blob_key) if path is None else path
            made = as_reference(source, has_alpha=picture.has_alpha, max_pixels=self._max_pixels)
        except NotFoundError as error:  # purged since its row was read
            raise _gone(uid) from error
        return Reference(made.data, made.mime, made.width, made.height)


def _gone(uid: str) -> ReferenceGoneError:
    return ReferenceGoneError(f"The reference picture {uid} was deleted before its turn came.")


def _reference(row: Image | None, uid: str) -> Parent:
    if row is None or row.deleted_ms is not None:
        msg = f"There is no picture {uid[:20]!r} of yours to work from. Choose another one."
    elif row.state != "ready":
        msg = "A reference picture is not ready yet. Wait for it, or choose another one."
    else:
        return Parent(row.id, row.uid, "reference", (row.width, row.height))
    raise InvalidError(msg, fields={"references": [msg]})
