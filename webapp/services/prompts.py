"""PromptManager: templates with named variables, their formatting, and what was asked before."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from webapp.errors import InvalidError, NotFoundError
from webapp.models import Database, Generation, Image
from webapp.services.accounts import Viewer
from webapp.services.pictures import Picture, moment

STARTERS = Path(__file__).with_name("starters.toml")
GAP = re.compile(r"(?<!\{)\{([a-z][a-z0-9_]*)\}(?!\})")
"""A gap is one name between single braces; anything else in braces is plain text."""

LONGEST_VALUE = 2_000
MOST_REMEMBERED = 40


@dataclass(frozen=True, slots=True)
class Variable:
    """A named gap in a template. With `choices`, its value is one of them."""

    name: str
    label: str
    default: str = ""
    choices: tuple[str, ...] = ()
    is_long: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a template's text; a title such as ROLE or STYLE stands before it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """A prompt with gaps. `picture` is the path of its sample below static/."""

    slug: str
    title: str
    description: str
    sections: tuple[Section, ...]
    variables: tuple[Variable, ...]
    aspect_ratio: str
    picture: str

    @property
    def text(self) -> str:
        """The whole text with its gaps, a section a paragraph."""
        return "\n\n".join(
            f"{part.title}: {part.text}" if part.title else part.text for part in self.sections
        )


@dataclass(frozen=True, slots=True)
class PastPrompt:
    """A prompt that was asked for: how often, when last, and its newest picture."""

    prompt: str
    count: int
    when: datetime
    picture: Picture | None


class PromptManager:
    """Knows the templates, fills their gaps, and remembers prompts."""

    def __init__(self, database: Database, starters: Path = STARTERS) -> None:
        self._database = database
        self._starters = starters

    @cached_property
    def _templates(self) -> dict[str, PromptTemplate]:
        return starters(self._starters)

    def templates(self) -> tuple[PromptTemplate, ...]:
        """Return the templates in the order in which they are shown."""
        return tuple(self._templates.values())

    def template(self, slug: str) -> PromptTemplate:
        """Return a template, or raise NotFoundError."""
        try:
            return self._templates[slug]
        except KeyError:
            msg = f"There is no template {slug[:60]!r}."
            raise NotFoundError(msg) from None

    def format(self, slug: str, values: Mapping[str, str]) -> str:
        """Return the prompt that a template makes of some values; defaults fill the rest.

        Raises NotFoundError for an unknown template, and InvalidError with a sentence for every
        value that is missing, too long, or not among the choices.
        """
        return fill(self.template(slug), values)

    def history(self, viewer: Viewer, limit: int = MOST_REMEMBERED) -> tuple[PastPrompt, ...]:
        """Return what a person has asked for, newest first, each prompt once."""
        latest = (
            select(Generation.prompt, func.count(), func.max(Generation.id))
            .where(Generation.owner_id == viewer.id)
            .group_by(Generation.prompt)
            .order_by(func.max(Generation.id).desc())
            .limit(limit)
        )
        with self._database.reading() as session:
            found = session.execute(latest).all()
            newest = [generation_id for _, _, generation_id in found]
            times = dict(
                session.execute(
                    select(Generation.id, Generation.created_ms).where(Generation.id.in_(newest))
                ).all()
            )
            pictures = {
                row.generation_id: Picture.of(row)
                for row in session.scalars(
                    select(Image).where(
                        Image.generation_id.in_(newest),
                        Image.state == "ready",
                        Image.deleted_ms.is_(None),
                    )
                )
            }
        return tuple(
            PastPrompt(prompt, count, moment(times[key]), pictures.get(key))
            for prompt, count, key in found
        )


def starters(path: Path) -> dict[str, PromptTemplate]:
    """Return the templates of a TOML file by slug."""
    data = tomllib.loads(path.read_text("utf-8"))
    return {slug: template_of(slug, values) for slug, values in data.items()}


def fill(template: PromptTemplate, values: Mapping[str, str]) -> str:
    """Return a template's text with its gaps filled, in one pass.

    What stands in a value is never looked at again: braces there are plain text.
    """
    chosen = {
        item.name: values.get(item.name, "").strip() or item.default.strip()
        for item in template.variables
    }
    mistakes = {
        item.name: [mistake]
        for item in template.variables
        if (mistake := _mistake(item, chosen[item.name]))
    }
    if mistakes:
        sentences = " ".join(text for texts in mistakes.values() for text in texts)
        raise InvalidError(
            sentences, fields={f"var_{name}": text for name, text in mistakes.items()}
        )
    return GAP.sub(lambda gap: chosen[gap[1]], template.text)


def template_of(slug: str, values: Mapping[str, Any]) -> PromptTemplate:
    """Return a template from plain data; raises InvalidError where text and variables disagree."""
    sections = tuple(
        Section(part.get("title", ""), part["text"].strip()) for part in values["sections"]
    )
    variables = tuple(
        Variable(
            name=item["name"],
            label=item["label"],
            default=item.get("default", ""),
            choices=tuple(item.get("choices", ())),
            is_long=item.get("long", False),
            hint=item.get("hint", ""),
        )
        for item in values.get("variables", ())
    )
    template = PromptTemplate(
        slug=slug,
        title=values["title"],
        description=values["description"],
        sections=sections,
        variables=variables,
        aspect_ratio=values.get("aspect_ratio", "3:2"),
        picture=values.get("picture", f"img/templates/{slug}.webp"),
    )
    gaps, names = set(GAP.findall(template.text)), {item.name for item in variables}
    if gaps != names:
        msg = f"Template {slug}: gaps and variables differ in {', '.join(sorted(gaps ^ names))}."
        raise InvalidError(msg)
    return template


def _mistake(variable: Variable, value: str) -> str:
    if not value:
        return f"{variable.label} is missing."
    if len(value) > LONGEST_VALUE:
        return f"{variable.label} has more than {LONGEST_VALUE:,} characters."
    if variable.choices and value not in variable.choices:
        return f"{variable.label} is one of {', '.join(variable.choices)}."
    return ""
