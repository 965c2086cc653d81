"""An uploaded picture: whether it is there already, and what it says of how it was made."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.imaging.metadata import read_recipe
from webapp.models import Image
from webapp.services.accounts import Viewer
from webapp.services.pictures import Picture
from webapp.services.requests import clean

LONGEST_TOOL, LONGEST_MODEL = 32, 128
"""The widths of the columns; PostgreSQL takes no more."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture that somebody brought: a new one, or the one that was there already.

    `was_in_trash` says that it has been brought back from there.
    """

    picture: Picture
    is_new: bool = True
    was_in_trash: bool = False

    @property
    def was_there(self) -> bool:
        """Whether it was in the gallery all the time."""
        return not (self.is_new or self.was_in_trash)


def same_picture(session: Session, owner: Viewer, digest: str) -> Image | None:
    """Return the row of an owner's image whose file has a digest, rather one not in the trash."""
    same = select(Image).where(
        Image.digest == digest, Image.owner_id == owner.id, Image.state == "ready"
    )
    return session.scalar(same.order_by(Image.deleted_ms.is_not(None), Image.id).limit(1))


def told_by(source: bytes | Path, *, prompt: str = "") -> dict[str, Any]:
    """Return the columns that a picture's metadata fills, with a prompt that somebody gave.

    The provider is not among them: an upload stays one, wherever it was made.
    """
    recipe = read_recipe(source)
    if recipe is None:
        return {"prompt": clean(prompt)}
    return {
        "prompt": clean(prompt) or clean(recipe.prompt),
        "negative_prompt": clean(recipe.negative_prompt),
        "model": recipe.model[:LONGEST_MODEL],
        "seed": recipe.seed,
        "parameters": dict(recipe.parameters),
        "tool": recipe.tool[:LONGEST_TOOL],
    }
