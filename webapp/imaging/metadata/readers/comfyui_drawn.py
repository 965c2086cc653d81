"""ComfyUI's `workflow`: a graph as drawn, brought into the form of one that was run.

It names no widget: their values stand in the order in which a node shows them. So only the nodes
that most graphs are made of are known.
"""

from typing import Any

_WIDGETS = {
    "CLIPTextEncode": ("text",),
    "CheckpointLoaderSimple": ("ckpt_name",),
    "UNETLoader": ("unet_name",),
    "EmptyLatentImage": ("width", "height"),
    "EmptySD3LatentImage": ("width", "height"),
    "KSampler": ("seed", "", "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "KSamplerAdvanced": ("", "noise_seed", "", "steps", "cfg", "sampler_name", "scheduler"),
    "RandomNoise": ("noise_seed",),
    "KSamplerSelect": ("sampler_name",),
    "BasicScheduler": ("scheduler", "steps", "denoise"),
    "FluxGuidance": ("guidance",),
    "PrimitiveNode": ("value",),
}


def nodes(drawn: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the nodes of a workflow by id, with their links and the values that have a name."""
    origins = {
        str(link[0]): [str(link[1]), link[2]]
        for link in _list(drawn.get("links"))
        if isinstance(link, list) and len(link) >= 5
    }
    return {
        str(node.get("id")): {
            "class_type": node.get("type"),
            "inputs": {**_values(node), **_links(node, origins)},
        }
        for node in _list(drawn.get("nodes"))
        if isinstance(node, dict)
    }


def _links(node: dict[str, Any], origins: dict[str, list[Any]]) -> dict[str, Any]:
    return {
        str(entry.get("name")): origins[str(entry.get("link"))]
        for entry in _list(node.get("inputs"))
        if isinstance(entry, dict) and str(entry.get("link")) in origins
    }


def _values(node: dict[str, Any]) -> dict[str, Any]:
    names = _WIDGETS.get(str(node.get("type")), ())
    values = _list(node.get("widgets_values"))
    return {name: value for name, value in zip(names, values, strict=False) if name}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
