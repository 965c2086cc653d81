"""The models as data, and which of them a server is said to have."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from webapp.providers.base import ModelCaps, Parameter, Setup
from webapp.providers.base.model_table import with_table

UNNAMED = "default"
"""The id of whatever model a server has; it is not sent."""

GENERIC_REFERENCES = 4
GPT_REFERENCES = 16
_TABLE = Path(__file__).with_name("models.toml")


@dataclass(frozen=True, slots=True)
class Card:
    """A model, and how it wants to be asked.

    `pixels` has the only sizes that it takes, by ratio; where it is empty, any will do. `tokens`
    are millionths of a US dollar for a token that goes in as `text` or `image`, or comes out
    (`output`). `is_plain` ones are asked for base64, the others send nothing else.
    """

    caps: ModelCaps
    pixels: Mapping[str, str] = field(default_factory=dict)
    tokens: Mapping[str, float] = field(default_factory=dict)
    is_plain: bool = False


def offered(setup: Setup, *, is_openai: bool, today: date | None = None) -> tuple[Card, ...]:
    """Return the models on offer, the default one first.

    OpenAI has those of the table; of another server only what the settings name is known, and that
    it has one. Raises SettingsError for mistakes in `EASEL_MODELS`.
    """
    known = {card.caps.id: card for card in (*known_cards(), generic(UNNAMED))}

    def card(name: str) -> Card:
        return known.get(name) or generic(name)

    first = [name.strip() for name in setup.text("models").split(",") if name.strip()]
    rest = [known_card.caps.id for known_card in known_cards()] if is_openai else [UNNAMED]
    chosen = [card(name).caps for name in dict.fromkeys([*first, *rest])]
    table = with_table(chosen, setup.models, lambda name: card(name).caps, "EASEL_MODELS, openai")
    made = [replace(card(caps.id), caps=caps) for caps in table]
    if not is_openai:  # the same model has other prices elsewhere
        made = [replace(card, tokens={}) for card in made]
    now = today or datetime.now(UTC).date()
    return tuple(card for card in made if not card.caps.shutdown or card.caps.shutdown > now)


def known_cards() -> tuple[Card, ...]:
    """Return the models of the table, with those that are gone."""
    data = _table()
    shapes = data["shapes"]
    return tuple(
        _card(name, entry, shapes[entry["shape"]]) for name, entry in data["models"].items()
    )


def generic(name: str) -> Card:
    """Return what can be said of a model that is not known, such as one of LocalAI or Ollama."""
    shapes = _table()["shapes"]
    if "gpt-image" in name:  # a newer one of OpenAI's, or an old one by another name
        qualities = ["low", "medium", "high"]
        entry = {"title": name, "references": GPT_REFERENCES, "qualities": qualities}
        return _card(name, entry, shapes["three"])
    title = "The server's own model" if name == UNNAMED else name
    entry = {"title": title, "references": GENERIC_REFERENCES, "plain": True}
    return _card(name, entry, shapes["generic"])


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(_TABLE.read_text("utf-8"))


def _card(name: str, entry: Mapping[str, Any], shape: Mapping[str, Any]) -> Card:
    pixels = shape.get("pixels", {})
    caps = ModelCaps(
        id=name,
        title=entry["title"],
        aspect_ratios=tuple(shape.get("aspect_ratios") or pixels),
        sizes=tuple(shape["sizes"]),
        default_size=shape.get("default_size", shape["sizes"][0]),
        max_references=entry.get("references", 0),
        mask=entry.get("references", 0) > 0,
        parameters=tuple(_parameters(entry)),
        shutdown=entry.get("shutdown"),
        successor=entry.get("successor", ""),
        note=entry.get("note", ""),
    )
    return Card(caps, pixels, entry.get("tokens", {}), is_plain=entry.get("plain", False))


def _parameters(entry: Mapping[str, Any]) -> Sequence[Parameter]:
    fields = (
        ("quality", "Quality", ["auto", *entry.get("qualities", [])]),
        ("background", "Background", ["auto", *entry.get("backgrounds", [])]),
        ("complexity", "Planning", entry.get("complexities", [])),
    )
    return [
        Parameter(name=name, label=label, default=choices[0], choices=tuple(choices))
        for name, label, choices in fields
        if len(choices) > 1
    ]
