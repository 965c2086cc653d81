"""What the gallery, the queue and the trash show beside a page of images."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from webapp.models import Database, Generation, Image, ImageParent, Job, User
from webapp.services.accounts import Viewer
from webapp.services.generations.making import JOB_KIND
from webapp.services.pictures import Picture, PicturePage

RECENT = 40


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The pictures beside one in the gallery; `previous` is the newer one."""

    previous: Picture | None
    next: Picture | None


@dataclass(frozen=True, slots=True)
class QueueView:
    """Work by state, in the order in which it will be, is being, or was done."""

    running: tuple[Picture, ...]
    waiting: tuple[Picture, ...]
    failed: tuple[Picture, ...]
    done: tuple[Picture, ...]

    @property
    def retryable(self) -> int:
        """How many of the failed ones are worth another try as they are."""
        return len(self._worth)

    @property
    def retry_price(self) -> int:
        """What those would cost together, as far as that is known."""
        return sum(item.price or 0 for item in self._worth)

    @property
    def _worth(self) -> list[Picture]:
        return [
            item
            for item in self.failed
            if item.failure.is_retried_with_others and not item.may_have_cost
        ]


@dataclass(frozen=True, slots=True)
class TrashView:
    """A page of the trash and the bytes that emptying all of it would free."""

    page: PicturePage
    total_bytes: int


class Gallery:
    """Reads what pages show; writes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, owner: Viewer) -> int:
        """Return how many images a person has outside the trash."""
        with self._database.reading() as session:
            return session.scalar(select(User.image_count).where(User.id == owner.id)) or 0

    def neighbours(self, picture: Picture) -> Neighbours:
        """Return the pictures before and after one, as its owner's gallery shows them."""
        mine = _kept(picture.owner_id)
        newer = mine.where(Image.id > picture.key).order_by(Image.id).limit(1)
        older = mine.where(Image.id < picture.key).order_by(Image.id.desc()).limit(1)
        with self._database.reading() as session:
            return Neighbours(_first(session, newer), _first(session, older))

    def batch(self, picture: Picture) -> tuple[Picture, ...]:
        """Return the pictures that were asked for together, this one among them."""
        with self._database.reading() as session:
            asked = select(Image.generation_id).where(Image.id == picture.key)
            generation = session.scalar(asked)
            if generation is None:
                return (picture,)
            return _all(
                session,
                _kept(picture.owner_id)
                .where(Image.generation_id == generation)
                .order_by(Image.position, Image.id),
            )

    def generation_of(self, picture: Picture) -> Generation | None:
        """Return what was asked for when a picture was made, or None for an upload."""
        wanted = (
            select(Generation)
            .join(Image, Image.generation_id == Generation.id)
            .where(Image.id == picture.key)
        )
        with self._database.reading() as session:
            return session.scalar(wanted)

    def references_of(self, picture: Picture) -> tuple[str, ...]:
        """Return the ids of the pictures that a provider was shown for one, those still there."""
        wanted = (
            select(ImageParent.parent_uid)
            .where(
                ImageParent.child_id == picture.key,
                ImageParent.role == "reference",
                ImageParent.parent_id.is_not(None),
            )
            .order_by(ImageParent.position)
        )
        with self._database.reading() as session:
            return tuple(session.scalars(wanted))

    def queue(self, owner: Viewer) -> QueueView:
        """Return a person's work: all that waits or runs, and what ended last."""
        rank = (
            select(func.max(Job.rank))
            .where(Job.subject_id == Image.id, Job.kind == JOB_KIND)
            .scalar_subquery()
        )
        pending = _kept(owner.id).where(Image.state == "pending").order_by(rank, Image.id)
        made = _kept(owner.id).where(Image.generation_id.is_not(None))
        failed = made.where(Image.state == "failed").order_by(Image.id.desc()).limit(RECENT)
        done = made.where(Image.state == "ready").order_by(Image.id.desc()).limit(RECENT)
        with self._database.reading() as session:
            waiting = _all(session, pending)
            return QueueView(
                running=tuple(picture for picture in waiting if picture.stage),
                waiting=tuple(picture for picture in waiting if not picture.stage),
                failed=_all(session, failed),
                done=_all(session, done),
            )

    def pending_count(self, owner: Viewer) -> int:
        """Return how many pictures wait or are being made."""
        pending = _kept(owner.id).where(Image.state == "pending").subquery()
        with self._database.reading() as session:
            return session.scalar(select(func.count()).select_from(pending)) or 0

    def trash(self, owner: Viewer, before: int | None = None, limit: int = 60) -> TrashView:
        """Return a page of what a person has deleted, newest first."""
        thrown = select(Image).where(Image.owner_id == owner.id, Image.deleted_ms.is_not(None))
        total = select(func.coalesce(func.sum(Image.bytes), 0)).where(
            Image.owner_id == owner.id, Image.deleted_ms.is_not(None)
        )
        page = thrown if before is None else thrown.where(Image.id < before)
        with self._database.reading() as session:
            rows = _all(session, page.order_by(Image.id.desc()).limit(limit + 1))
            cursor = rows[limit - 1].key if len(rows) > limit else None
            return TrashView(PicturePage(rows[:limit], cursor), session.scalar(total) or 0)


def _kept(owner_id: int) -> Select[Image]:
    return select(Image).where(Image.owner_id == owner_id, Image.deleted_ms.is_(None))


def _all(session: Session, wanted: Select[Image]) -> tuple[Picture, ...]:
    return tuple(Picture.of(row) for row in session.scalars(wanted))


def _first(session: Session, wanted: Select[Image]) -> Picture | None:
    row = session.scalar(wanted)
    return None if row is None else Picture.of(row)
