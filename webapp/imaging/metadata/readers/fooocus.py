"""Fooocus: JSON or A1111's text, as `fooocus_scheme` says; in EXIF, the maker note says it.

After Fooocus' `modules/meta_parser.py` and `modules/private_logger.py`.
"""

import re
from dataclasses import replace
from typing import Any

from webapp.imaging.metadata.bounds import json_object
from webapp.imaging.metadata.exif import MAKER_NOTE, SOFTWARE
from webapp.imaging.metadata.found import found, settings
from webapp.imaging.metadata.notes import Notes
from webapp.imaging.metadata.readers import a1111
from webapp.imaging.metadata.recipe import FoundRecipe

_SCHEMES = {"fooocus", "a1111"}
_ELSEWHERE = {
    *("prompt", "negative_prompt", "full_prompt", "full_negative_prompt", "base_model", "seed"),
    *("version", "resolution", "metadata_scheme", "created_by"),
}
_RESOLUTION = re.compile(r"\(?\s*(\d{1,6})\s*[,x]\s*(\d{1,6})\s*\)?")


def read(notes: Notes) -> FoundRecipe | None:
    """Return what Fooocus wrote, in either of its schemes."""
    told = json_object(notes.parameters)
    if told:
        return _from_json(told) if "base_model" in told or _is_marked(notes) else None
    if not _is_marked(notes):
        return None
    recipe = a1111.recipe_of(notes.parameters)
    return _from_text(recipe) if recipe else None


def _is_marked(notes: Notes) -> bool:
    scheme = notes.texts.get("fooocus_scheme") or notes.tags.get(MAKER_NOTE, "")
    return scheme.strip("\0 ") in _SCHEMES or notes.tags.get(SOFTWARE, "").startswith("Fooocus")


def _from_json(told: dict[str, Any]) -> FoundRecipe:
    size = _RESOLUTION.fullmatch(str(told.get("resolution", ""))[:40])
    parameters = settings(told, without=_ELSEWHERE)
    if size:
        parameters["size"] = f"{size[1]}x{size[2]}"
    return found(
        "Fooocus",
        prompt=told.get("prompt"),
        negative=told.get("negative_prompt"),
        model=told.get("base_model"),
        seed=told.get("seed"),
        parameters=parameters,
    )


def _from_text(recipe: FoundRecipe) -> FoundRecipe:
    # Before its styles were put around it, the prompt was what a person had typed.
    parameters = dict(recipe.parameters)
    prompt = parameters.pop("raw prompt", "") or recipe.prompt
    negative = parameters.pop("raw negative prompt", "") or recipe.negative_prompt
    return replace(
        recipe, tool="Fooocus", prompt=prompt, negative_prompt=negative, parameters=parameters
    )
