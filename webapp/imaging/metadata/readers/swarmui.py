"""SwarmUI: JSON with `sui_image_params`, in a PNG's `parameters` or in the comment of EXIF.

After SwarmUI's own "Image Metadata Format".
"""

from webapp.imaging.metadata.bounds import inner, json_object
from webapp.imaging.metadata.found import found, settings
from webapp.imaging.metadata.notes import Notes
from webapp.imaging.metadata.recipe import FoundRecipe

_ELSEWHERE = {"prompt", "negativeprompt", "model", "seed", "swarm_version"}


def read(notes: Notes) -> FoundRecipe | None:
    """Return what SwarmUI wrote; any of its values may be missing."""
    told = inner(json_object(notes.parameters), "sui_image_params")
    if not told:
        return None
    return found(
        "SwarmUI",
        prompt=told.get("prompt"),
        negative=told.get("negativeprompt"),
        model=told.get("model"),
        seed=told.get("seed"),
        parameters=settings(told, without=_ELSEWHERE),
    )
