"""What is written in pictures beside their pixels: recipes and AI labels, read, written, removed.

`readers/` lists the tools whose recipes are understood.
"""

from webapp.imaging.metadata.reading import read_label, read_recipe
from webapp.imaging.metadata.recipe import FoundRecipe, Recipe
from webapp.imaging.metadata.stripping import strip
from webapp.imaging.metadata.writing import (
    ALTERED,
    COMPOSITE,
    PROCEDURAL,
    recipe_json,
    write_recipe,
)
from webapp.imaging.provenance import AI_GENERATED

__all__ = [
    "AI_GENERATED",
    "ALTERED",
    "COMPOSITE",
    "PROCEDURAL",
    "FoundRecipe",
    "Recipe",
    "read_label",
    "read_recipe",
    "recipe_json",
    "strip",
    "write_recipe",
]
