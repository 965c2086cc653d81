"""Keeping: records that were read become rows of a person, in the caller's transaction."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import (
    Album,
    Generation,
    Image,
    ImageParent,
    ImageTag,
    Template,
    TemplateVersion,
)
from webapp.services.accounts import Viewer
from webapp.services.changes import touch
from webapp.services.images.originals import Original
from webapp.services.library import album_rows
from webapp.services.takeout.fields import milliseconds
from webapp.services.takeout.places import NewIds, Place, renamed
from webapp.services.takeout.records import (
    AlbumRecord,
    GenerationRecord,
    ImageRecord,
    TemplateRecord,
)
from webapp.services.templates.checks import checked
from webapp.services.templates.drafts import TemplateDraft, stored
from webapp.services.templates.text import Section, variable_of

AT_ONCE = 500


def keep_image(
    session: Session,
    owner: Viewer,
    record: ImageRecord,
    uid: str,
    original: Original | None,
    ids: NewIds,
) -> Image:
    """Add an image with its tags and its parents, as far as these are the owner's; return it."""
    change = touch(session, owner.id, images=0 if record.deleted else 1)
    focal_x, focal_y = record.focal_point or (None, None)
    row = Image(
        uid=uid,
        owner_id=owner.id,
        generation_id=_generation_key(session, owner, record.generation, ids),
        position=record.position,
        state=record.state,
        visibility=record.visibility,
        created_ms=milliseconds(record.created),
        ready_ms=milliseconds(record.ready),
        deleted_ms=milliseconds(record.deleted),
        change=change,
        born_change=change,
        version=record.version,
        prompt=record.prompt,
        negative_prompt=record.negative_prompt,
        provider=record.provider,
        model=record.model,
        seed=record.seed,
        parameters=record.parameters,
        tool=record.tool,
        filename=record.filename,
        note=record.note,
        recognised=record.recognised,
        width=record.width,
        height=record.height,
        focal_x=focal_x,
        focal_y=focal_y,
        price=record.price,
        cost=record.cost,
        error_kind=record.error_kind,
        error_message=record.error_message,
        # Nobody knows the call any more; that there was one keeps it from being repeated unasked.
        asked_key=secrets.token_hex(16) if record.may_have_cost else None,
        progress=100 if record.state == "ready" else 0,
    )
    for name, value in asdict(original).items() if original is not None else ():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    _keep_tags(session, owner, row, record.tags)
    _keep_parents(session, owner, row, record, ids)
    return row


def keep_generation(
    session: Session,
    owner: Viewer,
    record: GenerationRecord,
    place: Place,
    mask: bytes | None,
    ids: NewIds,
) -> None:
    """Add a generation, or fill one again that was emptied with its last picture."""
    row = Generation(uid=place.uid, owner_id=owner.id, created_ms=milliseconds(record.created))
    if place.key is not None:
        row = session.get_one(Generation, place.key)
    row.prompt, row.negative_prompt = record.prompt, record.negative_prompt
    row.provider, row.model = record.provider, record.model
    row.aspect_ratio, row.size, row.count = record.aspect_ratio, record.size, record.count
    row.seed, row.strength, row.parameters = record.seed, record.strength, record.parameters
    row.mask = mask
    row.template = ids.templates.get(record.template or "", record.template or "") or None
    row.template_version = record.template_version
    row.variables = dict(record.variables)
    session.add(row)
    session.flush()


def drafts_of(record: TemplateRecord) -> list[TemplateDraft]:
    """Return what the versions of a template say; raises InvalidError as an editor would."""
    return [
        checked(
            TemplateDraft(
                title=record.title,
                description=record.description,
                sections=tuple(Section(part.title, part.text) for part in said.sections),
                variables=tuple(
                    variable_of({"label": ""} | item.model_dump(exclude_unset=True))
                    for item in said.variables
                ),
                aspect_ratio=said.aspect_ratio,
                model=said.model,
                negative_prompt=said.negative_prompt,
            )
        )
        for said in record.versions
    ]


def keep_template(session: Session, owner: Viewer, record: TemplateRecord, uid: str) -> None:
    """Add a template with all of its versions; raises InvalidError where one makes no sense."""
    drafts = drafts_of(record)
    row = Template(
        uid=uid,
        owner_id=owner.id,
        title=record.title,
        description=record.description,
        aspect_ratio=record.aspect_ratio,
        is_shared=record.is_shared,
        version=record.version,
        picture=record.picture or "",
        created_ms=milliseconds(record.created),
        updated_ms=milliseconds(record.updated),
        deleted_ms=milliseconds(record.deleted),
    )
    session.add(row)
    session.flush()
    session.add_all(
        TemplateVersion(
            template_id=row.id,
            number=said.number,
            author_id=owner.id,
            created_ms=milliseconds(said.created),
            sections=[stored(part) for part in draft.sections],
            variables=[stored(item) for item in draft.variables],
            aspect_ratio=draft.aspect_ratio,
            model=draft.model,
            negative_prompt=draft.negative_prompt,
        )
        for said, draft in zip(record.versions, drafts, strict=True)
    )
    session.flush()


def keep_album(
    session: Session, owner: Viewer, record: AlbumRecord, place: Place, ids: NewIds, newest: int
) -> bool:
    """Add an album, or to one that is there the pictures that came after `newest`.

    Return whether anything was added. What somebody took out of the album stays out.
    """
    wanted = list(dict.fromkeys(map(ids.image, record.images)))
    if place.key is not None:
        album = session.get_one(Album, place.key)
        keys = [key for key in _keys(session, owner, wanted) if key > newest]
        here = album_rows.positions(session, album, keys)
        new = [key for key in keys if key not in here]
        if new:
            album_rows.append(session, album, new)
            album_rows.mark_changed(session, album, new)
        return bool(new)
    album = Album(
        uid=place.uid,
        owner_id=owner.id,
        title=record.title,
        description=record.description,
        cover=ids.image(record.cover),
        version=record.version,
        created_ms=milliseconds(record.created),
        updated_ms=milliseconds(record.updated),
    )
    session.add(album)
    session.flush()
    album_rows.append(session, album, _keys(session, owner, wanted))
    return True


def rename_in_templates(session: Session, uids: Sequence[str], ids: NewIds) -> None:
    """Let templates show the pictures that could not keep their ids."""
    for row in session.scalars(select(Template).where(Template.uid.in_(uids))):
        row.picture = ids.image(row.picture)


def rename_in_generations(session: Session, uids: Sequence[str], ids: NewIds) -> None:
    """Let the values of generations name the pictures that could not keep their ids."""
    for first in range(0, len(uids), AT_ONCE):
        some = uids[first : first + AT_ONCE]
        for row in session.scalars(select(Generation).where(Generation.uid.in_(some))):
            row.variables = renamed(row.variables, ids.images)


def _generation_key(session: Session, owner: Viewer, uid: str | None, ids: NewIds) -> int | None:
    if uid is None:
        return None
    here = Generation.uid == ids.generations.get(uid, uid), Generation.owner_id == owner.id
    return session.scalar(select(Generation.id).where(*here))


def _keys(session: Session, owner: Viewer, uids: Sequence[str]) -> list[int]:
    """Return the keys of those of some ids that are the owner's, in their order."""
    found: dict[str, int] = {}
    for first in range(0, len(uids), AT_ONCE):
        some = uids[first : first + AT_ONCE]
        mine = select(Image.uid, Image.id).where(Image.owner_id == owner.id, Image.uid.in_(some))
        found |= dict(session.execute(mine).all())
    return [found[uid] for uid in uids if uid in found]


def _keep_tags(session: Session, owner: Viewer, row: Image, tags: Sequence[str]) -> None:
    session.add_all(
        ImageTag(image_id=row.id, tag=tag, owner_id=owner.id) for tag in dict.fromkeys(tags)
    )


def _keep_parents(
    session: Session, owner: Viewer, row: Image, record: ImageRecord, ids: NewIds
) -> None:
    """Note the parents. Those that came before are found: nothing descends from itself."""
    uids = [ids.image(parent.id) for parent in record.parents]
    mine = select(Image.uid, Image.id).where(
        Image.owner_id == owner.id, Image.uid.in_(uids), Image.id < row.id
    )
    known = dict(session.execute(mine).all())
    session.add_all(
        ImageParent(
            child_id=row.id,
            position=position,
            parent_id=known.get(uid),
            parent_uid=uid,
            role=parent.role,
        )
        for position, (uid, parent) in enumerate(zip(uids, record.parents, strict=True))
    )
    session.flush()
