"""Generations as values: what was asked for, how far it is, what came, what it cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.models import Charge, Generation, Image, ImageParent
from webapp.models.money import SPENT_STATES
from webapp.services.generations.generator import total
from webapp.services.pictures import Picture, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationView:
    """A generation and its pictures, those in the trash among them.

    `costs` is what each picture has cost so far by its id, None where that is not known, in
    millionths of a US dollar. `references` are ids of the pictures that it works from.
    """

    id: str
    created: datetime
    prompt: str
    negative_prompt: str
    provider: str
    model: str
    aspect_ratio: str
    size: str
    count: int
    seed: int | None
    strength: float | None
    parameters: Mapping[str, str]
    references: tuple[str, ...]
    template: str | None
    template_version: int | None
    variables: Mapping[str, str]
    all_pictures: tuple[Picture, ...]
    costs: Mapping[str, int | None]

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Those that are not in the trash."""
        return tuple(item for item in self.all_pictures if item.deleted is None)

    @property
    def status(self) -> str:
        """How it goes, or went, in one word."""
        return status_of(self.all_pictures)

    @property
    def progress(self) -> float:
        """How much of it is done, 0..1; what could not be made is done too."""
        shares = [item.progress / 100 if item.is_pending else 1 for item in self.all_pictures]
        return round(sum(shares) / len(shares), 2)

    @property
    def estimate(self) -> int | None:
        """What all of it was expected to cost, None where that is not known."""
        return total([item.price for item in self.all_pictures])

    @property
    def cost(self) -> int | None:
        """What it has cost so far, None where that is not known."""
        return total([self.costs[item.id] for item in self.all_pictures])

    @property
    def failed(self) -> Picture | None:
        """The first picture that could not be made."""
        return next((item for item in self.all_pictures if item.state == "failed"), None)


def status_of(pictures: Sequence[Picture]) -> str:
    """Return how the work on some pictures goes, or went, in one word."""
    pending = [item for item in pictures if item.is_pending]
    if pending:
        is_begun = len(pending) < len(pictures) or any(item.stage for item in pending)
        return "running" if is_begun else "queued"
    failed = [item for item in pictures if item.state == "failed"]
    if len(failed) < len(pictures):
        return "partial" if failed else "succeeded"
    if all(item.failure.is_refusal for item in failed):
        return "refused"
    kinds = {item.error_kind for item in failed}
    return kinds.pop() if kinds in ({"cancelled"}, {"interrupted"}) else "failed"


def views(session: Session, rows: Sequence[Generation]) -> tuple[GenerationView, ...]:
    """Return what there is to know of some generations, in four statements however many."""
    ids = [row.id for row in rows]
    wanted = select(Image).where(Image.generation_id.in_(ids)).order_by(Image.position, Image.id)
    images: dict[int | None, list[Image]] = {}
    for image in session.scalars(wanted):
        images.setdefault(image.generation_id, []).append(image)
    everything = [image for found in images.values() for image in found]
    charged = _charged(session, [image.uid for image in everything])
    costs = {image.uid: charged.get(image.uid, image.cost or 0) for image in everything}
    references = _references(session, [found[0].id for found in images.values()])
    return tuple(_view(row, images.get(row.id, []), costs, references) for row in rows)


def _view(
    row: Generation,
    images: Sequence[Image],
    costs: Mapping[str, int | None],
    references: Mapping[int, tuple[str, ...]],
) -> GenerationView:
    pictures = tuple(Picture.of(image, generation=row.uid) for image in images)
    return GenerationView(
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
        parameters=row.parameters or {},
        references=references.get(images[0].id, ()) if images else (),
        template=row.template,
        template_version=row.template_version,
        variables=row.variables,
        all_pictures=pictures,
        costs={item.id: costs[item.id] for item in pictures},
    )


def _charged(session: Session, uids: Sequence[str]) -> dict[str, int | None]:
    """Return what calls for images cost, or may have, all tries together."""
    sums = (
        select(Charge.image_uid, func.sum(Charge.micros), func.count(), func.count(Charge.micros))
        .where(Charge.image_uid.in_(uids), Charge.state.in_(SPENT_STATES))
        .group_by(Charge.image_uid)
    )
    return {
        uid: int(micros or 0) if calls == priced else None
        for uid, micros, calls, priced in session.execute(sums)
    }


def _references(session: Session, children: Sequence[int]) -> dict[int, tuple[str, ...]]:
    wanted = (
        select(ImageParent.child_id, ImageParent.parent_uid)
        .where(ImageParent.child_id.in_(children), ImageParent.role == "reference")
        .order_by(ImageParent.child_id, ImageParent.position)
    )
    found: dict[int, tuple[str, ...]] = {}
    for child, uid in session.execute(wanted):
        found[child] = (*found.get(child, ()), uid)
    return found
