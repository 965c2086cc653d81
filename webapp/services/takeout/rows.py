"""From rows to records: what of a row goes into a take-out."""

import hashlib
from collections.abc import Sequence

from webapp.models import Album, Generation, Image, Template, TemplateVersion
from webapp.services.pictures import moment, moment_or_none
from webapp.services.takeout.records import (
    AlbumRecord,
    GenerationRecord,
    ImageRecord,
    ParentRecord,
    TemplateRecord,
    VersionRecord,
)


def image_record(
    row: Image, *, generation: str | None, tags: Sequence[str], parents: Sequence[tuple[str, str]]
) -> ImageRecord:
    """Return the record of an image; `generation` is the id of what asked for it."""
    is_placed = row.focal_x is not None and row.focal_y is not None
    return ImageRecord.model_construct(
        id=row.uid,
        generation=generation,
        position=row.position,
        state=row.state,
        visibility=row.visibility,
        created=moment(row.created_ms),
        ready=moment_or_none(row.ready_ms),
        deleted=moment_or_none(row.deleted_ms),
        version=row.version,
        prompt=row.prompt,
        negative_prompt=row.negative_prompt,
        provider=row.provider,
        model=row.model,
        seed=row.seed,
        parameters=row.parameters,
        tool=row.tool,
        filename=row.filename,
        note=row.note,
        recognised=row.recognised,
        width=row.width,
        height=row.height,
        format=row.format,
        bytes=row.bytes,
        sha256=row.digest,
        focal_point=(row.focal_x, row.focal_y) if is_placed else None,
        price=row.price,
        cost=row.cost,
        error_kind=row.error_kind,
        error_message=row.error_message,
        may_have_cost=row.state == "failed" and row.asked_key is not None,
        tags=list(tags),
        parents=[ParentRecord.model_construct(id=uid, role=role) for uid, role in parents],
    )


def generation_record(row: Generation, mask: bytes | None) -> GenerationRecord:
    """Return the record of a generation; its mask is a file of its own."""
    return GenerationRecord.model_construct(
        id=row.uid,
        created=moment(row.created_ms),
        prompt=row.prompt,
        negative_prompt=row.negative_prompt,
        provider=row.provider,
        model=row.model,
        aspect_ratio=row.aspect_ratio,
        size=row.size,
        count=row.count,
        seed=row.seed,
        strength=row.strength,
        parameters=row.parameters,
        mask=None if mask is None else hashlib.sha256(mask).hexdigest(),
        template=row.template,
        template_version=row.template_version,
        variables=row.variables,
    )


def template_record(row: Template, versions: Sequence[TemplateVersion]) -> TemplateRecord:
    """Return the record of a template; who saved its versions stays behind."""
    return TemplateRecord.model_construct(
        id=row.uid,
        title=row.title,
        description=row.description,
        aspect_ratio=row.aspect_ratio,
        is_shared=row.is_shared,
        version=row.version,
        picture=row.picture or None,
        created=moment(row.created_ms),
        updated=moment(row.updated_ms),
        deleted=moment_or_none(row.deleted_ms),
        versions=[
            VersionRecord.model_construct(
                number=said.number,
                created=moment(said.created_ms),
                sections=said.sections,
                variables=said.variables,
                aspect_ratio=said.aspect_ratio,
                model=said.model,
                negative_prompt=said.negative_prompt,
            )
            for said in versions
        ],
    )


def album_record(row: Album, images: Sequence[str]) -> AlbumRecord:
    """Return the record of an album."""
    return AlbumRecord.model_construct(
        id=row.uid,
        title=row.title,
        description=row.description,
        cover=row.cover or None,
        version=row.version,
        created=moment(row.created_ms),
        updated=moment(row.updated_ms),
        images=list(images),
    )
