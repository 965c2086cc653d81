"""The composer: what it offers, what it holds, and the draft that survives a reload."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from webapp.errors import InvalidError, NotFoundError
from webapp.models import Database, Draft, Generation, now_ms
from webapp.services.accounts import Viewer
from webapp.services.catalogue import SEPARATOR, Catalogue, ModelChoice, split
from webapp.services.pictures import Picture
from webapp.services.prompts import PromptManager, PromptTemplate
from webapp.services.requests import LONGEST_PROMPT, GenerationRequest

KEPT_LENGTH = 2 * LONGEST_PROMPT
"""A draft may be too long to be sent and is kept all the same, within reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """What stands in the composer's fields. A seed of None means a new one each time."""

    prompt: str = ""
    negative_prompt: str = ""
    aspect_ratio: str = "3:2"
    count: int = 1
    model: str = ""
    size: str = ""
    seed: int | None = None
    template: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposerView:
    """All that the composer's form is drawn from. `errors` are sentences by field name."""

    values: Composition
    models: tuple[ModelChoice, ...]
    model: ModelChoice
    templates: tuple[PromptTemplate, ...]
    template: PromptTemplate | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    counts: tuple[int, ...] = (1, 2, 3, 4, 6, 8)


class Composer:
    """Draws the composer for a person and turns what they send into a request."""

    def __init__(
        self,
        database: Database,
        prompts: PromptManager,
        catalogue: Catalogue,
    ) -> None:
        self._database = database
        self._prompts = prompts
        self._catalogue = catalogue

    def view(self, values: Composition, errors: Mapping[str, str] | None = None) -> ComposerView:
        """Return what the form shows for some values; what no longer exists falls away."""
        models = self._catalogue.choices()
        model = next((item for item in models if item.value == values.model), models[0])
        ratios = model.caps.aspect_ratios
        fitting = replace(
            values,
            model=model.value,
            aspect_ratio=values.aspect_ratio if values.aspect_ratio in ratios else ratios[0],
            size=values.size if values.size in model.caps.sizes else model.caps.default_size,
        )
        return ComposerView(
            values=fitting,
            models=models,
            model=model,
            templates=self._prompts.templates(),
            template=self._template(values.template),
            errors=errors or {},
        )

    def draft(self, viewer: Viewer) -> Composition:
        """Return what a person had typed when they were here last."""
        with self._database.reading() as session:
            row = session.get(Draft, viewer.id)
        return Composition() if row is None else _composition(row.values)

    def save_draft(self, viewer: Viewer, values: Composition) -> None:
        """Remember what a person is typing."""
        kept = asdict(
            replace(
                values,
                prompt=_kept(values.prompt),
                negative_prompt=_kept(values.negative_prompt),
                variables={name: _kept(text) for name, text in values.variables.items()},
            )
        )
        with self._database.writing() as session:
            session.merge(Draft(user_id=viewer.id, values=kept, updated_ms=now_ms()))

    def from_template(self, slug: str, values: Composition) -> Composition:
        """Return the values with a template taken up; raises NotFoundError for an unknown one."""
        template = self._prompts.template(slug)
        return replace(
            values,
            template=slug,
            aspect_ratio=template.aspect_ratio,
            variables={item.name: item.default for item in template.variables},
        )

    def from_picture(self, picture: Picture, made_by: Generation | None) -> Composition:
        """Return the values that would make a picture again, with a seed of its own."""
        values = Composition(prompt=picture.prompt, negative_prompt=picture.negative_prompt)
        if made_by is None:
            return values
        return replace(
            values,
            aspect_ratio=made_by.aspect_ratio,
            size=made_by.size,
            model=f"{made_by.provider}{SEPARATOR}{made_by.model}",
            template=made_by.template if self._template(made_by.template) else None,
            variables=dict(made_by.variables),
        )

    def request(self, values: Composition) -> GenerationRequest:
        """Return the request that some values make; raises InvalidError with errors by field."""
        provider, model = split(values.model or self._catalogue.choices()[0].value)
        prompt = values.prompt
        if values.template is not None:
            try:
                prompt = self._prompts.format(values.template, values.variables)
            except NotFoundError as error:
                raise InvalidError(str(error), fields={"prompt": [str(error)]}) from error
        return GenerationRequest(
            prompt=prompt,
            provider=provider,
            model=model,
            negative_prompt=values.negative_prompt,
            aspect_ratio=values.aspect_ratio,
            size=values.size,
            count=values.count,
            seed=values.seed,
            template=values.template,
            variables=values.variables,
        )

    def _template(self, slug: str | None) -> PromptTemplate | None:
        try:
            return self._prompts.template(slug) if slug else None
        except NotFoundError:
            return None


def _kept(text: str) -> str:
    return text[:KEPT_LENGTH]


def _composition(values: Mapping[str, Any]) -> Composition:
    """Return a kept draft; fields of other versions of Easel are passed over."""
    known = Composition.__dataclass_fields__.keys()
    return Composition(**{name: value for name, value in values.items() if name in known})
