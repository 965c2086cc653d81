"""Drafts of templates: what an editor or a file holds; it need not make sense yet."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from webapp.services.templates.dynamic_prompts import GAP
from webapp.services.templates.text import PromptTemplate, Section
from webapp.services.templates.variables import Variable

MOST_SECTIONS = MOST_VARIABLES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateDraft:
    """All that a person writes of a template; it need not make sense yet."""

    title: str = ""
    description: str = ""
    sections: tuple[Section, ...] = (Section("", ""),)
    variables: tuple[Variable, ...] = ()
    aspect_ratio: str = "3:2"
    model: str = ""
    negative_prompt: str = ""
    is_shared: bool = False

    @property
    def text(self) -> str:
        """The whole text with its gaps."""
        return self.preview.text

    @property
    def gaps(self) -> tuple[str, ...]:
        """The names of the gaps in the text, in order, each once."""
        return tuple(dict.fromkeys(GAP.findall(self.text)))

    @property
    def preview(self) -> PromptTemplate:
        """The template that this would be."""
        return PromptTemplate(
            slug="",
            title=self.title,
            description=self.description,
            sections=tuple(part for part in self.sections if part.text or part.title),
            variables=self.variables,
            aspect_ratio=self.aspect_ratio,
            picture="",
            model=self.model,
            negative_prompt=self.negative_prompt,
        )

    @classmethod
    def of(cls, template: PromptTemplate) -> "TemplateDraft":
        """Return the draft that a template starts from when it is edited or copied."""
        return cls(
            title=template.title,
            description=template.description,
            sections=template.sections,
            variables=template.variables,
            aspect_ratio=template.aspect_ratio,
            model=template.model,
            negative_prompt=template.negative_prompt,
            is_shared=template.is_shared,
        )


def with_gaps(draft: TemplateDraft) -> TemplateDraft:
    """Return a draft with a variable for each gap that has none, as far as there is room."""
    known = {item.name for item in draft.variables}
    new = [Variable(name, label_of(name)) for name in draft.gaps if name not in known]
    room = max(0, MOST_VARIABLES - len(draft.variables))
    return replace(draft, variables=(*draft.variables, *new[:room]))


def label_of(name: str) -> str:
    """Return the label that a variable gets from its name."""
    return name.replace("_", " ").strip().capitalize()


def stored(item: Section | Variable) -> dict[str, Any]:
    """Return a section or a variable as plain data, without what is empty."""
    data = {name: value for name, value in asdict(item).items() if value}
    return data | ({"text": item.text} if isinstance(item, Section) else {})
