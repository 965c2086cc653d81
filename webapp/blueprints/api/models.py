"""Models: what each can do, what it costs and how long there is one; and which providers work."""

from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field

from webapp.services.catalogue import ModelCaps, ModelChoice, ProviderState
from webapp.services.composing.model_shop import price_line
from webapp.web.api import Money, Reply, Told, money, operation, resource
from webapp.web.current import services

blueprint = resource("models", "/models")


class Parameter(Told):
    """A setting of a model's own."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    name: str
    label: str
    default: str
    choices: list[str]
    minimum: float | None = Field(validation_alias="low")
    maximum: float | None = Field(validation_alias="high")
    step: float | None
    hint: str


class Capabilities(Told):
    """What a model takes."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    aspect_ratios: list[str]
    sizes: list[str]
    default_size: str
    seed: Literal["none", "best-effort", "exact"]
    negative_prompt: bool
    max_references: int
    edits: bool
    needs_reference: bool
    prompt_is_optional: bool
    strength: bool
    mask: bool
    parameters: list[Parameter]


class Price(Told):
    """What a picture costs; a price that holds for every size stands at `*`."""

    is_free: bool
    text: str
    by_size: dict[str, Money]


class Model(Told):
    """A model on offer. `id` is what a generation names it by."""

    id: str
    provider: str
    model: str
    title: str
    note: str
    capabilities: Capabilities
    price: Price
    shutdown: date | None = Field(description="From this day on it answers no more.")
    successor: str | None


class ProviderTold(Told):
    """A provider, and whether it can be used."""

    id: str
    title: str
    status: str
    is_ready: bool
    help: str


class Models(Told):
    """What there is to make pictures with."""

    items: list[Model]
    providers: list[ProviderTold]


@blueprint.get("")
@operation(answers={200: Models})
def index() -> Reply:
    """List the models on offer, the default one first, and the providers."""
    catalogue = services().catalogue
    return Models(
        items=[_model(choice) for choice in catalogue.choices()],
        providers=[_provider(state) for state in catalogue.states()],
    )


def _model(choice: ModelChoice) -> Model:
    caps = choice.caps
    return Model(
        id=choice.value,
        provider=choice.provider,
        model=caps.id,
        title=caps.title,
        note=caps.note,
        capabilities=Capabilities.model_validate(caps),
        price=_price(caps),
        shutdown=caps.shutdown,
        successor=caps.successor or None,
    )


def _price(caps: ModelCaps) -> Price:
    return Price(
        is_free=caps.is_free,
        text=price_line(caps),
        by_size={size: money(price) for size, price in caps.prices.items()},
    )


def _provider(state: ProviderState) -> ProviderTold:
    return ProviderTold(
        id=state.name,
        title=state.title,
        status=state.status,
        is_ready=state.is_ready,
        help=state.help,
    )
