"""InvokeAI: three generations of PNG texts, `invokeai_metadata`, `sd-metadata` and `Dream`.

After InvokeAI's `core_metadata` node and, for the older two, its documentation of version 2.
"""

import re
from typing import Any

from webapp.imaging.metadata.bounds import MAX_PROMPT, inner, json_object, text_of
from webapp.imaging.metadata.found import found, settings
from webapp.imaging.metadata.notes import Notes
from webapp.imaging.metadata.recipe import FoundRecipe

_ELSEWHERE = {"positive_prompt", "negative_prompt", "prompt", "model", "seed", "app_version"}

# The older ones put into the prompt, in brackets, what it should not be.
_UNWANTED = re.compile(r"\[([^\[\]]{0,10000})\]")
_DREAM = re.compile(r'\s*"((?:\\.|[^"\\])*)"(.*)', re.DOTALL)
_FLAG = re.compile(r"-([A-Za-z])\s?([\w.\-]{1,60})")
_FLAGS = {"s": "steps", "C": "cfg scale", "A": "sampler", "W": "width", "H": "height"}


def read(notes: Notes) -> FoundRecipe | None:
    """Return what the newest of the three texts says."""
    if told := json_object(notes.texts.get("invokeai_metadata", "")):
        return _from_metadata(told)
    if told := json_object(notes.texts.get("sd-metadata", "")):
        return _from_old_metadata(told)
    return _from_command(notes.texts.get("Dream", "")[: 2 * MAX_PROMPT])


def _from_metadata(told: dict[str, Any]) -> FoundRecipe:
    model = inner(told, "model")
    return found(
        "InvokeAI",
        prompt=told.get("positive_prompt"),
        negative=told.get("negative_prompt"),
        model=model.get("name") or model.get("model_name") or told.get("model"),
        seed=told.get("seed"),
        parameters=settings(told, without=_ELSEWHERE),
    )


def _from_old_metadata(told: dict[str, Any]) -> FoundRecipe:
    image = inner(told, "image")
    prompt = image.get("prompt")
    if isinstance(prompt, list):
        prompt = [part.get("prompt") if isinstance(part, dict) else part for part in prompt]
    positive, negative = _divided(text_of(prompt))
    return found(
        "InvokeAI",
        prompt=positive,
        negative=negative,
        model=told.get("model_weights") or told.get("model"),
        seed=image.get("seed"),
        parameters=settings(image, without=_ELSEWHERE),
    )


def _from_command(command: str) -> FoundRecipe | None:
    said = _DREAM.fullmatch(command)
    if said is None:
        return None
    flags = dict(_FLAG.findall(said[2]))
    positive, negative = _divided(said[1].replace('\\"', '"'))
    named = {_FLAGS[flag]: value for flag, value in flags.items() if flag in _FLAGS}
    return found(
        "InvokeAI",
        prompt=positive,
        negative=negative,
        seed=flags.get("S"),
        parameters=settings(named),
    )


def _divided(prompt: str) -> tuple[str, str]:
    prompt = prompt[: 2 * MAX_PROMPT]
    return _UNWANTED.sub("", prompt), ", ".join(_UNWANTED.findall(prompt))
