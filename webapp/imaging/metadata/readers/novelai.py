"""NovelAI: JSON in a PNG's `Comment`; in a WebP all texts of the PNG, as JSON in EXIF's comment.

What it hides in the lowest bit of the transparency is not read: it takes decoding the picture.
"""

from typing import Any

from webapp.imaging.metadata.bounds import inner, json_object, text_of
from webapp.imaging.metadata.exif import USER_COMMENT
from webapp.imaging.metadata.found import found, settings
from webapp.imaging.metadata.notes import Notes
from webapp.imaging.metadata.recipe import FoundRecipe

_SETTINGS = (
    *("steps", "sampler", "scale", "cfg_rescale", "noise_schedule", "strength", "noise"),
    *("width", "height", "request_type"),
)


def read(notes: Notes) -> FoundRecipe | None:
    """Return what NovelAI wrote, with the prompts of its characters one to a line."""
    texts: dict[str, Any] = dict(notes.texts) or json_object(notes.tags.get(USER_COMMENT, ""))
    comment = texts.get("Comment")
    told = comment if isinstance(comment, dict) else json_object(text_of(comment))
    is_marked = "NovelAI" in text_of(texts.get("Software")) or "uc" in told
    if not told or not is_marked:
        return None
    return found(
        "NovelAI",
        prompt=_caption(told, "v4_prompt") or told.get("prompt") or texts.get("Description"),
        negative=_caption(told, "v4_negative_prompt") or told.get("uc"),
        model=texts.get("Source"),
        seed=told.get("seed"),
        parameters=settings({name: told[name] for name in _SETTINGS if name in told}),
    )


def _caption(told: dict[str, Any], name: str) -> str:
    caption = inner(inner(told, name), "caption")
    characters = caption.get("char_captions")
    rest = [
        text_of(one.get("char_caption"))
        for one in (characters if isinstance(characters, list) else [])
        if isinstance(one, dict)
    ]
    return "\n".join(text for text in (text_of(caption.get("base_caption")), *rest) if text)
