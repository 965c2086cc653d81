"""The composer: what it offers, and the requests that what stands in it makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from webapp.errors import InvalidError, NotFoundError
from webapp.imaging.inline import from_data_uri
from webapp.services.accounts import Viewer
from webapp.services.catalogue import WARNED_AHEAD, Catalogue, ModelChoice, split
from webapp.services.composing.composition import Composition, Drafts
from webapp.services.generations.generator import total
from webapp.services.generations.starting import UNREADABLE_MASK
from webapp.services.images.images import ImageManager
from webapp.services.money.amounts import dollars
from webapp.services.pictures import Picture
from webapp.services.prompts import PromptManager, PromptTemplate, image_variables
from webapp.services.requests import GenerationRequest
from webapp.services.templates.dynamic_prompts import MOST_PROMPTS, Expansion, expand

__all__ = ["Composer", "ComposerView", "Composition", "Forecast"]

MOST_PICTURES = 64
"""The most pictures of one press of the button, all prompts and copies together."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What pressing the button would do: the prompts, how many pictures, and what they cost."""

    prompts: tuple[str, ...]
    total: int
    pictures: int
    cost: str

    @property
    def is_capped(self) -> bool:
        """Whether there are more prompts than are made at a time."""
        return self.total > len(self.prompts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposerView:
    """All that the composer's form is drawn from. `errors` are sentences by field name."""

    values: Composition
    models: tuple[ModelChoice, ...]
    model: ModelChoice
    template: PromptTemplate | None = None
    references: tuple[Picture, ...] = ()
    forecast: Forecast | None = None
    warning: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    counts: tuple[int, ...] = (1, 2, 3, 4, 6, 8)


class Composer:
    """Draws the composer for a person and turns what they send into requests."""

    def __init__(
        self, drafts: Drafts, prompts: PromptManager, catalogue: Catalogue, images: ImageManager
    ) -> None:
        self.drafts = drafts
        self._prompts = prompts
        self._catalogue = catalogue
        self._images = images

    def view(
        self, values: Composition, viewer: Viewer, errors: Mapping[str, str] | None = None
    ) -> ComposerView:
        """Return what the form shows for some values; what no longer exists falls away."""
        models = self._catalogue.choices()
        gone = self._gone(values.model, models)
        wanted = values.model if gone is None else self._catalogue.heir(gone.provider, gone.caps)
        model = next((item for item in models if item.value == wanted), models[0])
        references = self._references(values, viewer)
        template = self._template(values.template, viewer)
        kept = values if template is not None else replace(values, template=None)
        fitting = _fitted(kept, model, references)
        return ComposerView(
            values=fitting,
            models=models,
            model=model,
            template=template,
            references=references,
            forecast=self._forecast(fitting, model, template, viewer),
            warning=_warning(model, gone),
            errors=errors or {},
        )

    def requests(self, values: Composition, viewer: Viewer) -> list[GenerationRequest]:
        """Return a request for each prompt that some values make.

        Raises InvalidError with errors by field, also where they make too many pictures.
        """
        provider, model = split(values.model or self._catalogue.choices()[0].value)
        template = self._named_template(values.template, viewer)
        expansion = self._expansion(values, template, viewer)
        _check_number(expansion, values.count)
        pictures = () if template is None else image_variables(template, values.variables)
        mask = _mask(values.mask)
        return [
            GenerationRequest(
                prompt=prompt,
                provider=provider,
                model=model,
                negative_prompt=values.negative_prompt,
                aspect_ratio=values.aspect_ratio,
                size=values.size,
                count=values.count,
                seed=values.seed,
                strength=values.strength,
                parameters=values.parameters,
                references=tuple(dict.fromkeys((*values.references, *pictures))),
                based_on=values.based_on,
                mask=mask,
                template=values.template,
                template_version=None if template is None else template.version,
                variables=values.variables,
            )
            for prompt in expansion.prompts
        ]

    def _forecast(
        self,
        values: Composition,
        model: ModelChoice,
        template: PromptTemplate | None,
        viewer: Viewer,
    ) -> Forecast | None:
        """Return what pressing the button would do, None for a form that is half filled."""
        try:
            expansion = self._expansion(values, template, viewer)
        except InvalidError:
            return None
        pictures = expansion.total * values.count
        cost = cost_line(model, values, pictures)
        return Forecast(expansion.prompts, expansion.total, pictures, cost)

    def _expansion(
        self, values: Composition, template: PromptTemplate | None, viewer: Viewer
    ) -> Expansion:
        if template is None:
            return expand(values.prompt)
        beside = values.references
        return self._prompts.expand(template, values.variables, viewer, beside=beside)

    def _named_template(self, ref: str | None, viewer: Viewer) -> PromptTemplate | None:
        if ref is None:
            return None
        try:
            return self._prompts.template(ref, viewer)
        except NotFoundError as error:
            raise InvalidError(str(error), fields={"prompt": [str(error)]}) from error

    def _references(self, values: Composition, viewer: Viewer) -> tuple[Picture, ...]:
        """Return the pictures to work from that are still there."""
        found = self._images.own_images(values.references, viewer)
        return tuple(item for item in found if item.is_ready and item.deleted is None)

    def _gone(self, value: str, models: Sequence[ModelChoice]) -> ModelChoice | None:
        """Return the model that some values name where it was shut down."""
        if not value or any(item.value == value for item in models):
            return None
        provider, model = split(value)
        caps = self._catalogue.known(provider, model)
        return None if caps is None else ModelChoice(value, provider, caps)

    def _template(self, ref: str | None, viewer: Viewer) -> PromptTemplate | None:
        try:
            return self._prompts.template(ref, viewer) if ref else None
        except NotFoundError:
            return None


def cost_line(model: ModelChoice, values: Composition, pictures: int) -> str:
    """Return what some pictures cost, such as `4 x $0.034 = $0.136`; empty for what is free."""
    if model.caps.is_free:
        return ""
    price = model.caps.price(values.size or model.caps.default_size, values.parameters)
    if price is None:
        return "Price not known"
    each, together = dollars(price), dollars(total([price] * pictures))
    return f"{pictures} \N{MULTIPLICATION SIGN} {each} = {together}" if pictures > 1 else each


def _fitted(
    values: Composition, model: ModelChoice, references: tuple[Picture, ...]
) -> Composition:
    """Return the values as a model can take them: other models' choices fall away."""
    caps = model.caps
    ratios = caps.aspect_ratios
    return replace(
        values,
        model=model.value,
        aspect_ratio=values.aspect_ratio if values.aspect_ratio in ratios else ratios[0],
        size=values.size if values.size in caps.sizes else caps.default_size,
        references=tuple(picture.id for picture in references),
        parameters={
            item.name: values.parameters.get(item.name, item.default) for item in caps.parameters
        },
    )


def _check_number(expansion: Expansion, count: int) -> None:
    pictures = expansion.total * count
    if expansion.is_capped or (len(expansion.prompts) > 1 and pictures > MOST_PICTURES):
        number = f"{expansion.total:,} prompts and {pictures:,} pictures"
        msg = (
            f"The alternatives in braces make {number}; at most {MOST_PROMPTS} prompts and "
            f"{MOST_PICTURES} pictures are made at a time. Leave some out, or write \\{{ for a "
            "brace that means nothing."
        )
        raise InvalidError(msg, fields={"prompt": [msg]})


def _mask(data_uri: str) -> bytes | None:
    if not data_uri:
        return None
    try:
        return from_data_uri(data_uri)
    except InvalidError as error:
        raise InvalidError(UNREADABLE_MASK, fields={"mask": [UNREADABLE_MASK]}) from error


def _warning(model: ModelChoice, gone: ModelChoice | None) -> str:
    """Return a sentence about a model that was, or will soon be, shut down, or nothing."""
    if gone is not None and gone.caps.shutdown is not None:
        when = f"{gone.caps.shutdown:%d %B %Y}"
        return f"{gone.title} was shut down on {when}. {model.title} is chosen in its place."
    last = model.caps.shutdown
    if last is None or last > datetime.now(UTC).date() + WARNED_AHEAD:
        return ""
    heir = f" {model.caps.successor} takes its place." if model.caps.successor else ""
    return f"{model.title} will be shut down on {last:%d %B %Y}.{heir}"
