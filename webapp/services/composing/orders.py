"""Orders: pictures asked for by the API and the command line, where no form fills anything in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from webapp.errors import InvalidError, NotFoundError
from webapp.services.accounts import Viewer
from webapp.services.catalogue import SEPARATOR, Catalogue, ModelCaps, split
from webapp.services.composing.batches import BatchPlan, TemplateBatches
from webapp.services.composing.composer import Composer
from webapp.services.composing.composition import Composition
from webapp.services.generations.generator import ImageGeneratorService, Started, total
from webapp.services.idempotency import Once, RepeatedError, Rows, paired
from webapp.services.prompts import PromptManager, PromptTemplate
from webapp.services.requests import GenerationRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for; empty texts leave it to the template, or to the model.

    Either a `prompt` or a `template` with its `variables`. `model` may be `provider:model`, `mask`
    is a data URI or base64, and `based_on` the id of the picture whose recipe this is.
    """

    prompt: str = ""
    template: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    negative_prompt: str = ""
    provider: str = ""
    model: str = ""
    count: int = 1
    aspect_ratio: str = ""
    size: str = ""
    seed: int | None = None
    strength: float | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    based_on: str = ""
    mask: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Placed:
    """The ids of what an order started; `is_repeated` where the same had started it before.

    `rows` tell of a table which of its rows has started which.
    """

    generations: tuple[str, ...]
    is_repeated: bool = False
    rows: Rows = ()


class Orders:
    """Turns orders into requests, as the composer does with what stands in it, and starts them."""

    def __init__(
        self,
        composer: Composer,
        prompts: PromptManager,
        catalogue: Catalogue,
        generator: ImageGeneratorService,
        batches: TemplateBatches,
    ) -> None:
        self._composer = composer
        self._prompts = prompts
        self._catalogue = catalogue
        self._generator = generator
        self._batches = batches

    def requests(self, order: Order, owner: Viewer) -> list[GenerationRequest]:
        """Return a request for each prompt that an order makes.

        Raises InvalidError with a sentence for every field that can't be.
        """
        template = self._template(order, owner)
        model = order.model or (template.model if template and not order.provider else "")
        value = self.model(model, order.provider)
        provider, name = split(value)
        caps = self._catalogue.caps(provider, name)
        _check_names(order, caps, template)
        _check_mask(order, caps)
        wanted = order.aspect_ratio or (template.aspect_ratio if template else "")
        is_known = order.aspect_ratio or wanted in caps.aspect_ratios
        own_words = template.negative_prompt if template else ""
        values = Composition(
            prompt=order.prompt,
            negative_prompt=order.negative_prompt or own_words,
            aspect_ratio=wanted if is_known else caps.aspect_ratios[0],
            count=order.count,
            model=value,
            size=order.size,
            seed=order.seed,
            strength=order.strength,
            parameters=order.parameters,
            references=order.references,
            based_on=order.based_on,
            mask=order.mask,
            template=order.template or None,
            variables=order.variables,
        )
        return self._composer.requests(values, owner)

    def model(self, text: str, provider: str = "") -> str:
        """Return the form value of a model: `provider:model`, a model or a provider alone.

        An empty text is the first model on offer, or the provider's. Raises InvalidError.
        """
        choices = self._catalogue.choices()
        for choice in choices:
            is_named = text in (choice.value, choice.caps.id, choice.provider, "")
            if is_named and provider in (choice.provider, ""):
                return choice.value
        named = text if SEPARATOR in text and not provider else f"{provider}{SEPARATOR}{text}"
        if provider or SEPARATOR in text:
            self._catalogue.caps(*split(named))  # says what is wrong, and what takes its place
        names = ", ".join(choice.value for choice in choices)
        msg = f"There is no model {text[:60]!r}. There are {names}."
        raise InvalidError(msg, fields={"model": [msg]})

    def estimate(self, requests: Sequence[GenerationRequest]) -> int | None:
        """Return what requests would cost, in millionths of a US dollar, None if unknown.

        Raises InvalidError where their models can't take them.
        """
        return total([self._generator.estimate(request) for request in requests])

    def repeated(self, owner: Viewer, once: Once | None) -> Placed | None:
        """Return what the same has started before, None where it is new.

        To be asked first: what has been started may not be possible any more. Raises ConflictError
        where the key came with something else.
        """
        if once is None:
            return None
        try:
            self._generator.check_new(owner, once)
        except RepeatedError as error:
            return _again(error)
        return None

    def place(self, order: Order, owner: Viewer, once: Once | None = None) -> Placed:
        """Start what is ordered; raises InvalidError, OverBudgetError, or ConflictError."""
        return self._placed(owner, lambda: self.requests(order, owner), once)

    def place_table(self, plan: BatchPlan, owner: Viewer, once: Once | None = None) -> Placed:
        """Start all of a table's plan; raises as `place` does."""
        counts = tuple((row.number, len(row.requests)) for row in plan.rows)
        noted = None if once is None else replace(once, rows=counts)
        placed = self._placed(owner, lambda: plan.requests, noted)
        if placed.is_repeated:
            return placed
        return replace(placed, rows=paired(counts, placed.generations))

    def plan(self, template: PromptTemplate, table: str, owner: Viewer, model: str) -> BatchPlan:
        """Return what a CSV text would make of a template, or every mistake in it."""
        value = self.model(model) if model else ""
        return self._batches.plan(template, table, owner, value)

    def _placed(
        self,
        owner: Viewer,
        requests: Callable[[], Sequence[GenerationRequest]],
        once: Once | None,
    ) -> Placed:
        if before := self.repeated(owner, once):
            return before
        try:
            started: Sequence[Started] = self._generator.start_all(owner, requests(), once)
        except RepeatedError as error:  # by somebody who asked at the same time
            return _again(error)
        return Placed(tuple(item.id for item in started))

    def _template(self, order: Order, owner: Viewer) -> PromptTemplate | None:
        if order.prompt and order.template:
            msg = "Give either a prompt or a template, not both."
            raise InvalidError(msg, fields={"prompt": [msg]})
        if not order.template:
            if order.variables:
                msg = "Variables belong to a template. Name one, or leave them out."
                raise InvalidError(msg, fields={"variables": [msg]})
            return None
        try:
            return self._prompts.template(order.template, owner)
        except NotFoundError as error:
            raise InvalidError(str(error), fields={"template": [str(error)]}) from error


def _again(error: RepeatedError) -> Placed:
    return Placed(error.generations, is_repeated=True, rows=error.rows)


def _check_names(order: Order, caps: ModelCaps, template: PromptTemplate | None) -> None:
    """Refuse values for what there is not: a slip of the pen would change pictures unseen."""
    settings = [item.name for item in caps.parameters]
    gaps = [item.name for item in template.variables] if template else []
    named = template.title if template else ""
    wrong = {
        f"param_{name}": f"{caps.title} has no setting {name[:40]!r}. {_there_are(settings)}"
        for name in order.parameters
        if name not in settings
    } | {
        f"var_{name}": f"{named} has no gap {name[:40]!r}. {_there_are(gaps)}"
        for name in order.variables
        if name not in gaps
    }
    if wrong:
        fields = {name: [text] for name, text in wrong.items()}
        raise InvalidError(" ".join(wrong.values()), fields=fields)


def _check_mask(order: Order, caps: ModelCaps) -> None:
    """Refuse a mask that would not be looked at: all of the picture would change."""
    if not order.mask:
        return
    if not caps.mask:
        msg = f"{caps.title} takes no mask. Leave it out, or choose another model."
    elif not order.references:
        msg = "A mask says where the first of the references may change. Name that picture."
    else:
        return
    raise InvalidError(msg, fields={"mask": [msg]})


def _there_are(names: Sequence[str]) -> str:
    return f"It has {', '.join(names)}." if names else "It has none."
