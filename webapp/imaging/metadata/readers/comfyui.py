"""ComfyUI: the graph that was run, as JSON in a PNG's `prompt`, or in EXIF tags behind `prompt:`.

After ComfyUI's `SaveImage` and `SaveAnimatedWEBP`. Where only the `workflow` is left, which is
the graph as drawn, it is brought into the form of the one that was run.
"""

import re
from typing import Any

from webapp.imaging.metadata.bounds import inner, json_object
from webapp.imaging.metadata.exif import DESCRIPTION, MAKE, MODEL, USER_COMMENT
from webapp.imaging.metadata.found import found, settings
from webapp.imaging.metadata.notes import Notes
from webapp.imaging.metadata.readers import comfyui_drawn
from webapp.imaging.metadata.readers.comfyui_graph import Graph
from webapp.imaging.metadata.recipe import FoundRecipe

_LABEL = re.compile(r"\s*(prompt|workflow)\s*:\s*", re.IGNORECASE)
_SCALARS = ("steps", "cfg", "sampler_name", "scheduler", "denoise", "guidance")


def read(notes: Notes) -> FoundRecipe | None:
    """Return what the graph's last sampler was given."""
    nodes = _nodes(_texts(notes))
    if not nodes:
        return None
    graph = Graph(nodes)
    start = graph.sampler()
    values = {name: graph.scalar(start, (name,)) for name in _SCALARS}
    size = {name: graph.number(start, (name,)) for name in ("width", "height")}
    return found(
        "ComfyUI",
        prompt=graph.text(start or graph.saver(), "positive"),
        negative=graph.text(start, "negative"),
        model=graph.model(start),
        seed=graph.number(start, ("seed", "noise_seed")),
        parameters=settings({**values, **size}),
    )


def _texts(notes: Notes) -> dict[str, str]:
    texts = {name: notes.texts.get(name, "") for name in ("prompt", "workflow")}
    for tag in (DESCRIPTION, MAKE, MODEL):
        text = notes.tags.get(tag, "")
        if label := _LABEL.match(text):
            texts[label[1].lower()] = text[label.end() :]
    return texts if any(texts.values()) else {"both": notes.tags.get(USER_COMMENT, "")}


def _nodes(texts: dict[str, str]) -> dict[str, dict[str, Any]]:
    both = json_object(texts.get("both", ""))
    ran = inner(both, "prompt") or json_object(texts.get("prompt", ""))
    nodes = {
        key: node
        for key, node in ran.items()
        if isinstance(node, dict) and isinstance(node.get("class_type"), str)
    }
    drawn = inner(both, "workflow") or json_object(texts.get("workflow", ""))
    return nodes or comfyui_drawn.nodes(drawn)
