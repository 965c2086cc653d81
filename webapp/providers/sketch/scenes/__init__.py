"""Scenes: what can be painted. A list you can read; the keys are those of the vocabulary."""

from webapp.providers.sketch.scenes import (
    abstract,
    city,
    desert,
    forest,
    hills,
    mountains,
    sea,
    space,
)
from webapp.providers.sketch.scenes.stage import Scene

SCENES: dict[str, Scene] = {
    "mountains": mountains.SCENE,
    "city": city.SCENE,
    "forest": forest.SCENE,
    "desert": desert.SCENE,
    "sea": sea.SCENE,
    "hills": hills.SCENE,
    "space": space.SCENE,
    "abstract": abstract.SCENE,
}
