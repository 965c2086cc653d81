"""Stored templates as values: who may see which, and the picture that stands for one."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from webapp.errors import NotFoundError
from webapp.models import Generation, Image, Template, TemplateVersion, User, is_public_id
from webapp.services.accounts import Viewer
from webapp.services.pictures import Picture
from webapp.services.templates.text import PromptTemplate, Section, variable_of


def unknown(ref: str) -> NotFoundError:
    """Return the error for a template that is not there, or is somebody else's."""
    return NotFoundError(f"There is no template {ref[:60]!r}.")


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition under which a template may be seen: one's own, or shared."""
    return or_(Template.owner_id == viewer.id, Template.is_shared)


def seen_row(session: Session, ref: str, viewer: Viewer) -> Template:
    """Return a template that a person may use, or raise NotFoundError."""
    row = _row(session, ref) if is_public_id(ref) else None
    if row is None or row.deleted_ms is not None:
        raise unknown(ref)
    if row.owner_id != viewer.id and not row.is_shared:
        raise unknown(ref)
    return row


def own_row(session: Session, ref: str, owner: Viewer) -> Template:
    """Return a template of a person's own, or raise NotFoundError."""
    row = _row(session, ref) if is_public_id(ref) else None
    return _checked(row, ref, owner)


def held_row(session: Session, ref: str, owner: Viewer, *, in_trash: bool = False) -> Template:
    """Return a template of a person's own for a change, or raise NotFoundError.

    Whoever would change it too waits, and then sees what was changed.
    """
    held = select(Template).where(Template.uid == ref).with_for_update()
    row = session.scalar(held) if is_public_id(ref) else None
    return _checked(row, ref, owner, in_trash=in_trash)


def hold_all(session: Session, owner: Viewer) -> None:
    """Hold all of a person's templates for a change, as `held_row` does."""
    mine = select(Template.id).where(Template.owner_id == owner.id)
    session.execute(mine.order_by(Template.id).with_for_update())


def version_of(session: Session, row: Template, number: int | None = None) -> TemplateVersion:
    """Return what a template said in a version, its current one unless numbered."""
    wanted = select(TemplateVersion).where(
        TemplateVersion.template_id == row.id, TemplateVersion.number == (number or row.version)
    )
    found = session.scalar(wanted) if (number or 1) > 0 else None
    if found is None:
        msg = f"{row.title} has no version {number}."
        raise NotFoundError(msg)
    return found


def template_from(
    session: Session, row: Template, viewer: Viewer, number: int | None = None
) -> PromptTemplate:
    """Return a template as a person sees it, in its current version unless numbered."""
    said = version_of(session, row, number)
    owner = session.scalar(select(User.name).where(User.id == row.owner_id)) or ""
    return PromptTemplate(
        slug=row.uid,
        title=row.title,
        description=row.description,
        sections=tuple(Section(part.get("title", ""), part["text"]) for part in said.sections),
        variables=tuple(variable_of(item) for item in said.variables),
        aspect_ratio=said.aspect_ratio,
        picture="",
        version=said.number,
        model=said.model,
        negative_prompt=said.negative_prompt,
        owner=owner,
        is_own=row.owner_id == viewer.id,
        is_shared=row.is_shared,
        sample=samples(session, [row], viewer).get(row.uid),
    )


def samples(session: Session, rows: Sequence[Template], viewer: Viewer) -> Mapping[str, Picture]:
    """Return the pictures that stand for templates, by template.

    It is the one that was chosen, where the viewer may see it, or the last that they have made.
    """
    chosen = [row.picture for row in rows if row.picture]
    named = select(Image).where(Image.uid.in_(chosen), _seen(viewer), *_shown())
    found = {
        row.uid: Picture.of(image)
        for image in session.scalars(named)
        for row in rows
        if row.picture == image.uid
    }
    others = [row.id for row in rows if row.uid not in found]
    last = (
        select(Image.id)
        .join(Generation, Generation.id == Image.generation_id)
        .where(Generation.template == Template.uid, Generation.owner_id == viewer.id, *_shown())
        .order_by(Generation.id.desc(), Image.id)
        .limit(1)
        .correlate(Template)
        .scalar_subquery()
    )
    made = session.execute(select(Template.uid, last).where(Template.id.in_(others))).all()
    keys = [key for _, key in made if key is not None]
    images = {row.id: row for row in session.scalars(select(Image).where(Image.id.in_(keys)))}
    return found | {uid: Picture.of(images[key]) for uid, key in made if key in images}


def _shown() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Image.state == "ready", Image.deleted_ms.is_(None)


def _seen(viewer: Viewer) -> ColumnElement[bool]:
    return or_(Image.owner_id == viewer.id, Image.visibility != "private")


def _checked(row: Template | None, ref: str, owner: Viewer, *, in_trash: bool = False) -> Template:
    if row is None or row.owner_id != owner.id or (row.deleted_ms is not None) is not in_trash:
        raise unknown(ref)
    return row


def _row(session: Session, ref: str) -> Template | None:
    return session.scalar(select(Template).where(Template.uid == ref))
