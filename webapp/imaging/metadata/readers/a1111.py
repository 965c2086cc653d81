"""AUTOMATIC1111, and the many that write its text: Forge, SD.Next, nodes of ComfyUI."""

from webapp.imaging.metadata import parameters_text
from webapp.imaging.metadata.found import found
from webapp.imaging.metadata.notes import Notes
from webapp.imaging.metadata.recipe import FoundRecipe

_ELSEWHERE = {"seed", "model", "version"}
_BY_VERSION = {"Easel": "Easel", "ComfyUI": "ComfyUI", "Fooocus": "Fooocus"}


def read(notes: Notes) -> FoundRecipe | None:
    """Return what stands in a PNG's `parameters` or in the comment of an EXIF block."""
    return recipe_of(notes.parameters)


def recipe_of(text: str) -> FoundRecipe | None:
    """Return the recipe in a text of A1111's form, None for any other text."""
    told = parameters_text.parse(text)
    if told is None:
        return None
    version = told.settings.get("version", "").split(" ")[0]
    return found(
        _BY_VERSION.get(version, "AUTOMATIC1111"),
        prompt=told.prompt,
        negative=told.negative_prompt,
        model=told.settings.get("model"),
        seed=told.settings.get("seed"),
        parameters={key: text for key, text in told.settings.items() if key not in _ELSEWHERE},
    )
