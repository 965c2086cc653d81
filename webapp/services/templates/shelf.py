"""The shelf of templates: light cards of what there is, searched and paged, without their texts."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, false, func, or_, select

from webapp.models import Database, Generation, Image, Template
from webapp.services.accounts import Viewer
from webapp.services.pictures import Picture
from webapp.services.templates.cards import TemplateCard, card_of, cards_from, runs_of, with_runs
from webapp.services.templates.rows import visible
from webapp.services.templates.text import PromptTemplate

FEW, MANY = 12, 48
GROUPS = {"own": "Yours", "shared": "Shared with everyone", "starters": "Come with Easel"}


@dataclass(frozen=True, slots=True)
class TemplateGroup:
    """Some of a group's templates; `next_cursor` asks for those after them."""

    name: str
    cards: tuple[TemplateCard, ...]
    total: int
    next_cursor: int | None = None

    @property
    def title(self) -> str:
        """The heading above them."""
        return GROUPS[self.name]


class TemplateShelf:
    """Finds the templates that a person may use; reads no text of any stored one."""

    def __init__(self, database: Database, starters: Iterable[PromptTemplate]) -> None:
        self._database = database
        self._starters = tuple(card_of(template) for template in starters)

    def cards(self, viewer: Viewer, limit: int = FEW) -> tuple[TemplateCard, ...]:
        """Return the templates to offer first: a person's newest, then shared ones, then ours."""
        with self._database.reading() as session:
            found: list[TemplateCard] = []
            for group in ("own", "shared"):
                page = _newest(_in(group, viewer)).limit(limit - len(found))
                found += cards_from(session, session.scalars(page).all(), viewer)
        return (*found, *self._starters)[:limit]

    def groups(self, viewer: Viewer, query: str = "") -> tuple[TemplateGroup, ...]:
        """Return the first templates of each group, as far as they match a search."""
        return tuple(self.group(name, viewer, query, limit=FEW) for name in GROUPS)

    def group(
        self,
        name: str,
        viewer: Viewer,
        query: str = "",
        before: int | None = None,
        limit: int = MANY,
    ) -> TemplateGroup:
        """Return a page of one group, newest first; an empty one for an unknown name."""
        if name == "starters":
            return self._starter_group(viewer, query)
        wanted = _in(name, viewer) & _matching(query)
        page = wanted if before is None else wanted & (Template.id < before)
        with self._database.reading() as session:
            rows = session.scalars(_newest(page).limit(limit + 1)).all()
            total = session.scalar(select(func.count()).select_from(Template).where(wanted)) or 0
            cards = with_runs(session, cards_from(session, rows[:limit], viewer), viewer)
        cursor = rows[limit - 1].id if len(rows) > limit else None
        return TemplateGroup(name, cards, total, cursor)

    def trash(self, owner: Viewer, limit: int = MANY) -> tuple[TemplateCard, ...]:
        """Return what a person has deleted, newest first."""
        thrown = (Template.owner_id == owner.id) & Template.deleted_ms.is_not(None)
        with self._database.reading() as session:
            rows = session.scalars(_newest(thrown).limit(limit)).all()
            return tuple(cards_from(session, rows, owner))

    def made_with(self, ref: str, viewer: Viewer, limit: int = 8) -> tuple[Picture, ...]:
        """Return the newest pictures that a person has made with a template."""
        made = (
            select(Image)
            .join(Generation, Generation.id == Image.generation_id)
            .where(Generation.template == ref, Generation.owner_id == viewer.id)
            .where(Image.state == "ready", Image.deleted_ms.is_(None))
            .order_by(Generation.id.desc(), Image.id)
            .limit(limit)
        )
        with self._database.reading() as session:
            return tuple(Picture.of(row) for row in session.scalars(made))

    def runs(self, ref: str, viewer: Viewer) -> int:
        """Return how often a person has used a template."""
        with self._database.reading() as session:
            return runs_of(session, [ref], viewer).get(ref, 0)

    def _starter_group(self, viewer: Viewer, query: str) -> TemplateGroup:
        words = query.lower().split()
        found = [
            card
            for card in self._starters
            if all(word in f"{card.title} {card.description}".lower() for word in words)
        ]
        with self._database.reading() as session:
            return TemplateGroup("starters", with_runs(session, found, viewer), len(found))


def like(text: str) -> str:
    r"""Return the pattern for LIKE, with `\` as its escape, that finds a text as it is.

    A zero byte, which no database of ours keeps in a text, counts for nothing.
    """
    text = text.replace("\0", "")
    for sign in ("\\", "%", "_"):
        text = text.replace(sign, f"\\{sign}")
    return f"%{text}%"


def _in(group: str, viewer: Viewer) -> ColumnElement[bool]:
    is_own = Template.owner_id == viewer.id
    conditions = {"own": is_own, "shared": ~is_own & visible(viewer)}
    return conditions.get(group, false()) & Template.deleted_ms.is_(None)


def _matching(query: str) -> ColumnElement[bool]:
    """Return the condition that each word of a search stands in the title or the description."""
    matches: ColumnElement[bool] = Template.id.is_not(None)
    for word in query.split()[:10]:
        columns = (Template.title, Template.description)
        found = (func.lower(column).like(like(word.lower()), escape="\\") for column in columns)
        matches &= or_(*found)
    return matches


def _newest(wanted: ColumnElement[bool]) -> Select[Template]:
    return select(Template).where(wanted).order_by(Template.id.desc())
