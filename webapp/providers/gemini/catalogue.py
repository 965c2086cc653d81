"""The models of Gemini: what `models.toml` and `EASEL_MODELS` say of them."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from webapp.errors import SettingsError
from webapp.providers.base import ModelCaps, Parameter, Setup
from webapp.providers.base.model_table import with_table

THINKING = "thinking"
IMAGE_PRICE, INPUT_PRICE = "usd_per_million_image_tokens", "usd_per_million_input_tokens"
MODEL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
RATIOS = ("1:1", "3:2", "2:3", "4:3", "3:4", "5:4", "4:5", "16:9", "9:16", "21:9")
TABLE = "models.toml"


@dataclass(frozen=True, slots=True)
class TokenPrices:
    """Millionths of a US dollar for a token: of a picture that was made, and of what was sent."""

    image: float
    sent: float


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The models that are known, alive or not, the default one first.

    `token_prices` are there for those models whose pictures are charged by what was counted.
    """

    models: Mapping[str, ModelCaps]
    token_prices: Mapping[str, TokenPrices] = field(default_factory=dict)

    def offered(self, today: date) -> tuple[ModelCaps, ...]:
        """Return the models that answer on a day."""
        return tuple(caps for caps in self.models.values() if not _is_gone(caps, today))

    def gone(self, today: date) -> dict[str, ModelCaps]:
        """Return the models that answer no more on a day, by id."""
        return {name: caps for name, caps in self.models.items() if _is_gone(caps, today)}

    def get(self, model: str) -> ModelCaps:
        """Return what is known of a model, or what may be expected of one that is not."""
        return self.models.get(model) or unknown(model)


def catalogue(setup: Setup) -> Catalogue:
    """Return the models as `EASEL_MODELS` changes them.

    Raises SettingsError with a line for every mistake. A price of one's own counts instead of one
    that is worked out from tokens.
    """
    models, token_prices = _built_in()
    where = f"EASEL_MODELS: {setup.name}"
    changed = with_table(models, setup.models, unknown, where)
    odd = [name for name in setup.models if not MODEL_ID.fullmatch(name)]
    if odd:
        lines = [f"{where}: {name[:40]!r} can't be the name of a model." for name in odd]
        raise SettingsError("\n".join(lines))
    priced = {name for name, entry in setup.models.items() if "price" in entry}
    kept = {name: price for name, price in token_prices.items() if name not in priced}
    return Catalogue({caps.id: caps for caps in changed}, kept)


def unknown(model: str) -> ModelCaps:
    """Return what may be expected of a model that nothing is known of: what all of them can do."""
    return ModelCaps(
        id=model,
        title=model,
        aspect_ratios=RATIOS,
        sizes=("1K",),
        default_size="1K",
        seed="best-effort",
        max_references=3,
    )


@cache
def _built_in() -> tuple[tuple[ModelCaps, ...], dict[str, TokenPrices]]:
    table = tomllib.loads(files(__package__).joinpath(TABLE).read_text("utf-8"))
    plain = {name: _without_own_fields(entry) for name, entry in table.items()}
    models = with_table((), plain, unknown, TABLE)
    thinking = {name: tuple(entry.get(THINKING, ())) for name, entry in table.items()}
    prices = {
        name: TokenPrices(entry[IMAGE_PRICE], entry[INPUT_PRICE])
        for name, entry in table.items()
        if IMAGE_PRICE in entry
    }
    return tuple(_thoughtful(caps, thinking[caps.id]) for caps in models), prices


def _without_own_fields(entry: Mapping[str, Any]) -> dict[str, Any]:
    own = (THINKING, IMAGE_PRICE, INPUT_PRICE)
    return {name: value for name, value in entry.items() if name not in own}


def _thoughtful(caps: ModelCaps, levels: tuple[str, ...]) -> ModelCaps:
    if not levels:
        return caps
    parameter = Parameter(
        name=THINKING,
        label="Thinking",
        default=levels[0],
        choices=tuple(sorted(levels, key=("minimal", "medium", "high").index)),
        hint="More of it follows complicated wishes better, and takes longer.",
    )
    return replace(caps, parameters=(parameter,))


def _is_gone(caps: ModelCaps, today: date) -> bool:
    return caps.shutdown is not None and caps.shutdown <= today
