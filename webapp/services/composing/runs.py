"""Runs of a template: from values to requests for pictures, one for each prompt they make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp.errors import InvalidError
from webapp.services.accounts import Viewer
from webapp.services.catalogue import Catalogue, ModelChoice, split
from webapp.services.composing.composer import cost_line
from webapp.services.composing.composition import Composition
from webapp.services.generations.generator import ImageGeneratorService, Started, total
from webapp.services.prompts import PromptManager, PromptTemplate, image_variables
from webapp.services.requests import GenerationRequest, checked
from webapp.services.templates.dynamic_prompts import MOST_PROMPTS

OPTIONS = ("count", "seed", "aspect_ratio", "model", "negative_prompt")
"""The fields that a run may choose beside the values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What a run may choose beside the values; empty for what the template says."""

    count: int = 1
    seed: int | None = None
    aspect_ratio: str = ""
    model: str = ""
    negative_prompt: str = ""


class TemplateRuns:
    """Turns a template and values into requests, and starts them."""

    def __init__(
        self, prompts: PromptManager, catalogue: Catalogue, generator: ImageGeneratorService
    ) -> None:
        self._prompts = prompts
        self._catalogue = catalogue
        self._generator = generator

    def models(self) -> tuple[ModelChoice, ...]:
        """Return the models that a run can ask."""
        return self._catalogue.choices()

    def ratios(self) -> tuple[str, ...]:
        """Return the shapes that any of the models can paint."""
        known = (ratio for model in self.models() for ratio in model.caps.aspect_ratios)
        return tuple(dict.fromkeys(known))

    def requests(
        self,
        template: PromptTemplate,
        viewer: Viewer,
        values: Mapping[str, str],
        options: RunOptions,
    ) -> list[GenerationRequest]:
        """Return a request for each prompt, checked against the model.

        Raises InvalidError with a sentence for every value or option that can't be.
        """
        try:
            expansion = self._prompts.expand(template, values, viewer)
        except InvalidError as error:
            raise self._with_options(error, template, options) from error
        if expansion.is_capped:
            msg = (
                f"This makes {expansion.total:,} prompts. At most {MOST_PROMPTS} are made at once."
            )
            raise InvalidError(msg)
        return self._checked(template, values, options, expansion.prompts)

    def cost(self, template: PromptTemplate, options: RunOptions, prompts: int) -> str:
        """Return what a run of some prompts would cost, as the composer says it.

        Empty for what is free, and for a run that is refused anyway.
        """
        value = self._model(template, options)
        found = next((model for model in self.models() if model.value == value), None)
        if found is None or not 0 < prompts <= MOST_PROMPTS:
            return ""
        defaults = {item.name: item.default for item in found.caps.parameters}
        return cost_line(found, Composition(parameters=defaults), prompts * options.count)

    def start(self, owner: Viewer, requests: Sequence[GenerationRequest]) -> tuple[Started, ...]:
        """Start every request, or none where together they would cost more than may be spent."""
        return self._generator.start_all(owner, requests)

    def estimate(self, requests: Sequence[GenerationRequest]) -> int | None:
        """Return what requests would cost, in millionths of a US dollar, None if unknown."""
        return total([self._generator.estimate(request) for request in requests])

    def _model(self, template: PromptTemplate, options: RunOptions) -> str:
        return options.model or template.model or self.models()[0].value

    def _checked(
        self,
        template: PromptTemplate,
        values: Mapping[str, str],
        options: RunOptions,
        prompts: Sequence[str],
    ) -> list[GenerationRequest]:
        """Return a request for each prompt; raises InvalidError for what the model can't take."""
        provider, model = split(self._model(template, options))
        caps = self._catalogue.caps(provider, model)
        ratio = options.aspect_ratio or template.aspect_ratio
        if not options.aspect_ratio and ratio not in caps.aspect_ratios:
            ratio = caps.aspect_ratios[0]
        references = image_variables(template, values)
        known = {item.name for item in template.variables}
        return [
            checked(
                GenerationRequest(
                    prompt=prompt,
                    provider=provider,
                    model=model,
                    negative_prompt=options.negative_prompt or template.negative_prompt,
                    aspect_ratio=ratio,
                    count=options.count,
                    seed=options.seed,
                    references=references,
                    template=template.slug,
                    template_version=template.version,
                    variables={name: text for name, text in values.items() if name in known},
                ),
                caps,
            )
            for prompt in prompts
        ]

    def _with_options(
        self, error: InvalidError, template: PromptTemplate, options: RunOptions
    ) -> InvalidError:
        """Return an error about values together with what is wrong with the options.

        So that everything is told at once, though there is no prompt yet to ask a model about.
        """
        try:
            self._checked(template, {}, options, [template.title])
        except InvalidError as other:
            told = {name: texts for name, texts in other.fields.items() if name in OPTIONS}
            if error.fields and told:
                words = " ".join(text for texts in told.values() for text in texts)
                return InvalidError(f"{error} {words}", fields=error.fields | told)
        return error
