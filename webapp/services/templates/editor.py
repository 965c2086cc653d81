"""Templates of people's own: made, changed version by version, copied, thrown away, put back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from webapp.errors import ConflictError
from webapp.models import Database, Template, TemplateVersion, now_ms
from webapp.services.accounts import Viewer
from webapp.services.image_rows import own_row as own_image_row
from webapp.services.revisions import Expected, check_revision
from webapp.services.templates.checks import LONGEST_TITLE, checked
from webapp.services.templates.drafts import TemplateDraft
from webapp.services.templates.rows import (
    held_row,
    hold_all,
    own_row,
    seen_row,
    template_from,
    version_of,
)
from webapp.services.templates.text import PromptTemplate
from webapp.services.templates.versions import VersionNote, add_version, notes_of, repeat

DAYS_KEPT = 30
DAY_MS = 24 * 3600 * 1000


class Templates(Protocol):
    """What knows every template, also those that came with Easel."""

    def template(self, ref: str, viewer: Viewer | None = None) -> PromptTemplate:
        """Return a template by slug or public id."""


class TemplateEditor:
    """Writes templates. A version that has been saved is never changed."""

    def __init__(self, database: Database, known: Templates) -> None:
        self._database = database
        self._known = known

    def own(self, ref: str, owner: Viewer) -> PromptTemplate:
        """Return a template that a person may change; raises NotFoundError for any other."""
        with self._database.reading() as session:
            return template_from(session, own_row(session, ref, owner), owner)

    def all_of(self, owner: Viewer) -> tuple[PromptTemplate, ...]:
        """Return all of a person's templates, oldest first."""
        mine = select(Template).where(Template.owner_id == owner.id, Template.deleted_ms.is_(None))
        with self._database.reading() as session:
            rows = session.scalars(mine.order_by(Template.id)).all()
            return tuple(template_from(session, row, owner) for row in rows)

    def create(self, owner: Viewer, draft: TemplateDraft) -> PromptTemplate:
        """Keep a new template; raises InvalidError with a sentence for every mistake."""
        return self.create_all(owner, [draft])[0]

    def create_all(self, owner: Viewer, drafts: Sequence[TemplateDraft]) -> list[PromptTemplate]:
        """Keep several templates, or none where one of them has a mistake."""
        tidy = [checked(draft) for draft in drafts]
        with self._database.writing() as session:
            return [_created(session, owner, draft) for draft in tidy]

    def save(self, ref: str, owner: Viewer, draft: TemplateDraft, based_on: int) -> PromptTemplate:
        """Keep the next version of a template.

        Raises ConflictError where a newer one than `based_on` was saved meanwhile.
        """
        tidy = checked(draft)
        with self._database.writing() as session:
            row = held_row(session, ref, owner)
            if based_on != row.version:
                msg = f"{row.title} was changed meanwhile: version {row.version} is newer."
                raise ConflictError(msg)
            return _saved(session, row, owner, tidy)

    def change(
        self, ref: str, owner: Viewer, changes: Mapping[str, Any], expected: Expected = None
    ) -> PromptTemplate:
        """Keep the next version of a template, in which some fields of its draft say else.

        The revision of a template is the number of its version; raises ChangedError where it is
        none of those expected, and InvalidError with a sentence for every mistake.
        """
        with self._database.writing() as session:
            row = held_row(session, ref, owner)
            check_revision(str(row.version), expected)
            draft = TemplateDraft.of(template_from(session, row, owner))
            return _saved(session, row, owner, checked(replace(draft, **changes)))

    def copy(self, ref: str, viewer: Viewer) -> PromptTemplate:
        """Make a template the viewer's own: a starter, a shared one, or one more of theirs."""
        template = self._known.template(ref, viewer)
        title = f"Copy of {template.title}" if template.is_own else template.title
        draft = TemplateDraft.of(template)
        copied = self.create(viewer, replace(draft, title=title[:LONGEST_TITLE], is_shared=False))
        sample = template.sample
        if sample is not None and sample.owner_id == viewer.id:
            return self.set_picture(copied.slug, viewer, sample.id)
        return copied

    def set_picture(self, ref: str, owner: Viewer, uid: str) -> PromptTemplate:
        """Choose one of the owner's pictures to stand for a template; empty takes it back."""
        with self._database.writing() as session:
            row = held_row(session, ref, owner)
            row.picture = own_image_row(session, uid, owner).uid if uid else ""
            return template_from(session, row, owner)

    def delete(self, ref: str, owner: Viewer, expected: Expected = None) -> str:
        """Move a template to the trash, from where it can be brought back; return its title.

        Raises ChangedError where its revision is none of those expected.
        """
        with self._database.writing() as session:
            row = held_row(session, ref, owner)
            check_revision(str(row.version), expected)
            row.deleted_ms = now_ms()
            return row.title

    def restore(self, ref: str, owner: Viewer) -> PromptTemplate:
        """Bring a template back from the trash."""
        with self._database.writing() as session:
            row = held_row(session, ref, owner, in_trash=True)
            row.deleted_ms = None
            return template_from(session, row, owner)

    def versions(self, ref: str, viewer: Viewer) -> tuple[VersionNote, ...]:
        """Return who saved which version of a template when, newest first."""
        with self._database.reading() as session:
            row = seen_row(session, ref, viewer)
            return notes_of(session, row)

    def restore_version(self, ref: str, owner: Viewer, number: int) -> PromptTemplate:
        """Make what an old version says the newest version."""
        with self._database.writing() as session:
            row = held_row(session, ref, owner)
            repeat(session, row, owner, version_of(session, row, number))
            return template_from(session, row, owner)

    def pinned_models(self, owner: Viewer) -> dict[str, int]:
        """Return the models that a person's templates pin, each with how many do."""
        counted = (
            select(TemplateVersion.model, func.count())
            .join(Template, TemplateVersion.template_id == Template.id)
            .where(Template.owner_id == owner.id, Template.deleted_ms.is_(None))
            .where(TemplateVersion.number == Template.version, TemplateVersion.model != "")
            .group_by(TemplateVersion.model)
        )
        with self._database.reading() as session:
            return dict(session.execute(counted).all())

    def switch_model(self, owner: Viewer, old: str, new: str) -> int:
        """Pin another model in every template of a person's that pins `old`; return how many.

        Each gets a new version, so that the one before can be had back.
        """
        pinned = (
            select(Template, TemplateVersion)
            .join(TemplateVersion, TemplateVersion.template_id == Template.id)
            .where(Template.owner_id == owner.id, Template.deleted_ms.is_(None))
            .where(TemplateVersion.number == Template.version, TemplateVersion.model == old)
        )
        with self._database.writing() as session:
            hold_all(session, owner)  # first: what is pinned is looked at once nobody changes it
            found = session.execute(pinned).all()
            for row, said in found:
                repeat(session, row, owner, said, model=new)
            return len(found)

    def sweep(self) -> int:
        """Forget what has been in anybody's trash for thirty days; return how many."""
        late = delete(Template).where(Template.deleted_ms < now_ms() - DAYS_KEPT * DAY_MS)
        with self._database.writing() as session:
            return len(session.scalars(late.returning(Template.id)).all())


def _saved(session: Session, row: Template, owner: Viewer, draft: TemplateDraft) -> PromptTemplate:
    row.title, row.description = draft.title, draft.description
    row.is_shared = draft.is_shared
    add_version(session, row, owner, draft)
    return template_from(session, row, owner)


def _created(session: Session, owner: Viewer, draft: TemplateDraft) -> PromptTemplate:
    row = Template(
        owner_id=owner.id,
        title=draft.title,
        description=draft.description,
        is_shared=draft.is_shared,
        version=0,
    )
    session.add(row)
    session.flush()
    add_version(session, row, owner, draft)
    return template_from(session, row, owner)
