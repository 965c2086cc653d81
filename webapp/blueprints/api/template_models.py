"""Templates as they are sent and told."""

from typing import Annotated, Any, Literal

from pydantic import Field

from webapp.services.prompts import PromptTemplate, Section, TemplateCard, Variable
from webapp.services.templates.variables import KINDS
from webapp.web.addresses import absolute
from webapp.web.api import Asked, Moment, PageAsked, Text, Told, Value
from webapp.web.api.fields import example

Kind = Literal["text", "long", "choice", "number", "colour", "image"]
Title = Annotated[Text, Field(description="At most 120 characters.")]
EXAMPLE = {
    "title": "Kites",
    "sections": [{"text": "a {colour} kite over the sea"}],
    "variables": [{"name": "colour", "label": "Colour", "type": "colour", "default": "#e85d04"}],
    "aspect_ratio": "3:2",
}


class SectionAsked(Asked):
    """A part of the text. Names in braces are gaps; `{a|b}` makes a prompt of each."""

    title: Text | None = Field(None, description="A word that stands before it, such as STYLE.")
    text: Text | None = None


class VariableAsked(Asked):
    """A gap of the text, and what may stand in it."""

    name: Text = Field(description="As it stands in braces: small letters, digits, underscores.")
    label: Text | None = Field(None, description="What people read; else made of the name.")
    type: Kind | None = Field(None, description="`text` without it, or `choice` with choices.")
    default: Value | None = Field(None, description="What stands there if nobody says anything.")
    choices: list[Text] | None = Field(None, max_length=50)
    minimum: Value | None = None
    maximum: Value | None = None
    step: Value | None = None
    hint: Text | None = None
    example: Text | None = None
    is_required: bool | None = Field(
        None, description="Passed over: it says whether there is a default."
    )


class TemplateChange(Asked):
    """What of a template is to change. Sections and variables are replaced as a whole."""

    model_config = example(description="Kites of every colour.", is_shared=True)

    title: Title | None = None
    description: Text | None = Field(None, description="At most 400 characters.")
    sections: list[SectionAsked] | None = Field(None, max_length=20)
    variables: list[VariableAsked] | None = Field(None, max_length=20)
    aspect_ratio: Text | None = Field(None, description="Two numbers, such as `3:2`.")
    model: Text | None = Field(None, description="`provider:model`; empty for whichever is chosen.")
    negative_prompt: Text | None = None
    is_shared: bool | None = Field(None, description="Whether everybody here may use it.")


class TemplateAsked(TemplateChange):
    """A template that is to be made."""

    model_config = example(**EXAMPLE)

    title: Title
    sections: list[SectionAsked] = Field(min_length=1, max_length=20)


class TemplatesAsked(PageAsked):
    """Which templates are wanted."""

    q: str = Field("", description="Words that stand in the title or the description.")


class SectionTold(Told):
    """A part of a template's text."""

    title: str
    text: str


class VariableTold(Told):
    """A gap of a template; whoever draws a form for it needs nothing else."""

    name: str
    label: str
    type: str = Field(json_schema_extra={"enum": list(KINDS)})
    is_required: bool = Field(description="Whether there is no default.")
    default: str
    choices: list[str]
    minimum: str | None
    maximum: str | None
    step: str | None
    hint: str
    example: str


class TemplateTold(Told):
    """A template with its variables, which is all that a form for it needs."""

    id: str
    title: str
    description: str
    text: str = Field(description="All sections together.")
    sections: list[SectionTold]
    variables: list[VariableTold]
    aspect_ratio: str
    model: str | None
    negative_prompt: str
    version: int
    owner: str | None = Field(description="null for those that come with Easel.")
    is_own: bool
    is_shared: bool


class TemplateCardTold(Told):
    """A template in a list, without its text."""

    id: str
    title: str
    description: str
    aspect_ratio: str
    owner: str | None
    is_own: bool
    is_shared: bool
    version: int
    runs: int = Field(description="How often you have used it.")
    updated: Moment | None
    url: str


class Templates(Told):
    """A page of templates."""

    items: list[TemplateCardTold]
    next_cursor: str | None


def changes(asked: TemplateChange) -> dict[str, Any]:
    """Return what is to change of a draft, as its fields."""
    found = {
        name: value
        for name in type(asked).model_fields
        if (value := getattr(asked, name)) is not None
    }
    if asked.sections is not None:
        found["sections"] = tuple(
            Section(part.title or "", part.text or "") for part in asked.sections
        )
    if asked.variables is not None:
        found["variables"] = tuple(_asked_variable(item) for item in asked.variables)
    return found


def template(found: PromptTemplate) -> TemplateTold:
    """Return a template as it is told."""
    return TemplateTold(
        id=found.slug,
        title=found.title,
        description=found.description,
        text=found.text,
        sections=[SectionTold(title=part.title, text=part.text) for part in found.sections],
        variables=[_variable(item) for item in found.variables],
        aspect_ratio=found.aspect_ratio,
        model=found.model or None,
        negative_prompt=found.negative_prompt,
        version=found.version,
        owner=found.owner or None,
        is_own=found.is_own,
        is_shared=found.is_shared,
    )


def card(found: TemplateCard) -> TemplateCardTold:
    """Return a template as lists have it."""
    return TemplateCardTold(
        id=found.slug,
        title=found.title,
        description=found.description,
        aspect_ratio=found.aspect_ratio,
        owner=found.owner or None,
        is_own=found.is_own,
        is_shared=found.is_shared,
        version=found.version,
        runs=found.runs,
        updated=found.updated,
        url=absolute("api.templates.show", ref=found.slug),
    )


def _asked_variable(item: VariableAsked) -> Variable:
    choices = tuple(item.choices or ())
    return Variable(
        name=item.name,
        label=item.label or "",
        kind=item.type or ("choice" if choices else "text"),
        default=item.default or "",
        choices=choices,
        hint=item.hint or "",
        example=item.example or "",
        minimum=item.minimum or "",
        maximum=item.maximum or "",
        step=item.step or "",
    )


def _variable(item: Variable) -> VariableTold:
    return VariableTold(
        name=item.name,
        label=item.label,
        type=item.kind,
        is_required=not item.default.strip(),
        default=item.default,
        choices=list(item.choices),
        minimum=item.minimum or None,
        maximum=item.maximum or None,
        step=item.step or None,
        hint=item.hint,
        example=item.example,
    )
