"""What a template says: its sections and variables, and the prompts that values make of them."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from webapp.errors import InvalidError
from webapp.services.pictures import Picture
from webapp.services.templates.dynamic_prompts import GAP, MOST_PROMPTS, Expansion, expand
from webapp.services.templates.variables import Variable, chosen, mistake, words

STARTER_PICTURES = "img/templates/{}.webp"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a template's text; a title such as ROLE or STYLE stands before it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """A prompt with gaps.

    `slug` is the word of a starter, or the public id of a stored template. `picture` is the path
    of a starter's sample below static/; `sample` is the picture that stands for a stored one.
    `model` is `provider:model`, empty for whichever is chosen. `owner` is empty for a starter.
    """

    slug: str
    title: str
    description: str
    sections: tuple[Section, ...]
    variables: tuple[Variable, ...]
    aspect_ratio: str
    picture: str
    version: int = 1
    model: str = ""
    negative_prompt: str = ""
    owner: str = ""
    is_own: bool = False
    is_shared: bool = False
    sample: Picture | None = None

    @property
    def text(self) -> str:
        """The whole text with its gaps, a section a paragraph."""
        return "\n\n".join(
            f"{part.title}: {part.text}" if part.title else part.text for part in self.sections
        )

    @property
    def is_starter(self) -> bool:
        """Whether it came with Easel, to be copied and not changed."""
        return not self.owner


def fill(template: PromptTemplate, values: Mapping[str, str]) -> str:
    """Return a template's text with its gaps filled, in one pass; alternatives stay as they are.

    What stands in a value is never looked at again: braces there are plain text. Raises
    InvalidError with a sentence for every value that is missing or can't be one.
    """
    filled = _filled(template, values)
    return GAP.sub(lambda gap: filled[gap[1]], template.text)


def prompts_of(
    template: PromptTemplate,
    values: Mapping[str, str],
    cap: int = MOST_PROMPTS,
    beside: Sequence[str] = (),
) -> Expansion:
    """Return the prompts that a template makes of some values: several where it says `{a|b}`.

    Values are never expanded. `beside` are the ids of pictures that go along before the template's
    own, so that the text counts right. Raises as `fill` does.
    """
    return expand(template.text, cap, _filled(template, values, beside))


def image_variables(template: PromptTemplate, values: Mapping[str, str]) -> tuple[str, ...]:
    """Return the public ids of the pictures that go with a prompt as references, in order.

    The text speaks of them by number; one that is chosen twice stands here once.
    """
    found = (chosen(item, values) for item in template.variables if item.kind == "image")
    return tuple(dict.fromkeys(uid for uid in found if uid))


def starters(path: Path) -> dict[str, PromptTemplate]:
    """Return the templates of a TOML file by slug."""
    data = tomllib.loads(path.read_text("utf-8"))
    return {slug: template_of(slug, values) for slug, values in data.items()}


def template_of(slug: str, values: Mapping[str, Any]) -> PromptTemplate:
    """Return a template from plain data; raises InvalidError where text and variables disagree."""
    template = PromptTemplate(
        slug=slug,
        title=values["title"],
        description=values["description"],
        sections=tuple(
            Section(part.get("title", ""), part["text"].strip()) for part in values["sections"]
        ),
        variables=tuple(variable_of(item) for item in values.get("variables", ())),
        aspect_ratio=values.get("aspect_ratio", "3:2"),
        picture=values.get("picture", STARTER_PICTURES.format(slug)),
        model=values.get("model", ""),
        negative_prompt=values.get("negative_prompt", ""),
    )
    gaps, names = set(GAP.findall(template.text)), {item.name for item in template.variables}
    if gaps != names:
        msg = f"Template {slug}: gaps and variables differ in {', '.join(sorted(gaps ^ names))}."
        raise InvalidError(msg)
    return template


def variable_of(values: Mapping[str, Any]) -> Variable:
    """Return a variable from plain data; `choices` and `long` say its kind where nothing does."""
    fields = {name: values[name] for name in Variable.__dataclass_fields__ if name in values}
    variable = Variable(**fields | {"choices": tuple(values.get("choices", ()))})
    if "kind" not in values and variable.choices:
        return replace(variable, kind="choice")
    return replace(variable, kind="long") if values.get("long") else variable


def _filled(
    template: PromptTemplate, values: Mapping[str, str], beside: Sequence[str] = ()
) -> dict[str, str]:
    """Return what stands in each gap, or raise with every mistake."""
    given = {item.name: chosen(item, values) for item in template.variables}
    told = {item: mistake(item, given[item.name]) for item in template.variables}
    mistakes = {item.field: [sentence] for item, sentence in told.items() if sentence}
    if mistakes:
        sentences = " ".join(text for texts in mistakes.values() for text in texts)
        raise InvalidError(sentences, fields=mistakes)
    references = tuple(dict.fromkeys((*beside, *image_variables(template, values))))
    return {item.name: words(item, given[item.name], references) for item in template.variables}
