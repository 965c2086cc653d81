"""What all readers need: a recipe from whatever a tool's JSON held."""

from collections.abc import Collection, Mapping
from typing import Any

from webapp.imaging.metadata.bounds import seed_of, text_of
from webapp.imaging.metadata.recipe import FoundRecipe

# Each tool has names of its own for the same few things.
_SAME = {
    "cfgscale": "cfg scale",
    "cfg_scale": "cfg scale",
    "cfg": "cfg scale",
    "scale": "cfg scale",
    "guidance_scale": "cfg scale",
    "sampler_name": "sampler",
}


def found(
    tool: str,
    *,
    prompt: object = "",
    negative: object = "",
    model: object = "",
    seed: object = None,
    parameters: Mapping[str, Any] | None = None,
) -> FoundRecipe:
    """Return a recipe from values of any kind; `read_recipe` will bring it within bounds."""
    return FoundRecipe(
        tool=tool,
        prompt=text_of(prompt),
        negative_prompt=text_of(negative),
        model=text_of(model),
        seed=seed_of(seed),
        parameters={name: text_of(value) for name, value in (parameters or {}).items()},
    )


def settings(values: Mapping[str, Any], *, without: Collection[str] = ()) -> dict[str, Any]:
    """Return a tool's values under the names that Easel shows, width and height as `size`.

    `without` names those that are told elsewhere in a recipe.
    """
    gone = {*without, "width", "height"}
    named = {_SAME.get(key, key): value for key, value in values.items() if key not in gone}
    if size := size_of(values):
        named["size"] = size
    return named


def size_of(values: Mapping[str, Any]) -> str:
    """Return `width x height` as A1111 writes it, `640x480`; empty where one is missing."""
    width, height = seed_of(values.get("width")), seed_of(values.get("height"))
    return f"{width}x{height}" if width and height else ""
