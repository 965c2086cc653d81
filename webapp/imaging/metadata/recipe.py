"""How a picture was made: what Easel writes into it, and what it finds in those of others."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from webapp.imaging.metadata.bounds import (
    MAX_PROMPT,
    MAX_VALUE,
    cleaned,
    cleaned_parameters,
    seed_of,
)

MAX_PARENTS = 40
_LONGEST_ID = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What it takes to make a picture again; empty or None is what nobody knows.

    `template` names the prompt template and `template_version` which state of it, `parents` are
    the ids of the pictures that went in.
    """

    prompt: str = ""
    negative_prompt: str = ""
    provider: str = ""
    model: str = ""
    seed: int | None = None
    template: str = ""
    template_version: int | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRecipe(Recipe):
    """A recipe that was in a picture, and the `tool` that wrote it, such as `ComfyUI`.

    Provider, template and parents are only known of pictures that Easel wrote.
    """

    tool: str

    @property
    def is_empty(self) -> bool:
        """Whether the tool left nothing but its name."""
        known = self.prompt or self.negative_prompt or self.model or self.parameters
        return not known and self.seed is None


AnyRecipe = TypeVar("AnyRecipe", bound=Recipe)


def bounded(recipe: AnyRecipe) -> AnyRecipe:
    """Return a recipe within its bounds: long texts cut, control characters gone."""
    return replace(
        recipe,
        prompt=cleaned(recipe.prompt, MAX_PROMPT),
        negative_prompt=cleaned(recipe.negative_prompt, MAX_PROMPT),
        provider=cleaned(recipe.provider, MAX_VALUE),
        model=cleaned(recipe.model, MAX_VALUE),
        seed=seed_of(recipe.seed),
        template=cleaned(recipe.template, MAX_VALUE),
        template_version=seed_of(recipe.template_version),
        parameters=cleaned_parameters(recipe.parameters),
        parents=tuple(cleaned(parent, _LONGEST_ID) for parent in recipe.parents[:MAX_PARENTS]),
    )
