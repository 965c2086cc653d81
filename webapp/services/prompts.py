"""PromptManager: templates, the prompts that values make of them, and what was asked before."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from sqlalchemy import select

from webapp.errors import InvalidError
from webapp.models import Database, Image
from webapp.services.accounts import Viewer
from webapp.services.prompt_history import MOST_REMEMBERED, PastPrompt, PromptPage, read_page
from webapp.services.templates.cards import TemplateCard
from webapp.services.templates.dynamic_prompts import GAP, MOST_PROMPTS, Expansion
from webapp.services.templates.rows import seen_row, template_from, unknown
from webapp.services.templates.shelf import FEW, TemplateShelf
from webapp.services.templates.text import (
    PromptTemplate,
    Section,
    fill,
    image_variables,
    prompts_of,
    starters,
    template_of,
)
from webapp.services.templates.variables import LONGEST_VALUE, Variable, chosen

STARTERS = Path(__file__).with_name("starters.toml")

__all__ = [
    "GAP",
    "LONGEST_VALUE",
    "STARTERS",
    "Expansion",
    "PastPrompt",
    "PromptManager",
    "PromptPage",
    "PromptTemplate",
    "Section",
    "TemplateCard",
    "Variable",
    "fill",
    "image_variables",
    "prompts_of",
    "starters",
    "template_of",
]


class PromptManager:
    """Knows the templates, fills their gaps, and remembers prompts."""

    def __init__(self, database: Database, starters: Path = STARTERS) -> None:
        self._database = database
        self._path = starters

    @cached_property
    def _starters(self) -> dict[str, PromptTemplate]:
        return starters(self._path)

    @cached_property
    def shelf(self) -> TemplateShelf:
        """What finds templates by group and by search."""
        return TemplateShelf(self._database, self._starters.values())

    def templates(self) -> tuple[PromptTemplate, ...]:
        """Return the templates that come with Easel, in the order in which they are shown."""
        return tuple(self._starters.values())

    def cards(self, viewer: Viewer, limit: int = FEW) -> tuple[TemplateCard, ...]:
        """Return the templates to offer a person first, without their texts."""
        return self.shelf.cards(viewer, limit)

    def template(
        self, ref: str, viewer: Viewer | None = None, version: int | None = None
    ) -> PromptTemplate:
        """Return a template by slug or public id, in its current version unless numbered.

        Raises NotFoundError for an unknown one, and for what the viewer may not know of.
        """
        if ref in self._starters:
            return self._starters[ref]
        if viewer is None:
            raise unknown(ref)
        with self._database.reading() as session:
            return template_from(session, seen_row(session, ref, viewer), viewer, version)

    def format(self, ref: str, values: Mapping[str, str], viewer: Viewer | None = None) -> str:
        """Return the prompt that a template makes of some values; defaults fill the rest.

        Alternatives stay as they are written: `expand` gives each of its prompts. Raises
        NotFoundError for an unknown template, and InvalidError with a sentence for every
        value that is missing or can't be one.
        """
        template = self.template(ref, viewer)
        text = fill(template, values)
        self._check_pictures(template, values, viewer)
        return text

    def expand(
        self,
        template: PromptTemplate,
        values: Mapping[str, str],
        viewer: Viewer | None = None,
        cap: int = MOST_PROMPTS,
        beside: Sequence[str] = (),
    ) -> Expansion:
        """Return every prompt that a template makes of some values; raises as `format` does.

        `beside` are the ids of pictures that go along before the template's own.
        """
        expansion = prompts_of(template, values, cap, beside)
        self._check_pictures(template, values, viewer)
        return expansion

    def history(
        self, viewer: Viewer, limit: int = MOST_REMEMBERED, query: str = ""
    ) -> tuple[PastPrompt, ...]:
        """Return what a person has asked for, newest first, each prompt once."""
        return self.history_page(viewer, query, limit=limit).prompts

    def history_page(
        self,
        viewer: Viewer,
        query: str = "",
        before: int | None = None,
        limit: int = MOST_REMEMBERED,
    ) -> PromptPage:
        """Return a page of what a person has asked for that matches a search."""
        with self._database.reading() as session:
            return read_page(session, viewer, query, before, limit)

    def _check_pictures(
        self, template: PromptTemplate, values: Mapping[str, str], viewer: Viewer | None
    ) -> None:
        """Raise unless each picture that a prompt speaks of is there, and the viewer's."""
        uids = image_variables(template, values)
        if not uids:
            return
        wanted = select(Image.uid).where(
            Image.uid.in_(uids),
            Image.owner_id == (viewer.id if viewer else 0),
            Image.state == "ready",
            Image.deleted_ms.is_(None),
        )
        with self._database.reading() as session:
            found = set(session.scalars(wanted))
        missing = {
            item.field: [f"{item.label} is one of your pictures."]
            for item in template.variables
            if item.kind == "image" and chosen(item, values) not in found
        }
        if missing:
            raise InvalidError(" ".join(text for [text] in missing.values()), fields=missing)
