"""What the pages of templates show beside the template itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from webapp.errors import EaselError, InvalidError
from webapp.services.composing.runs import RunOptions
from webapp.services.prompts import PromptTemplate
from webapp.services.requests import LONGEST_PROMPT
from webapp.services.templates.variables import Variable
from webapp.web.current import services, signed_in

SHOWN_PROMPTS = 12
PARAGRAPH = "\n\n"
PICTURES_OFFERED = 12


@dataclass(frozen=True, slots=True)
class Preview:
    """The prompts that a template makes of some values, or why it makes none yet."""

    prompts: tuple[str, ...] = ()
    total: int = 0
    text: str = ""
    mistakes: tuple[str, ...] = ()
    cost: str = ""

    @property
    def common(self) -> tuple[str, ...]:
        """The paragraphs that are the same in all of several prompts."""
        return tuple(text for text, is_same in self._paragraphs if is_same)

    @property
    def varying(self) -> tuple[str, ...]:
        """What is left of each prompt without what is the same in all of them."""
        kept = [index for index, (_, is_same) in enumerate(self._paragraphs) if not is_same]
        if not self.common:
            return self.prompts
        split = [prompt.split(PARAGRAPH) for prompt in self.prompts]
        return tuple(PARAGRAPH.join(parts[index] for index in kept) for parts in split)

    @property
    def _paragraphs(self) -> list[tuple[str, bool]]:
        """The paragraphs of the first prompt, and whether each is the same in all prompts."""
        split = [prompt.split(PARAGRAPH) for prompt in self.prompts]
        if len({len(parts) for parts in split}) != 1:
            return []
        return [(texts[0], len(set(texts)) == 1) for texts in zip(*split, strict=True)]

    @property
    def more(self) -> int:
        """How many prompts are not shown."""
        return self.total - len(self.prompts)

    @property
    def letters(self) -> int:
        """How long the longest prompt shown is."""
        return max(map(len, self.prompts), default=0)

    @property
    def is_too_long(self) -> bool:
        """Whether no model would be sent a prompt this long."""
        return self.letters > LONGEST_PROMPT


def preview(
    template: PromptTemplate, values: Mapping[str, str], options: RunOptions | None = None
) -> Preview:
    """Return what a template makes of some values, and with options what a run would cost."""
    try:
        expansion = services().prompts.expand(template, values, signed_in(), SHOWN_PROMPTS)
    except InvalidError as error:
        told = tuple(text for texts in error.fields.values() for text in texts)
        return Preview(text=template.text, mistakes=told)
    runs = services().template_runs
    cost = runs.cost(template, options, expansion.total) if options else ""
    return Preview(expansion.prompts, expansion.total, template.text, cost=cost)


def sample_values(template: PromptTemplate) -> dict[str, str]:
    """Return values to try a template with: defaults, examples, or words that can be told apart."""
    return {item.name: sample_value(item) for item in template.variables}


def sample_value(item: Variable) -> str:
    """Return a value to try a variable with."""
    plain = {"number": item.minimum or "1", "colour": "#e85d04", "choice": "", "image": ""}
    first = item.choices[0] if item.choices else ""
    return item.default or item.example or first or plain.get(item.kind, f"[{item.label}]")


def show_context(
    template: PromptTemplate,
    values: Mapping[str, str],
    options: RunOptions,
    errors: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return what a template's page is drawn from."""
    owner, shelf, runs = signed_in(), services().prompts.shelf, services().template_runs
    needs_pictures = any(item.kind == "image" for item in template.variables)
    offered = (
        services().images.get_images(owner, limit=PICTURES_OFFERED) if needs_pictures else None
    )
    current = services().prompts.template(template.slug, owner)
    return {
        "template": template,
        "is_current": current.version == template.version,
        "values": {item.name: values.get(item.name, item.default) for item in template.variables},
        "options": options,
        "errors": errors or {},
        "preview": preview(template, values, options),
        "models": runs.models(),
        "ratios": runs.ratios(),
        "versions": ()
        if template.is_starter
        else services().templates.versions(template.slug, owner),
        "runs": shelf.runs(template.slug, owner),
        "made": shelf.made_with(template.slug, owner),
        "pictures": [item for item in offered.pictures if item.is_ready] if offered else [],
        "curl": curl(template),
    }


def curl(template: PromptTemplate) -> str:
    """Return the command line that runs a template from elsewhere."""
    address = url_for("gallery.index", _external=True) + f"api/templates/{template.slug}/run"
    body = ", ".join(
        f'"{name}": "{_quoted(value)}"' for name, value in sample_values(template).items()
    )
    return (
        f"curl -X POST {address} \\\n"
        '  -H "Authorization: Bearer $EASEL_TOKEN" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f'  -d \'{{"variables": {{{body}}}, "count": 1}}\''
    )


def sentences(error: EaselError) -> dict[str, str]:
    """Return the sentences of an error by field; one that belongs to no field stands above."""
    told = error.fields if isinstance(error, InvalidError) else {}
    fields = {name: " ".join(texts) for name, texts in told.items()}
    return fields or {"template": str(error)}


def _quoted(value: str) -> str:
    """Return a text as it stands in JSON between the quotes of a shell."""
    plain = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return plain.replace("'", "'\\''")
