"""Versions of templates: added one after the other, and never changed afterwards."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import Template, TemplateVersion, User, now_ms
from webapp.services.accounts import Viewer
from webapp.services.pictures import moment
from webapp.services.templates.drafts import TemplateDraft, stored


@dataclass(frozen=True, slots=True)
class VersionNote:
    """When a version was saved and by whom; an author whose account is gone has no name."""

    number: int
    author: str
    saved: datetime


def notes_of(session: Session, row: Template) -> tuple[VersionNote, ...]:
    """Return who saved which version of a template when, newest first."""
    noted = (
        select(TemplateVersion.number, User.name, TemplateVersion.created_ms)
        .join(User, User.id == TemplateVersion.author_id, isouter=True)
        .where(TemplateVersion.template_id == row.id)
        .order_by(TemplateVersion.number.desc())
    )
    return tuple(
        VersionNote(number, name or "", moment(saved))
        for number, name, saved in session.execute(noted)
    )


def add_version(session: Session, row: Template, author: Viewer, draft: TemplateDraft) -> None:
    """Add the next version of a template, which says what a checked draft says."""
    row.version += 1
    row.updated_ms = now_ms()
    row.aspect_ratio = draft.aspect_ratio
    session.add(
        TemplateVersion(
            template_id=row.id,
            number=row.version,
            author_id=author.id,
            sections=[stored(part) for part in draft.sections],
            variables=[stored(item) for item in draft.variables],
            aspect_ratio=draft.aspect_ratio,
            model=draft.model,
            negative_prompt=draft.negative_prompt,
        )
    )
    session.flush()


def repeat(
    session: Session, row: Template, author: Viewer, said: TemplateVersion, model: str | None = None
) -> None:
    """Add a version that says what another one says, with another model where one is given."""
    row.version += 1
    row.updated_ms = now_ms()
    row.aspect_ratio = said.aspect_ratio
    session.add(
        TemplateVersion(
            template_id=row.id,
            number=row.version,
            author_id=author.id,
            sections=said.sections,
            variables=said.variables,
            aspect_ratio=said.aspect_ratio,
            model=said.model if model is None else model,
            negative_prompt=said.negative_prompt,
        )
    )
    session.flush()
