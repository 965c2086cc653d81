"""Easel itself: a JSON recipe in a PNG's text `easel`, in other formats in XMP.

Written by `webapp/imaging/metadata/writing.py`.
"""

from dataclasses import replace
from typing import Any

from webapp.imaging.metadata.bounds import inner, json_object, seed_of, text_of
from webapp.imaging.metadata.found import found
from webapp.imaging.metadata.notes import Notes
from webapp.imaging.metadata.recipe import FoundRecipe
from webapp.imaging.metadata.xmp import recipe_in


def read(notes: Notes) -> FoundRecipe | None:
    """Return the recipe that Easel wrote."""
    told = json_object(notes.texts.get("easel", "") or recipe_in(notes.xmp))
    if not told:
        return None
    recipe = found(
        "Easel",
        prompt=told.get("prompt"),
        negative=told.get("negative_prompt"),
        model=told.get("model"),
        seed=told.get("seed"),
        parameters=inner(told, "parameters"),
    )
    return replace(
        recipe,
        provider=text_of(told.get("provider")),
        template=text_of(told.get("template")),
        template_version=seed_of(told.get("template_version")),
        parents=_parents(told),
    )


def _parents(told: dict[str, Any]) -> tuple[str, ...]:
    parents = told.get("parents")
    return tuple(text_of(parent) for parent in parents) if isinstance(parents, list) else ()
