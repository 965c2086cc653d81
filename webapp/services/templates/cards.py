"""Cards of templates: what is shown of one to choose it by, without its text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.models import Generation, Template, User
from webapp.services.accounts import Viewer
from webapp.services.pictures import Picture, moment, moment_or_none
from webapp.services.templates.rows import samples
from webapp.services.templates.text import PromptTemplate


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateCard:
    """What is shown of a template to choose it by. `runs` is how often the viewer has used it.

    `picture` is the path of a starter's sample below static/; a stored one has a `sample`.
    """

    slug: str
    title: str
    description: str
    aspect_ratio: str
    picture: str = ""
    sample: Picture | None = None
    owner: str = ""
    is_own: bool = False
    is_shared: bool = False
    version: int = 1
    runs: int = 0
    key: int = 0
    updated: datetime | None = None
    deleted: datetime | None = None

    @property
    def is_starter(self) -> bool:
        """Whether it came with Easel."""
        return not self.owner


def card_of(template: PromptTemplate) -> TemplateCard:
    """Return the card of a starter."""
    return TemplateCard(
        slug=template.slug,
        title=template.title,
        description=template.description,
        aspect_ratio=template.aspect_ratio,
        picture=template.picture,
    )


def cards_from(session: Session, rows: Sequence[Template], viewer: Viewer) -> list[TemplateCard]:
    """Return the cards of stored templates, as a person sees them."""
    if not rows:
        return []
    pictures = samples(session, rows, viewer)
    ids = {row.owner_id for row in rows}
    names = dict(session.execute(select(User.id, User.name).where(User.id.in_(ids))).all())
    return [
        TemplateCard(
            slug=row.uid,
            title=row.title,
            description=row.description,
            aspect_ratio=row.aspect_ratio,
            sample=pictures.get(row.uid),
            owner=names[row.owner_id],
            is_own=row.owner_id == viewer.id,
            is_shared=row.is_shared,
            version=row.version,
            key=row.id,
            updated=moment(row.updated_ms),
            deleted=moment_or_none(row.deleted_ms),
        )
        for row in rows
    ]


def with_runs(
    session: Session, cards: Sequence[TemplateCard], viewer: Viewer
) -> tuple[TemplateCard, ...]:
    """Return cards with how often a person has used each."""
    counted = runs_of(session, [card.slug for card in cards], viewer)
    return tuple(replace(card, runs=counted.get(card.slug, 0)) for card in cards)


def runs_of(session: Session, refs: Sequence[str], viewer: Viewer) -> dict[str | None, int]:
    """Return how often a person has used templates, by template; none for those never used."""
    counted = (
        select(Generation.template, func.count())
        .where(Generation.template.in_(refs), Generation.owner_id == viewer.id)
        .group_by(Generation.template)
    )
    return dict(session.execute(counted).all())
