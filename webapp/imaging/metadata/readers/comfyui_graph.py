"""Walk a graph of ComfyUI upstream, from the sampler to the texts and numbers that it was given.

A node is `{"class_type": "KSampler", "inputs": {"seed": 1, "positive": ["6", 0]}}`: an input is a
value, or a link to another node's output.
"""

from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Any

from webapp.imaging.metadata.bounds import inner, seed_of, text_of

_MOST_NODES = 2_000
_TEXTS = (
    *("text", "text_g", "text_l", "t5xxl", "clip_l", "clip_g", "prompt", "string", "value"),
    *("text1", "text2", "text_a", "text_b", "string_a", "string_b", "wildcard_text"),
)
_MODELS = ("ckpt_name", "unet_name", "gguf_name", "model_name", "model_path")
_POLARITIES = ("positive", "negative")

# Where no text comes from. Whatever other link there is may lead to one.
_NO_TEXT = {
    *("clip", "model", "vae", "control_net", "image", "latent", "latent_image", "mask", "samples"),
    *("pixels", "clip_vision", "clip_vision_output", "style_model", "noise", "sampler", "sigmas"),
}


class Graph:
    """The nodes of a graph by their id; an id that leads nowhere is an empty node."""

    def __init__(self, nodes: dict[str, dict[str, Any]]) -> None:
        self._nodes = dict(islice(nodes.items(), _MOST_NODES))

    def saver(self) -> str:
        """Return the id of the node that saves the picture, or shows it, empty for none."""
        return next(iter(self._outputs()), "")

    def sampler(self) -> str:
        """Return the id of the sampler nearest to where the picture is saved, empty for none."""
        order = (*self._upstream(*self._outputs()), *self._nodes)
        return next((key for key in order if self._is_sampler(key)), "")

    def model(self, sampler: str) -> object:
        """Return the name of the model that reaches a sampler, "" for none."""
        key, seen = sampler, {""}
        while key not in seen:
            seen.add(key)
            inputs = self._inputs(key)
            if name := next((inputs[name] for name in _MODELS if name in inputs), ""):
                return name
            key = self._linked(inputs.get("model") or inputs.get("guider"))
        return ""

    def scalar(self, start: str, names: tuple[str, ...]) -> object:
        """Return the nearest value of one of these names at or above a node, "" for none."""
        for key in self._upstream(start):
            for name in names:
                value = self._inputs(key).get(name, "")
                if not isinstance(value, list | dict) and value != "":
                    return value
        return ""

    def number(self, start: str, names: tuple[str, ...]) -> int | None:
        """Return the nearest whole number of one of these names, also from a node that is linked.

        A seed may come out of a node of its own, that calls it `value`.
        """
        for key in self._upstream(start):
            for name in names:
                value = self._inputs(key).get(name)
                linked = self._linked(value)
                found = self._constant(linked) if linked else seed_of(value)
                if found is not None:
                    return found
        return None

    def text(self, sampler: str, polarity: str) -> str:
        """Return the texts that reach a sampler's `positive` or `negative`, with commas between."""
        found: dict[str, None] = {}
        waiting, seen = deque([sampler]), {""}
        while waiting:
            key = waiting.popleft()
            # Made of nothing on purpose, though there is a text above it.
            if key in seen or self._kind(key) == "ConditioningZeroOut":
                continue
            seen.add(key)
            if key != sampler:
                found.update(dict.fromkeys(self._texts(key)))
            waiting += self._towards(key, polarity)
        return ", ".join(found)

    def _towards(self, key: str, polarity: str) -> list[str]:
        links = {
            name: link
            for name, value in self._inputs(key).items()
            if name not in _NO_TEXT and (link := self._linked(value))
        }
        if polarity in links:
            return [links[polarity]]
        is_one_sided = "positive" in links or "Guider" in self._kind(key)
        if polarity == "negative" and is_one_sided:
            return []
        return [link for name, link in links.items() if name not in _POLARITIES]

    def _texts(self, key: str) -> list[str]:
        values = (self._inputs(key).get(name) for name in _TEXTS)
        return [text.strip() for text in values if isinstance(text, str) and text.strip()]

    def _constant(self, key: str) -> int | None:
        values = (self._inputs(key).get(name) for name in ("seed", "noise_seed", "value", "int"))
        return next((found for value in values if (found := seed_of(value)) is not None), None)

    def _outputs(self) -> list[str]:
        saved = [key for key in self._nodes if "Save" in self._kind(key)]
        return saved or [key for key in self._nodes if "Preview" in self._kind(key)]

    def _upstream(self, *starts: str) -> Iterator[str]:
        waiting, seen = deque(starts), set(starts)
        while waiting:
            key = waiting.popleft()
            yield key
            for value in self._inputs(key).values():
                link = self._linked(value)
                if link and link not in seen:
                    seen.add(link)
                    waiting.append(link)

    def _is_sampler(self, key: str) -> bool:
        is_named = "Sampler" in self._kind(key)
        return is_named and not self._inputs(key).keys().isdisjoint({*_POLARITIES, "guider"})

    def _kind(self, key: str) -> str:
        return text_of(self._nodes.get(key, {}).get("class_type"))

    def _inputs(self, key: str) -> dict[str, Any]:
        return inner(self._nodes.get(key, {}), "inputs")

    def _linked(self, value: object) -> str:
        if isinstance(value, list) and len(value) == 2:
            key = text_of(value[0])
            return key if key in self._nodes else ""
        return ""
